import json

import pytest
from finetuning_samples import check, findings, first, found, source, written

from bot.finetuning.options import Options
from bot.finetuning.source import ReadError


def answers(rows):
    return [row["messages"][-1]["content"] for row in rows]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark, tmp_path):
    text = f'prompt{mark}completion\n"a, b; c"{mark}"1 | 2"\n'

    assert answers(written(source(text), tmp_path)) == ["1 | 2"]


def test_excels_first_line_names_the_delimiter(tmp_path):
    text = "sep=;\r\nprompt;completion\r\na,b;c,d\r\n"

    assert answers(written(source(text), tmp_path)) == ["c,d"]


def test_header_names_count_without_case_and_spaces(tmp_path):
    text = "\ufeff Prompt , COMPLETION\na,b\n"

    assert answers(written(source(text), tmp_path)) == ["b"]


def test_texts_keep_spaces_quotes_and_line_ends(tmp_path):
    text = 'prompt,completion\r\n"a ""b""\r\nc"," d "\r\n'

    (row,) = written(source(text), tmp_path)

    assert [message["content"] for message in row["messages"]] == ['a "b"\r\nc', " d "]


def test_a_quote_without_end_spoils_its_line_only(tmp_path):
    text = 'prompt,completion\na,1\n"b,2\nc,3\nd,4\n'

    assert found(check(source(text)))["broken_row"] == [3]
    assert answers(written(source(text), tmp_path)) == ["1", "3", "4"]


def test_a_stray_quote_does_not_glue_rows_together(tmp_path):
    text = 'prompt,completion\na,"1\nb,"2"\nc,3\n'

    assert found(check(source(text)))["broken_row"] == [2]
    assert answers(written(source(text), tmp_path)) == ["2", "3"]


def test_inches_in_the_middle_of_a_cell_are_text(tmp_path):
    assert answers(written(source('prompt,completion\n5" pipe,6" pipe\n'), tmp_path)) == ['6" pipe']


def test_text_after_a_closing_quote_is_named_not_swallowed():
    report = check(source('prompt,completion\n"a" b,c\nd,e\n'))

    assert found(report)["broken_row"] == [2]
    assert "after the quote" in first(report, "broken_row").sentence


def test_rows_of_another_width_are_named():
    report = check(source("prompt,completion\na,b,c\nd\ne,f\n"))

    assert found(report)["broken_row"] == [2, 3]
    assert report.kept == 1


def test_empty_cells_beyond_the_header_do_no_harm(tmp_path):
    assert answers(written(source("prompt,completion\na,b,,\n"), tmp_path)) == ["b"]


def test_lines_and_rows_are_counted_apart_where_cells_span_lines():
    report = check(source('prompt,completion\na,"b\nc"\nd,\n'))

    assert first(report, "empty_answer").sentence.startswith("line 4 (row 2): completion: empty.")


def test_a_missing_column_is_told_with_the_columns_there():
    with pytest.raises(ReadError, match=r"'question', 'answer'.*--prompt-column"):
        check(source("question,answer\na,b\n"))


def test_more_columns_than_spreadsheets_have_are_refused():
    with pytest.raises(ReadError, match="20,002 columns"):
        check(source(f"prompt,completion{',' * 20_000}\na,b\n"))


def test_any_columns_can_be_chosen(tmp_path):
    names = {"prompt_column": "Question", "completion_column": "answer"}

    rows = written(source("question,answer,prompt\na,b,c\n"), tmp_path, **names)

    assert answers(rows) == ["b"]


def test_columns_that_are_not_used_are_noted():
    assert findings(source("prompt,completion,topic\na,b,c\n"))["extra_column"] == [2]


def test_json_in_cells_becomes_messages(tmp_path):
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    cell = json.dumps(messages).replace('"', '""')

    where = source(f'messages,id\n"{cell}",7\n')

    assert written(where, tmp_path) == [{"messages": messages}]
    assert findings(where)["extra_column"] == [2]


def test_broken_json_in_a_cell_names_the_field():
    report = check(source('messages\n"[{"\n'))

    assert first(report, "broken_json").problem.field == "messages"


def test_trouble_in_a_cell_is_named_once():
    assert set(findings(source('messages\n"[{"\n'))) == {"broken_json"}


def test_a_row_has_its_own_system_text(tmp_path):
    (row,) = written(source("prompt,completion,system\na,b,Be kind\n"), tmp_path, system="else")

    assert row["messages"][0] == {"role": "system", "content": "Be kind"}


def test_cells_longer_than_the_csv_module_likes_are_read(tmp_path):
    long = "x" * 300_000

    assert answers(written(source(f"prompt,completion\na,{long}\n"), tmp_path)) == [long]


def test_every_line_of_a_plain_text_is_an_answer(tmp_path):
    rows = written(source("one\n\n two\r\n", "rows.txt"), tmp_path, format="completion")

    assert rows == [{"prompt": "", "completion": "one"}, {"prompt": "", "completion": " two"}]


def test_a_table_without_a_telling_name_is_a_table(tmp_path):
    assert answers(written(source("prompt,completion\na,b\n", "pasted"), tmp_path)) == ["b"]


@pytest.mark.parametrize("mark", ["ab", '"', "\n"])
def test_what_cannot_separate_columns_is_refused(mark):
    with pytest.raises(ReadError, match="cannot separate columns"):
        check(source("prompt,completion\na,b\n"), Options(delimiter=mark))


def test_columns_that_are_not_needed_may_be_missing_at_the_end_of_a_row():
    report = check(source("prompt,completion,note\na,b\nc,d,e\nf\n"))

    assert report.kept == 2
    assert found(report)["broken_row"] == [4]
