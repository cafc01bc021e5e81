"""What is read in files of Word, Excel and PowerPoint, whoever made them."""

import io
import zipfile

import pytest

from bot.slack.text.office import words_of
from tests.finetuning.finetuning_samples import workbook

LONG = 60_000


def packed(**parts: str) -> bytes:
    """Make a zip; a name's `__` stand for the slashes of its part."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(f"{name.replace('__', '/')}.xml", text)
    return made.getvalue()


def document(body: str) -> bytes:
    return packed(word__document=f'<w:document xmlns:w="w">{body}</w:document>')


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_document_is_told_by_paragraphs() -> None:
    body = paragraph("Plan") + "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>"

    assert words_of(document(body), LONG) == "Plan\na\tb\n"


def test_a_table_of_a_document_is_told_by_rows() -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Bonn", "330,000"))

    assert words_of(document(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), LONG) == "Bonn | 330,000 | \n"


def test_deleted_words_and_those_for_old_programs_are_not_told() -> None:
    twice = f"<mc:Fallback xmlns:mc='m'>{paragraph('old')}</mc:Fallback>"
    body = f"{paragraph('new')}<w:p><w:del><w:delText>gone</w:delText></w:del></w:p>{twice}"

    assert (words_of(document(body), LONG) or "").split() == ["new"]


def test_a_presentation_is_told_slide_by_slide() -> None:
    slides = {f"ppt__slides__slide{n}": f"<a:p xmlns:a='a'><a:t>{n}</a:t></a:p>" for n in (10, 2)}

    assert words_of(packed(**slides), LONG) == "Slide 1:\n2\nSlide 2:\n10\n"


def test_a_workbook_is_told_by_its_visible_sheets_as_csv() -> None:
    sheets = {"Cities": [["city", "people"], ["Bonn, old", 330000]], "Secret": [["x"]]}
    made = workbook(sheets, hidden=("Secret",))

    assert words_of(made.data, LONG) == 'Sheet Cities:\ncity,people\n"Bonn, old",330000\n'


def test_of_a_long_file_only_the_beginning_is_read() -> None:
    told = words_of(document(paragraph("many words") * 100_000), 1_000)

    assert told is not None
    assert 1_000 < len(told) < 20_000


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 no zip",
        packed(notes="<a/>"),
        document("<w:p>"),
        packed(word__document="<!DOCTYPE x [<!ENTITY a 'b'>]><w>&a;</w>"),
        document("<w:b/>" * 1_100_000),
        packed(**{f"ppt__slides__slide{n}": f"<a>{'<b/>' * 300_000}</a>" for n in range(4)}),
        document(f"<w:b {'a' * 2_000_000}='1'/>"),
        packed(word__document=" " * (1 << 26)),
    ],
    ids=[
        "no zip",
        "another",
        "broken",
        "entities",
        "tags",
        "tags of slides",
        "a long tag",
        "a bomb",
    ],
)
def test_what_is_broken_or_a_trap_is_not_read(data: bytes) -> None:
    assert words_of(data, LONG) is None
