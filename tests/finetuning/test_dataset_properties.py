"""Whatever the input: every row is kept or named, what is written parses and says the same."""

import csv
import io
import json
from contextlib import suppress

import pytest
from finetuning_samples import build, check, choices, findings, source, workbook
from hypothesis import example, given
from hypothesis import strategies as st

from bot.finetuning.dataset import lines_of
from bot.finetuning.options import Format, Options
from bot.finetuning.source import DatasetError, Source

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
words = st.text("ab \n\r\t\",;'|\\{}[]é漢", max_size=12)
plain = st.none() | st.booleans() | st.integers() | st.floats() | texts
names = st.sampled_from(
    [
        "role",
        "content",
        "messages",
        "tools",
        "functions",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "id",
        "type",
        "weight",
        "input",
        "preferred_output",
        "non_preferred_output",
        "image_url",
        "url",
        "text",
        "prompt",
        "completion",
        "system",
        "tool_call_id",
        "parallel_tool_calls",
        "function_call",
        "detail",
        "refusal",
    ]
)
values = (
    st.sampled_from(["user", "assistant", "tool", "system", "text", "image_url", "function", "a"])
    | plain
)
json_values = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=6,
)
messages = st.dictionaries(names, json_values, max_size=5)
examples = st.dictionaries(names, json_values | st.lists(messages, max_size=4), max_size=5)
forms = st.sampled_from([None, *Format])


def account(report):
    """Every row is kept, or named in a finding; a list may have several rows in a line."""
    named = [line for tally in report.findings for line in tally.lines if line]
    assert report.left_out <= len(named)
    assert report.kept + report.left_out == report.rows


@given(st.lists(st.tuples(words, words), max_size=8), st.sampled_from(",;\t|"))
def test_tables_written_by_others_say_the_same(rows, mark):
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([("prompt", "completion"), *rows])

    report = check(source(text.getvalue()), choices(format="completion"))

    assert report.rows == len(rows)
    assert report.kept == sum(bool(answer.strip()) for _, answer in rows)
    account(report)


@given(rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_written_lines_say_the_same(rows, tmp_path_factory):
    output = tmp_path_factory.getbasetemp() / "same.jsonl"
    lines = [json.dumps({"prompt": prompt, "completion": answer}) for prompt, answer in rows]
    given_rows = source("\n".join(lines), "rows.jsonl")
    good = [
        json.loads(line) for line, (_, answer) in zip(lines, rows, strict=True) if answer.strip()
    ]

    if good:
        build(given_rows, output, choices(format="completion"), overwrite=True)
        assert [json.loads(line) for line in output.read_bytes().split(b"\n")[:-1]] == good


def shapes(rows):
    """Write the same rows in every shape that JSON files come in."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    yield "\n".join(lines)
    yield "\r\n".join(lines)
    yield "".join(f"{line},\n" for line in lines)
    yield "".join(lines)
    yield json.dumps(rows, indent=2)
    yield json.dumps({"data": rows})
    yield json.dumps(columns)
    yield "\n".join(json.dumps({name.upper(): row[name] for name in row}) for row in rows)


@given(
    st.lists(st.fixed_dictionaries({"prompt": texts, "completion": texts}), min_size=1), st.data()
)
def test_every_shape_of_json_says_the_same(rows, data):
    text = data.draw(st.sampled_from(list(shapes(rows))))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))

    report, lines = lines_of(source(text, "rows.json", encoding), choices(format="completion"))

    assert [json.loads(line) for line in lines] == [
        row for row in rows if row["completion"].strip()
    ]
    assert report.rows == len(rows)


@given(st.binary(max_size=300), st.sampled_from(["csv", "tsv", "json", "jsonl", "txt", "xlsx", ""]))
def test_no_bytes_crash_it(data, ending):
    with suppress(DatasetError):
        account(check(Source(f"rows.{ending}", data)))


@given(st.lists(words, max_size=8), st.sampled_from(["csv", "json", "jsonl", "txt"]))
@example(['["";'], "json")
def test_no_text_crashes_it(lines, ending):
    text = "prompt,completion\n" if ending == "csv" else ""
    with suppress(DatasetError):
        account(check(source(text + "\n".join(lines), f"rows.{ending}")))


@given(st.lists(examples, min_size=1, max_size=3), forms, st.booleans())
def test_no_values_crash_it(rows, form, fix):
    lines = "\n".join(json.dumps(row) for row in rows)

    account(check(source(lines, "rows.jsonl"), Options(format=form, fix=fix)))


@given(st.lists(examples, min_size=1, max_size=3))
def test_fixing_keeps_at_least_as_many_rows(rows):
    where = source("\n".join(json.dumps(row) for row in rows), "rows.jsonl")

    assert check(where, choices(fix=True)).kept >= check(where).kept


@given(st.lists(st.text("{}[],:\"'ab1 \n\\", max_size=30), max_size=4))
def test_no_broken_list_hides_the_end(middle):
    good = json.dumps({"prompt": "a", "completion": "b"})
    text = "[\n" + ",\n".join([good, *middle, '"', good]) + "\n]"

    assert check(source(text, "rows.json")).kept >= 1


sheet_texts = st.text(
    st.characters(min_codepoint=32, codec="utf-8", exclude_categories=["Cs", "Cc"])
)


@given(st.lists(st.tuples(sheet_texts, sheet_texts), max_size=5))
def test_workbooks_say_the_same(rows):
    book = workbook({"S": [["prompt", "completion"], *(list(row) for row in rows)]})

    report = check(book, choices(format="completion"))

    assert report.kept == sum(bool(answer.strip()) for _, answer in rows)
    account(report)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4))
def test_no_damaged_workbook_crashes_it(at, noise):
    data = workbook({"S": [["prompt", "completion"], ["a", "b"]]}).data
    at %= len(data)

    with suppress(DatasetError):
        check(Source("rows.xlsx", data[:at] + noise + data[at + len(noise) :]))


@pytest.mark.parametrize("form", list(Format))
def test_an_object_without_anything_is_named(form):
    assert findings(source("{}\n", "rows.jsonl"), format=form)
