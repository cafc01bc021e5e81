import json
import re

import pytest
from click.testing import CliRunner

from bot.cli.dataset import dataset

GOOD = "".join(f"question {at},answer {at}\n" for at in range(60))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(f"prompt,completion\n{GOOD}")
    return path


def run(*arguments):
    return CliRunner().invoke(dataset, [str(argument) for argument in arguments])


def test_a_good_file_passes(table):
    result = run("check", table)

    assert result.exit_code == 0, result.output
    assert "60 rows: 60 kept, 0 left out" in result.output
    assert "CSV, utf-8, comma between columns, for chat" in result.output


def test_errors_are_named_and_give_a_status(table):
    table.write_text(f"prompt,completion\n{GOOD}empty,\n")

    result = run("check", table)

    assert result.exit_code == 1
    assert "line 62 (row 61): completion: empty. Fix: write the answer to learn" in result.output
    assert "Traceback" not in result.output


def test_the_cost_is_estimated_with_what_it_rests_on(table):
    output = run("check", table, "--price", "25", "--epochs", "2").output

    assert "x 2 epochs" in output
    assert "cost about" in output
    assert "25 per million tokens" in output


def test_validation_examples_cost_nothing(table, tmp_path):
    def estimated(*options):
        output = run("build", table, "-o", tmp_path / "out.jsonl", "--force", *options).output
        return int(re.search(r"estimate: ([\d,]+) tokens", output)[1].replace(",", ""))

    assert estimated("--validation-share", "0.5") == pytest.approx(estimated() / 2, rel=0.05)


def test_lines_are_built(table, tmp_path):
    result = run("build", table, "-o", tmp_path / "out.jsonl", "--system", "Be brief.")

    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert result.exit_code == 0, result.output
    assert len(rows) == 60
    assert rows[0]["messages"][0]["content"] == "Be brief."


def test_two_files_are_built(table, tmp_path):
    result = run("build", table, "-o", tmp_path / "out.jsonl", "--validation-share", "0.1", "-q")

    assert result.output.splitlines() == [
        f"wrote {tmp_path / 'out.jsonl'} (54 examples)",
        f"wrote {tmp_path / 'out.validation.jsonl'} (6 examples)",
    ]


def test_rows_are_left_out_only_when_said(table, tmp_path):
    table.write_text(f"prompt,completion\n{GOOD}empty,\n")
    output = tmp_path / "out.jsonl"

    refused = run("build", table, "-o", output)
    assert refused.exit_code == 1
    assert "1 of 61 rows have errors" in refused.output
    assert not output.exists()

    assert run("build", table, "-o", output, "--yes").exit_code == 0
    assert len(output.read_text().splitlines()) == 60


def test_an_existing_file_needs_force(table, tmp_path):
    (tmp_path / "out.jsonl").write_text("mine")

    assert "there already" in run("build", table, "-o", tmp_path / "out.jsonl").output
    assert run("build", table, "-o", tmp_path / "out.jsonl", "--force").exit_code == 0


def test_marks_are_typed_with_backslashes(table, tmp_path):
    output = tmp_path / "out.jsonl"
    marks = ("--separator", r"\n\n###\n\n", "--stop", " END")

    run("build", table, "-o", output, "--format", "completion", *marks)

    row = json.loads(output.read_text().splitlines()[0])
    assert row == {"prompt": "question 0\n\n###\n\n", "completion": "answer 0 END"}


def test_the_other_file_is_compared(table, tmp_path):
    other = tmp_path / "valid.csv"
    other.write_text("prompt,completion\nQuestion 5,x\nnew,y\n")

    assert (
        "its prompt stands in line 7 of the other file"
        in run("check", other, "--against", table).output
    )


def test_findings_can_be_left_out_by_code(table, tmp_path):
    table.write_text(f"prompt,completion\n{GOOD}{GOOD}")

    result = run("build", table, "-o", tmp_path / "out.jsonl", "--leave-out", "duplicate")

    assert result.exit_code == 0, result.output
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 60


@pytest.mark.parametrize("wrong", [["--show", "-1"], ["--format", "xml"], ["--epochs", "0"]])
def test_wrong_options_get_a_usage_line(table, wrong):
    result = run("check", table, *wrong)

    assert result.exit_code == 2
    assert "Usage:" in result.output


def test_a_file_that_holds_no_table_gets_a_sentence(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\0\1\2" * 100)

    result = run("check", path)

    assert result.exit_code == 1
    assert result.output.startswith("Error: rows.csv is not a text file")


def test_an_empty_file_is_no_success(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("")

    assert run("check", path).exit_code == 1
