"""/ai-finetunes create: its forms, what is told before it costs, and what is not done twice."""

import json
from dataclasses import replace

import pytest

from tests.commands.conftest import ANN, HELP
from tests.commands.test_finetunes import LINES, made
from tests.commands.test_finetunes_acts import MINI, keep, model, training

__all__ = ["model", "training"]

GRADER = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}


async def test_the_form_has_every_field_of_the_method_with_defaults(counter, training):
    seen = await counter.run("/ai-finetunes create")
    await seen.press("By preferences …")
    view = await counter.slack.wait(lambda s: s.view(ANN))

    inputs = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    assert {"model", "training_file", "beta", "n_epochs", "seed", "metadata"} <= set(inputs)
    assert "grader" not in inputs
    assert inputs["n_epochs"]["element"]["initial_value"] == "auto"
    assert inputs["model"]["optional"] is False
    assert inputs["model"]["label"]["text"] == "Base model *"
    assert inputs["beta"]["optional"] is True
    assert training in json.dumps(inputs["training_file"]["element"]["options"])


async def test_the_form_begins_with_the_model_that_was_tuned_before(counter, training):
    await made(counter, training)
    seen = await counter.run("/ai-finetunes create")
    await seen.press("By examples …")
    view = await counter.slack.wait(lambda s: s.view(ANN))

    [menu] = [block["element"] for block in view["blocks"] if block["block_id"] == "model"]
    assert menu["initial_option"]["value"] == MINI


async def test_a_form_waits_for_one_page_of_jobs_alone(counter, training):
    job = counter.model.jobs.kept[await made(counter, training)]
    counter.model.jobs.kept |= {f"ftjob-{n}": replace(job, id=f"ftjob-{n}") for n in range(250)}
    before = len(counter.model.requests)

    await counter.slack.command("/ai-finetunes create supervised", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))

    asked = [one.path for one in counter.model.requests[before:]]
    assert sum(path.endswith("fine_tuning/jobs") for path in asked) == 2  # one: is there any?


async def test_a_filled_in_form_creates_the_job_with_everything(counter, training):
    seen = await counter.run("/ai-finetunes create")
    await seen.press("By preferences …")
    await counter.slack.wait(lambda s: s.view(ANN))
    await counter.slack.submit(
        ANN,
        {
            "model": {"input": MINI},
            "training_file": {"input": training},
            "beta": {"input": "0.2"},
            "n_epochs": {"input": "4"},
            "suffix": {"input": "nice"},
            "metadata": {"input": "team=support"},
            "wandb_project": {"input": "tuning"},
            "wandb_tags": {"input": "a, b"},
        },
    )
    await counter.slack.wait(lambda _: "Create the job" in counter.last().buttons)
    await counter.last().press("Create the job")
    await counter.slack.wait(lambda _: counter.model.jobs.kept)

    [job] = counter.model.jobs.kept.values()
    assert job.asked == {
        "model": MINI,
        "training_file": training,
        "suffix": "nice",
        "metadata": {"team": "support"},
        "integrations": [{"type": "wandb", "wandb": {"project": "tuning", "tags": ["a", "b"]}}],
        "method": {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 4, "beta": 0.2}}},
    }


async def test_a_form_is_changed_before_the_job_is_created(counter, training):
    rows = "--metadata team=support --wandb-project tuning --wandb-tags a,b --n-epochs 4"
    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {training} {rows}"
    )

    await seen.press("Change it …")
    view = await counter.slack.wait(lambda s: s.view(ANN))
    starts = [block.get("element", {}) for block in view["blocks"]]
    assert {"team=support", "tuning", "a, b", "4"} <= {one.get("initial_value") for one in starts}

    await counter.slack.submit(ANN, {"n_epochs": {"input": "5"}})
    await counter.slack.wait(lambda _: "n_epochs 5" in counter.last().text)


async def test_a_wrong_number_is_told_below_its_input(counter, training):
    seen = await counter.run("/ai-finetunes create")
    await seen.press("By examples …")
    await counter.slack.wait(lambda s: s.view(ANN))

    values = {"model": MINI, "training_file": training, "n_epochs": "99"}
    delivery = await counter.slack.submit(ANN, {k: {"input": v} for k, v in values.items()})

    assert "between 1 and 50" in delivery.answer["errors"]["n_epochs"]


async def test_reinforcement_takes_a_grader_as_json(counter):
    rows = b"".join(
        b'{"messages": [{"role": "user", "content": "q%d"}], "answer": "a"}\n' % n
        for n in range(12)
    )
    file = keep(counter, rows)
    seen = await counter.run(
        f"/ai-finetunes create reinforcement --model stand-in-reasoning --training-file {file} "
        f"--validation-file {file} --grader '{json.dumps(GRADER)}' --no-watch"
    )
    assert "billed by the hours" in seen.text
    assert "measured by the file from which it learns" in seen.text
    assert '• Grader: `{"type": "' in seen.text

    await seen.press("Create the job")
    await seen.becomes("The job is created")

    [job] = counter.model.jobs.kept.values()
    assert job.asked["method"]["reinforcement"]["grader"] == GRADER


async def test_a_grader_of_no_known_type_is_told_below_its_input(counter, training):
    seen = await counter.run("/ai-finetunes create")
    await seen.press("By grades …")
    await counter.slack.wait(lambda s: s.view(ANN))
    values = {"model": "m", "training_file": training, "validation_file": training}

    for text in ('{"type": "string_chek"}', '{"type": ', "[]"):
        filled = {name: {"input": value} for name, value in (values | {"grader": text}).items()}
        delivery = await counter.slack.submit(ANN, filled)
        assert list(delivery.answer["errors"]) == ["grader"]


async def test_a_setting_of_another_method_is_refused(counter, training):
    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {training} --beta 0.1"
    )

    assert "no setting of the method supervised" in seen.text


async def test_a_file_that_would_fail_is_told_before_it_costs(counter):
    bad = LINES + b'{"messages": [{"role": "user", "content": "only a question"}]}\n'
    file = keep(counter, bad)

    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {file}"
    )

    assert "would probably be refused" in seen.text


async def test_a_closed_organization_is_told_what_to_do(counter, training):
    counter.model.switches.tuning = False
    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {training}"
    )

    await seen.press("Create the job")
    await seen.becomes("2027-01-06", "OPENAI_CREDENTIALS", "fine_tuning_not_available")


@pytest.mark.parametrize("how", [{"status": 500}, {"faults": ["html"]}])
async def test_a_job_that_may_have_begun_is_not_to_be_created_again(counter, training, how):
    counter.model.enqueue(on="POST fine_tuning/jobs", **how)
    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {training}"
    )

    await seen.press("Create the job")
    await seen.becomes("may have begun", "finetunes list", "costs twice")


@pytest.mark.parametrize("line", ["create", "create supervised", "create dpo --model x"])
async def test_a_host_without_fine_tuning_says_so_before_a_form_is_filled_in(counter, line):
    counter.model.switches.lack("fine_tuning")

    seen = await counter.run(f"/ai-finetunes {line}")

    assert "has no fine-tuning" in seen.text
    assert counter.slack.view(ANN) is None
