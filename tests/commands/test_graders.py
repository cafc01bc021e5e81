"""/ai-finetunes grader: what a grader is worth before a job pays for it."""

import json

import pytest

from tests.commands.conftest import ANN, HELP

GRADER = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
WRITTEN = json.dumps(GRADER)


async def test_a_grader_is_looked_at(counter):
    seen = await counter.run(f"/ai-finetunes grader check {WRITTEN}")

    assert "The server can use the grader `same` (string_check)" in seen.text
    assert counter.model.requests[-1].json == {"grader": GRADER}


async def test_a_grader_from_a_phone_has_curly_quotes(counter):
    typed = WRITTEN.replace('"', "”")

    seen = await counter.run(f"/ai-finetunes grader check {typed}")

    assert "The server can use the grader `same` (string_check)" in seen.text


async def test_a_wrong_grader_is_not_sent(counter):
    wrong = json.dumps(GRADER | {"operation": "equals"})

    seen = await counter.run(f"/ai-finetunes grader check {wrong}")

    assert "grader.operation" in seen.text
    assert "Nothing was sent" in seen.text


async def test_an_answer_is_graded_after_a_confirmation(counter):
    seen = await counter.run(
        f"""/ai-finetunes grader run --sample Paris --item '{{"answer": "Paris"}}' {WRITTEN}"""
    )
    assert "Paris" in seen.text

    await seen.press("Grade it")
    await seen.becomes("Grade", "1")

    assert counter.model.requests[-1].json["item"] == {"answer": "Paris"}


async def test_what_a_server_cannot_run_is_told_in_its_words(counter):
    program = {"type": "python", "name": "p", "source": "def grade(sample, item): return 1"}
    seen = await counter.run(f"/ai-finetunes grader run --sample x {json.dumps(program)}")

    await seen.press("Grade it")
    await seen.becomes("not of python")


@pytest.mark.parametrize(
    ("command", "inputs"), [("check", ["grader"]), ("run", ["grader", "sample", "item"])]
)
async def test_without_a_grader_a_form_shows_one_to_begin_with(counter, command, inputs):
    await counter.slack.command(f"/ai-finetunes grader {command}", ANN, HELP)
    view = await counter.slack.wait(lambda s: s.view(ANN))

    blocks = {one["block_id"]: one["element"] for one in view["blocks"]}
    assert list(blocks) == inputs
    assert json.loads(blocks["grader"]["initial_value"])["type"] == "string_check"
