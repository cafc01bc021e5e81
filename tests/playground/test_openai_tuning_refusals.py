"""Fine-tuning jobs that are refused at once, and those that fail when their files are read."""

from typing import Any

import httpx
import pytest

from tests.playground.tuning import GRADER, ROOT, Desk, chat, pair


@pytest.fixture
def desk(api: httpx.AsyncClient, clock: Any) -> Desk:
    return Desk(api, clock)


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"model": "gpt-9"}, "model", "model_not_available"),
        ({"model": "stand-in-classic"}, "model", "model_not_available"),
        ({"model": None}, "model", "missing_required_parameter"),
        ({"training_file": None}, "training_file", "missing_required_parameter"),
        ({"training_file": "file-none"}, "training_file", "invalid_file_id"),
        ({"validation_file": "file-none"}, "validation_file", "invalid_file_id"),
        ({"suffix": "x" * 65}, "suffix", "string_above_max_length"),
        ({"seed": -1}, "seed", "integer_below_min_value"),
        ({"metadata": {"k": "v" * 513}}, "metadata.k", "string_above_max_length"),
        ({"metadata": {str(n): "" for n in range(17)}}, "metadata", "object_above_max_properties"),
        ({"n_epochs": 3}, "n_epochs", "unknown_parameter"),
        ({"method": {"type": "magic"}}, "method.type", "invalid_value"),
        ({"method": {"type": "reinforcement", "reinforcement": {"grader": GRADER}}},
         "method.type", "unsupported_value"),
        ({"method": {"type": "supervised", "dpo": {}}}, "method.dpo", None),
        ({"method": {"type": "supervised",
                     "supervised": {"hyperparameters": {"n_epochs": 51}}}},
         "method.supervised.hyperparameters.n_epochs", "integer_above_max_value"),
        ({"method": {"type": "supervised", "supervised": {"hyperparameters": {"beta": 1}}}},
         "method.supervised.hyperparameters.beta", "unknown_parameter"),
        ({"hyperparameters": {"n_epochs": "few"}}, "hyperparameters.n_epochs", "invalid_type"),
        ({"hyperparameters": {"n_epochs": 1}, "method": {"type": "supervised"}},
         "hyperparameters", "invalid_parameter_combination"),
        ({"integrations": [{"type": "wandb", "wandb": {}}]}, "integrations[0].wandb.project",
         "missing_required_parameter"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}] * 6}, "integrations",
         "array_above_max_length"),
    ],
)  # fmt: skip
async def test_unsound_jobs_are_refused(desk, fields, param, code):
    refused = await desk.ask(**fields)

    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, param, code)


async def test_files_must_be_ready_and_for_tuning(desk):
    sent = {"file": ("a.jsonl", b"{}")}
    other = await desk.api.post("/files", files=sent, data={"purpose": "batch"})
    young = await desk.api.post("/files", files=sent, data={"purpose": "fine-tune"})
    wrong = await desk.ask(training_file=other.json()["id"])
    early = await desk.ask(training_file=young.json()["id"])

    assert wrong.json()["error"]["code"] == "invalid_file_purpose"
    assert "still being processed" in early.json()["error"]["message"]


@pytest.mark.parametrize(
    ("training", "validation", "code", "param"),
    [
        ((chat, 9), None, "invalid_n_examples", "training_file"),
        ((pair, 12), None, "invalid_training_file", "training_file"),
        ((chat, 12), (pair, 1), "invalid_validation_file", "validation_file"),
    ],
)
async def test_a_job_with_a_wrong_file_fails_when_it_is_validated(
    desk, training, validation, code, param
):
    fields = {"training_file": await desk.upload(*training)}
    if validation:
        fields["validation_file"] = await desk.upload(*validation)
    job = await desk.create(**fields)
    failed = await desk.after(job, 6)
    last = (await desk.listed(job, "events"))["data"][0]

    assert (job["status"], failed["status"]) == ("validating_files", "failed")
    assert (failed["error"]["code"], failed["error"]["param"]) == (code, param)
    assert (last["level"], last["message"]) == ("error", failed["error"]["message"])
    assert failed["hyperparameters"]["n_epochs"] == "auto"


async def test_a_closed_organization_gets_a_permission_error(desk, host):
    host.switches.tuning = False

    refused = await desk.ask()

    assert refused.status_code == 403
    assert "not eligible" in refused.json()["error"]["message"]
    assert (await desk.api.get(ROOT)).status_code == 200


async def test_unknown_job_is_named(desk):
    refused = await desk.api.get(f"{ROOT}/ftjob-none")

    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "fine_tune_not_found"
