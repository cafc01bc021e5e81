"""Inputs on which the tool that OpenAI retired destroyed data, dropped the wrong row or gave up."""

from finetuning_samples import check, choices, found, jsonl, source, workbook, written


def pairs(*rows):
    return [{"prompt": prompt, "completion": answer} for prompt, answer in rows]


def kept(rows, folder, **options):
    return written(jsonl(*rows), folder, format="completion", **options)


def test_answers_that_begin_alike_stay_themselves(tmp_path):
    rows = pairs(*[(f"q{at}", f" Answer: item number {at}") for at in range(12)])

    assert kept(rows, tmp_path) == rows


def test_questions_that_begin_and_end_alike_stay_whole(tmp_path):
    rows = pairs(
        *[(f"Opening hours of store {at}?", f"2024-01-{at} closes at 18:00") for at in "1234"]
    )

    assert kept(rows, tmp_path) == rows


def test_capitals_stay_capitals(tmp_path):
    rows = pairs(("AB-12-XZ", "SKU AB-12-XZ"), ("WHO?", "MARIA"))

    assert kept(rows, tmp_path) == rows


def test_a_long_example_after_a_duplicate_is_the_one_left_out(tmp_path):
    rows = pairs(("a", "x"), ("a", "x"), ("short", "y"), ("long", "word " * 9000), ("b", "z"))
    options = {"leave_out": frozenset(["duplicate", "too_long"]), "limit": 5000}

    assert [row["prompt"] for row in kept(rows, tmp_path, **options)] == ["a", "short", "b"]


def test_equal_prompts_or_equal_answers_do_not_stop_it(tmp_path):
    rows = pairs(*[("same", f"answer {at}") for at in range(5)], ("other", "answer 1"))

    assert kept(rows, tmp_path) == rows


def test_chat_messages_are_taken(tmp_path):
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}

    assert written(jsonl(row), tmp_path) == [row]


def test_a_broken_line_does_not_refuse_the_file():
    report = check(source('{"prompt":"a","completion":"b"}\n{broken\n', "rows.jsonl"))

    assert found(report)["broken_json"] == [2]
    assert report.kept == 1


def test_semicolons_and_western_encodings_are_read(tmp_path):
    where = source("prompt;completion\nWo?;Köln\n", encoding="cp1252")

    assert written(where, tmp_path, format="completion") == pairs(("Wo?", "Köln"))


def test_other_sheets_are_not_ignored(tmp_path):
    head = ["prompt", "completion"]
    book = workbook({"Read me": [["see Data"]], "Data": [head, ["a", "b"]]})

    assert written(book, tmp_path, format="completion") == pairs(("a", "b"))
    assert check(book, choices(sheet="Data")).kept == 1


def test_ten_examples_are_asked_for():
    assert "too_few" in found(check(jsonl(*pairs(*[(f"{at}", "x") for at in range(9)]))))
