import json

import pytest
from finetuning_samples import (
    assistant,
    build,
    chat,
    check,
    findings,
    first,
    found,
    jsonl,
    source,
    user,
    written,
)

from bot.finetuning import jsonrows


def test_a_broken_line_is_named_and_hides_no_other():
    good = '{"prompt": "a", "completion": "b"}'
    report = check(source(f'{good}\n{{"prompt": "a", \n{good[:-1]}, "x": 1}}\n', "rows.jsonl"))

    assert found(report)["broken_json"] == [2]
    assert report.kept == 2
    assert first(report, "broken_json").sentence.startswith("line 2: no valid JSON at character")


def test_one_row_is_enough(tmp_path):
    row = {"prompt": "a", "completion": "b"}

    assert written(jsonl(row), tmp_path, format="completion") == [row]


def test_null_is_not_an_empty_text():
    report = check(jsonl({"prompt": None, "completion": "b"}, {"prompt": "", "completion": "b"}))

    assert found(report)["null_field"] == [1]
    assert found(report)["empty_prompt"] == [2]
    assert report.kept == 1


@pytest.mark.parametrize(
    "line",
    [
        "{'prompt': 'a', 'completion': 'b'}",
        '{"prompt": "a", "completion": NaN}',
        '{"prompt": "a", "completion": "b", "prompt": "c"}',
        '{"prompt": "a", "completion": "b"} x',
        '{"a": ' * 5000,
        '{"prompt": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_no_json_is_refused_with_a_reason(line):
    report = check(source(f'{line}\n{{"prompt": "a", "completion": "b"}}\n', "rows.jsonl"))

    assert found(report)["broken_json"] == [1]
    assert report.kept == 1


def test_lines_that_are_no_objects_are_named():
    assert findings(source('"a"\n1\n{"prompt":"a","completion":"b"}\n', "a.jsonl"))[
        "wrong_shape"
    ] == [1, 2]


def test_empty_lines_are_counted():
    report = check(source('\n{"prompt":"a","completion":"b"}\n\n', "rows.jsonl"))

    assert found(report)["blank_row"] == [1, 3]
    assert (report.rows, report.kept) == (3, 1)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "pasted"])
def test_a_list_is_read_whatever_its_name(name, indent, tmp_path):
    rows = [{"prompt": f"a{at}", "completion": "b\u2028}{"} for at in range(3)]

    text = json.dumps(rows, indent=indent, ensure_ascii=False)

    assert written(source(text, name), tmp_path, format="completion") == rows


def test_objects_over_several_lines_are_read(tmp_path):
    rows = [{"prompt": "a", "completion": str(at)} for at in range(3)]
    text = "\n".join(json.dumps(row, indent=4) for row in rows)

    assert written(source(text, "rows.jsonl"), tmp_path, format="completion") == rows


@pytest.mark.parametrize("indent", [None, 2])
def test_a_broken_object_of_a_list_hides_no_other(indent):
    rows = [chat(user(f"a{at}"), assistant("b")) for at in range(5)]
    text = json.dumps(rows, indent=indent).replace('"a2"', '"a2', 1)

    report = check(source(text, "rows.json"))

    assert report.kept == 4
    assert report.rows - report.kept == report.errors


def test_rows_of_a_list_are_named_by_their_line():
    rows = [{"prompt": "a", "completion": ""}, {"prompt": "b", "completion": ""}]

    assert findings(source(json.dumps(rows, indent=1), "a.json"))["empty_answer"] == [2, 6]


def test_values_larger_than_a_piece_are_read(tmp_path):
    rows = [{"prompt": "é" * 700_000, "completion": str(at)} for at in range(3)]

    text = json.dumps(rows)

    assert written(source(text, "rows.json"), tmp_path, format="completion") == rows


def test_a_line_longer_than_any_example_is_left_out(monkeypatch):
    monkeypatch.setattr(jsonrows, "LONGEST", 1000)
    long = json.dumps({"prompt": "a" * 5000, "completion": "b"})

    report = check(source(f'{long}\n{{"prompt":"a","completion":"b"}}\n', "rows.jsonl"))

    assert found(report)["broken_json"] == [1]
    assert report.kept == 1


def test_half_a_character_is_named():
    report = check(source('{"prompt": "a", "completion": "\\ud800"}\n', "rows.jsonl"))

    assert found(report)["broken_text"] == [1]


def test_a_number_beyond_json_is_named():
    text = '{"messages": [{"role": "user", "content": "a"}], "answer": 1e999}\n'

    report = findings(source(text, "rows.jsonl"), format="reinforcement")

    assert report["broken_json"] == [1]


def test_letters_and_slashes_are_written_as_they_are(tmp_path):
    build(jsonl({"prompt": "a/b", "completion": "ü 漢 😀"}), tmp_path / "out.jsonl")

    text = (tmp_path / "out.jsonl").read_bytes().decode("utf-8")
    assert "a/b" in text
    assert "ü 漢 😀" in text


def test_a_number_beyond_a_float_is_named_where_a_text_is_meant():
    line = '{"prompt": "a", "completion": 1e400}'

    assert findings(source(line, "a.jsonl"), fix=True)["not_text"] == [1]


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv", "txt", ""])
@pytest.mark.parametrize(
    "text",
    [
        '{"Prompt": "a", " completion ": "b"}\n',
        '[{"prompt": "a", "completion": "b"}]',
        '{"prompt": "a", "completion": "b"},\n{"prompt": "a", "completion": "b"},\n',
        '{"prompt": "a", "completion": "b"}{"prompt": "a", "completion": "b"}',
        '{"data": [{"prompt": "a", "completion": "b"}], "version": 1}',
        '{"prompt": ["a", "a"], "completion": ["b", "b"]}',
        '{"prompt": {"0": "a"}, "completion": {"0": "b"}}',
        "prompt,completion\na,b\n",
    ],
)
def test_content_tells_the_kind_whatever_the_name(text, ending, tmp_path):
    made = written(source(text, f"rows.{ending}"), tmp_path, format="completion")

    assert made in ([{"prompt": "a", "completion": "b"}] * count for count in (1, 2))


@pytest.mark.parametrize(
    "number", ["2.50", "0.12345678901234567890", "1e5", "12345678901234567890"]
)
def test_a_number_becomes_the_text_that_was_written(number, tmp_path):
    line = f'{{"prompt": {number}, "completion": "b"}}\n'
    chat_line = f'{{"messages": [{{"role": "assistant", "content": {number}}}]}}\n'

    [pair, talk] = written(source(line + chat_line, "a.jsonl"), tmp_path, fix=True)

    assert pair["messages"][0]["content"] == talk["messages"][0]["content"] == number


def test_fields_of_json_can_be_chosen(tmp_path):
    row = {"Question": "a", "answer": "b", "prompt": "not this one"}
    names = {"prompt_column": "question", "completion_column": "Answer"}

    made = written(jsonl(row), tmp_path, format="completion", **names)

    assert made == [{"prompt": "a", "completion": "b"}]


def test_a_comment_is_named():
    lines = '# made by hand\n{"prompt": "a", "completion": "b"}\n// more\n'

    assert findings(source(lines, "a.jsonl"))["broken_json"] == [1, 3]


def test_rows_that_stand_together_are_counted_on():
    rows = [{"prompt": "a", "completion": "b"}, {"prompt": "a"}, {"prompt": "c", "completion": "d"}]
    report = check(source(json.dumps({"rows": rows}), "rows.json"))

    assert first(report, "missing_field").place.row == 2
    assert report.kept == 2
