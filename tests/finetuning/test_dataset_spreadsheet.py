import time
from contextlib import suppress

import pytest
from finetuning_samples import check, first, found, workbook, written

from bot.finetuning.options import Options
from bot.finetuning.source import ReadError

HEAD = ["prompt", "completion"]
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;x&quot;"/>'
    '<numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="[h]:mm:ss"/>'
    "</numFmts>"
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/>'
    '<xf numFmtId="165"/><xf numFmtId="2"/><xf numFmtId="166"/></cellXfs>'
)


def answers(rows):
    return [row["messages"][-1]["content"] for row in rows]


def test_a_sheet_is_read(tmp_path):
    book = workbook({"One": [HEAD, ["a", " b <&> \n c "], ["d", 7], ["e", 0.1]]})

    assert answers(written(book, tmp_path)) == [" b <&> \n c ", "7", "0.1"]


def test_shared_texts_are_read_without_phonetic_hints(tmp_path):
    shared = [
        "<si><t>prompt</t></si>",
        "<si><t>completion</t></si>",
        "<si><r><t>Tok</t></r><r><t> yo_x000D_</t></r><rPh><t>X</t></rPh></si>",
    ]
    cells = [[f'<c t="s"><v>{at}</v></c>' for at in row] for row in ([0, 1], [0, 2])]

    assert answers(written(workbook({"S": cells}, shared), tmp_path)) == ["Tok yo\r"]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="str"><f>A1</f><v>made</v></c>', "made"),
        ("<c ><v>1234567</v></c>", "1234567"),
        ("<c ><v>0.30000000000000004</v></c>", "0.3"),
        ('<c s="1"><v>45000</v></c>', "2023-03-15"),
        ('<c s="1"><v>45000.5</v></c>', "2023-03-15 12:00:00"),
        ('<c s="1"><v>1</v></c>', "1900-01-01"),
        ('<c s="2"><v>45000</v></c>', "2023-03-15"),
        ('<c s="3"><v>0.12</v></c>', "0.12"),
        ('<c s="4"><v>123</v></c>', "00123"),
        ('<c s="4"><v>-7</v></c>', "-00007"),
        ('<c s="4"><v>1.5</v></c>', "1.5"),
        ('<c s="5"><v>7.1</v></c>', "7.10"),
        ('<c s="6"><v>1.25</v></c>', "30:00:00"),
        ("<c ><v>1234567890123456789</v></c>", "1234567890123456789"),
    ],
)
def test_cells_are_read_as_people_see_them(cell, answer, tmp_path):
    book = workbook({"S": [HEAD, ["a", cell]]}, styles=STYLES)

    assert answers(written(book, tmp_path)) == [answer]


def test_a_number_format_of_brackets_that_nothing_closes_is_read_at_once():
    code = "[" * 80_000
    styles = (
        f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="164"/></cellXfs>'
    )
    began = time.monotonic()
    report = check(workbook({"S": [HEAD, ["a", '<c s="0"><v>1</v></c>']]}, styles=styles))

    assert report.kept == 1
    assert time.monotonic() - began < 2


def test_dates_and_percentages_are_pointed_out_with_their_column():
    report = check(workbook({"S": [HEAD, ["a", '<c s="3"><v>0.12</v></c>']]}, styles=STYLES))

    assert first(report, "formatted_cell").sentence.startswith("sheet S, row 2, column B:")


@pytest.mark.parametrize(
    "cell", ['<c t="e"><v>#N/A</v></c>', "<c ><f>A1</f></c>", '<c t="s"><v>99</v></c>']
)
def test_cells_without_a_value_leave_their_row_out(cell):
    report = check(workbook({"S": [HEAD, ["a", cell], ["c", "d"]]}))

    assert found(report)["cell_error"] == [2]
    assert report.kept == 1


def test_the_first_sheet_that_fits_is_read_and_others_are_named():
    book = workbook({"Notes": [["hello"]], "A": [HEAD, ["a", "b"]], "B": [HEAD, ["c", "d"]]})

    report = check(book)

    assert report.sheet == "A"
    assert "'B' would fit" in first(report, "several_sheets").sentence


@pytest.mark.parametrize("wanted", ["b", "3"])
def test_a_sheet_can_be_chosen(wanted, tmp_path):
    book = workbook({"Notes": [["hello"]], "A": [HEAD, ["a", "b"]], "B": [HEAD, ["c", "d"]]})

    assert answers(written(book, tmp_path, sheet=wanted)) == ["d"]


def test_a_sheet_that_is_not_there_is_refused_with_the_names():
    with pytest.raises(ReadError, match="'A'"):
        check(workbook({"A": [HEAD]}), Options(sheet="X"))


def test_hidden_sheets_are_not_chosen():
    book = workbook({"A": [HEAD, ["a", "b"]], "B": [HEAD, ["c", "d"]]}, hidden=["A"])

    assert check(book).sheet == "B"


def test_notes_beside_the_table_do_no_harm():
    assert check(workbook({"S": [HEAD, ["a", "b", None, "checked"]]})).kept == 1


def test_empty_rows_are_counted():
    report = check(workbook({"S": [[], HEAD, ["a", "b"], [], ["c", "d"]]}))

    assert found(report)["blank_row"] == [1, 4]
    assert report.kept == 2


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'
    book = workbook({"S": [HEAD]}, replace={"xl/worksheets/sheet0.xml": bomb})

    with pytest.raises(ReadError, match="document type"):
        check(book)


def test_a_zip_bomb_is_refused_unread():
    bomb = "<worksheet><sheetData>" + " " * 40_000_000
    book = workbook({"S": [HEAD]}, replace={"xl/worksheets/sheet0.xml": bomb})

    with pytest.raises(ReadError, match="far too much"):
        check(book)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet0.xml", "_rels/.rels"])
def test_broken_parts_are_refused(part):
    with pytest.raises(ReadError):
        check(workbook({"S": [HEAD]}, replace={part: "<a><b>"}))


@pytest.mark.parametrize("at", [10, 100, 400, 700])
def test_a_damaged_workbook_is_refused_or_read(at):
    book = workbook({"S": [HEAD, ["a", "b"]]})
    damaged = book.data[:at] + b"\xff\0\xff" + book.data[at + 3 :]

    with suppress(ReadError):
        check(type(book)("rows.xlsx", damaged))


def test_a_zip_that_is_no_workbook_is_refused():
    with pytest.raises(ReadError, match="no readable XLSX"):
        check(type(workbook({"S": []}))("a.xlsx", b"PK\x03\x04 and nothing else"))
