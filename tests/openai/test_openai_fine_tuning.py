"""Fine-tuning: jobs by every method, their course, permissions and graders."""

from collections.abc import Callable
from typing import Any

import pytest
from openai_answers import answers_json, refuses
from openai_server import Server, Sleeps

from bot.openai import errors
from bot.openai.client import OpenAI

STRING_CHECK: Any = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
SIMILARITY: Any = {
    "type": "text_similarity",
    "name": "near",
    "input": "a",
    "reference": "b",
    "evaluation_metric": "rouge_l",
}
PYTHON: Any = {"type": "python", "name": "own", "source": "def grade(sample, item): return 1.0"}
SCORE: Any = {
    "type": "score_model",
    "name": "judge",
    "model": "gpt-4.1",
    "input": [{"role": "user", "content": "Score {{sample.output_text}}"}],
    "range": [0, 10],
    "sampling_params": {"temperature": 0, "max_completions_tokens": 100, "seed": 1},
}
LABEL: Any = {
    "type": "label_model",
    "name": "kind",
    "model": "gpt-4.1",
    "input": [{"role": "developer", "content": "Label it", "type": "message"}],
    "labels": ["good", "bad"],
    "passing_labels": ["good"],
}
MULTI: Any = {
    "type": "multi",
    "name": "all",
    "graders": {"same": STRING_CHECK, "kind": LABEL},
    "calculate_output": "0.5 * same + 0.5 * kind",
}
SUPERVISED: Any = {
    "type": "supervised",
    "supervised": {
        "hyperparameters": {"n_epochs": 3, "batch_size": "auto", "learning_rate_multiplier": 0.1}
    },
}
DPO: Any = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": "auto"}}}
REINFORCEMENT: Any = {
    "type": "reinforcement",
    "reinforcement": {
        "grader": MULTI,
        "hyperparameters": {
            "reasoning_effort": "low",
            "compute_multiplier": 1.5,
            "eval_interval": 5,
            "eval_samples": "auto",
        },
    },
}
LEAST: Any = {"model": "gpt-4.1-mini-2025-04-14", "training_file": "file-1"}
EVERYTHING: Any = LEAST | {
    "validation_file": "file-2",
    "method": SUPERVISED,
    "suffix": "a" * 64,
    "seed": 2**31 - 1,
    "metadata": {"team": "T1"},
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "name": "n", "tags": ["a"]}}],
}
JOB = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1,
    "finished_at": None,
    "estimated_finish": 9,
    "model": "gpt-4.1-mini-2025-04-14",
    "fine_tuned_model": None,
    "status": "of_later_days",
    "error": {"code": "c", "message": "m", "param": None},
    "training_file": "file-1",
    "validation_file": None,
    "result_files": [],
    "trained_tokens": None,
    "hyperparameters": {"n_epochs": "auto"},
    "method": SUPERVISED,
    "seed": 1,
    "integrations": [],
    "metadata": None,
}


@pytest.mark.parametrize(
    "more",
    [
        EVERYTHING,
        {"method": DPO},
        {"method": REINFORCEMENT},
        {"method": {"type": "supervised"}},
        {"hyperparameters": {"n_epochs": 50}},
        {},
    ],
)
async def test_a_job_is_asked_for_as_it_was_given(
    server: Server, client: OpenAI, more: Any
) -> None:
    server.answers(answers_json(JOB, **{"x-request-id": "req_1"}))

    job = await client.fine_tuning.jobs.create(**(LEAST | more))

    assert (server.methods, server.paths) == (["POST"], ["/v1/fine_tuning/jobs"])
    assert server.requests == [LEAST | more]
    assert (job.id, job.is_final, job.request_id) == ("ftjob-1", False, "req_1")
    assert job.model_dump(exclude_unset=True) == JOB


@pytest.mark.parametrize("grader", [STRING_CHECK, SIMILARITY, PYTHON, SCORE, MULTI])
async def test_every_grader_is_taken(server: Server, client: OpenAI, grader: Any) -> None:
    server.answers(answers_json(JOB))
    method: Any = {"type": "reinforcement", "reinforcement": {"grader": grader}}

    await client.fine_tuning.jobs.create(**LEAST, method=method)

    assert server.requests[0]["method"] == method


async def test_what_is_none_inside_a_method_stays_out(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(JOB))
    method: Any = {"type": "dpo", "dpo": {"hyperparameters": {"beta": None, "n_epochs": 2}}}

    await client.fine_tuning.jobs.create(**LEAST, method=method, suffix=None)

    sent = {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2}}}
    assert server.requests == [LEAST | {"method": sent}]


def supervised(**hyperparameters: Any) -> dict[str, Any]:
    settings = {"hyperparameters": hyperparameters}
    return {"method": {"type": "supervised", "supervised": settings}}


def graded(grader: Any) -> dict[str, Any]:
    return {"method": {"type": "reinforcement", "reinforcement": {"grader": grader}}}


IN_HYPERPARAMETERS = "method.supervised.hyperparameters"
IN_GRADER = "method.reinforcement.grader"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"model": None}, "model"),
        ({"training_file": ""}, "training_file"),
        ({"suffix": "a" * 65}, "suffix"),
        ({"suffix": ""}, "suffix"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"n_epochs": 3}, "n_epochs"),
        ({"integrations": EVERYTHING["integrations"] * 6}, "integrations"),
        ({"integrations": [{"type": "wandb", "wandb": {}}]}, "integrations[0].wandb.project"),
        ({"metadata": {"k": 1}}, "metadata.k"),
        (supervised(n_epochs=51), f"{IN_HYPERPARAMETERS}.n_epochs"),
        (supervised(n_epochs=0), f"{IN_HYPERPARAMETERS}.n_epochs"),
        (supervised(batch_size=257), f"{IN_HYPERPARAMETERS}.batch_size"),
        (supervised(learning_rate_multiplier=0), f"{IN_HYPERPARAMETERS}.learning_rate_multiplier"),
        (supervised(beta=1), f"{IN_HYPERPARAMETERS}.beta"),
        ({"method": {"type": "unsupervised"}}, "method.type"),
        ({"method": {"supervised": {}}}, "method.type"),
        ({"method": DPO | {"supervised": {}}}, "method.supervised"),
        ({"method": {"type": "reinforcement"}}, f"{IN_GRADER}"),
        ({"method": {"type": "reinforcement", "reinforcement": {}}}, f"{IN_GRADER}"),
        ({"method": DPO, "hyperparameters": {}}, "hyperparameters"),
        (
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 2.1}}}},
            "method.dpo.hyperparameters.beta",
        ),
        (graded({"type": "magic"}), f"{IN_GRADER}.type"),
        (graded(LABEL), f"{IN_GRADER}.type"),
        (graded(STRING_CHECK | {"operation": "is"}), f"{IN_GRADER}.operation"),
        (graded(SIMILARITY | {"evaluation_metric": "x"}), f"{IN_GRADER}.evaluation_metric"),
        (graded(PYTHON | {"source": ""}), f"{IN_GRADER}.source"),
        (graded(SCORE | {"range": [1, 0]}), f"{IN_GRADER}.range"),
        (graded(SCORE | {"input": []}), f"{IN_GRADER}.input"),
        (graded(MULTI | {"graders": {}}), f"{IN_GRADER}.graders"),
        (graded(MULTI | {"graders": {"a": MULTI}}), f"{IN_GRADER}.graders.a.type"),
        (
            graded(MULTI | {"graders": {"a": LABEL | {"passing_labels": ["ugly"]}}}),
            f"{IN_GRADER}.graders.a.passing_labels",
        ),
    ],
)
async def test_wrong_jobs_are_not_begun(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.fine_tuning.jobs.create(**(LEAST | wrong))

    assert (caught.value.field, server.paths) == (field, [])


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_job_that_may_have_begun_is_not_begun_again(
    server: Server, client: OpenAI, status: int
) -> None:
    server.always = refuses(status)

    with pytest.raises(errors.InternalServerError):
        await client.fine_tuning.jobs.create(**LEAST)

    assert len(server.paths) == 1


async def test_a_job_that_certainly_has_not_begun_is_asked_for_again(
    server: Server, client: OpenAI, sleeps: Sleeps
) -> None:
    server.answers(refuses(429), refuses(503, code="server_is_overloaded"), answers_json(JOB))

    assert (await client.fine_tuning.jobs.create(**LEAST)).id == "ftjob-1"
    assert len(sleeps) == 2


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({}, ""),
        ({"limit": 20, "after": "ftjob-0"}, "?limit=20&after=ftjob-0"),
        ({"metadata": {"team": "T1"}}, "?metadata%5Bteam%5D=T1"),
        ({"metadata": "null"}, "?metadata=null"),
    ],
)
async def test_jobs_are_listed_by_metadata(
    server: Server, client: OpenAI, filters: Any, query: str
) -> None:
    server.answers(answers_json({"object": "list", "data": [JOB], "has_more": False}))

    (job,) = await client.fine_tuning.jobs.list(**filters)

    assert (job.id, server.paths) == ("ftjob-1", [f"/v1/fine_tuning/jobs{query}"])


async def test_what_a_lost_answer_has_done_is_no_failure(server: Server, client: OpenAI) -> None:
    cancelled = JOB | {"status": "cancelled"}
    server.answers(refuses(500), refuses(400), answers_json(cancelled), refuses(400))

    assert (await client.fine_tuning.jobs.cancel("ftjob-1")).status == "cancelled"
    with pytest.raises(errors.BadRequestError):
        await client.fine_tuning.jobs.cancel("ftjob-1")


@pytest.mark.parametrize("word", ["cancel", "pause", "resume"])
async def test_a_job_is_commanded_without_a_body(server: Server, client: OpenAI, word: str) -> None:
    server.answers(answers_json(JOB | {"status": "cancelled"}))

    job = await getattr(client.fine_tuning.jobs, word)("ftjob-1")

    assert (job.is_final, server.bodies) == (True, [b""])
    assert "Content-Type" not in server.headers[0]
    assert (server.methods, server.paths) == (["POST"], [f"/v1/fine_tuning/jobs/ftjob-1/{word}"])


async def test_a_job_is_retrieved(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(JOB))

    job = await client.fine_tuning.jobs.retrieve("ftjob-1")

    assert job.error is not None
    assert (job.error.message, job.estimated_finish) == ("m", 9)
    assert server.paths == ["/v1/fine_tuning/jobs/ftjob-1"]


async def test_events_tell_what_happened(server: Server, client: OpenAI) -> None:
    event = {
        "id": "ftevent-1",
        "created_at": 1,
        "level": "info",
        "message": "Step 1/10: training loss=1.5",
        "type": "metrics",
        "data": {"step": 1, "train_loss": 1.5},
    }
    server.answers(answers_json({"data": [event], "has_more": False}))

    (read,) = await client.fine_tuning.jobs.list_events("ftjob-1", limit=5, after="ftevent-0")

    assert read.model_dump(exclude_unset=True) == event
    assert server.paths == ["/v1/fine_tuning/jobs/ftjob-1/events?limit=5&after=ftevent-0"]


async def test_checkpoints_tell_how_good_they_were(server: Server, client: OpenAI) -> None:
    checkpoint = {
        "id": "ftckpt-1",
        "step_number": 90,
        "fine_tuned_model_checkpoint": "ft:m::1:ckpt-step-90",
        "metrics": {"train_loss": 0.5, "full_valid_mean_token_accuracy": 0.9},
    }
    server.answers(answers_json({"data": [checkpoint], "has_more": False}))

    (read,) = await client.fine_tuning.jobs.checkpoints.list("ftjob-1", limit=10)

    assert read.model_dump(exclude_unset=True) == checkpoint
    assert server.paths == ["/v1/fine_tuning/jobs/ftjob-1/checkpoints?limit=10"]


async def test_permissions_are_asked_for_with_the_admin_key(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    permission = {"id": "cp_1", "object": "checkpoint.permission", "project_id": "proj_1"}
    many = answers_json({"object": "list", "data": [permission], "has_more": False})
    gone_too = answers_json(permission | {"deleted": True})
    server.answers(many, many, gone_too, answers_json(JOB))
    client = connect(admin_key="sk-admin-0123456789")
    permissions = client.fine_tuning.checkpoints.permissions

    await permissions.list(
        "ft:m::1:ckpt", project_id="proj_1", limit=1, order="ascending", after="cp_0"
    )
    (made,) = await permissions.create("ft:m::1:ckpt", project_ids=["proj_1"])
    gone = await permissions.delete("ft:m::1:ckpt", "cp_1")
    await client.fine_tuning.jobs.retrieve("ftjob-1")

    path = "/v1/fine_tuning/checkpoints/ft:m::1:ckpt/permissions"
    assert [path.replace("%3A", ":") for path in server.paths[:3]] == [
        f"{path}?project_id=proj_1&limit=1&order=ascending&after=cp_0",
        path,
        f"{path}/cp_1",
    ]
    assert server.requests[1] == {"project_ids": ["proj_1"]}
    assert (made.project_id, gone.deleted) == ("proj_1", True)
    keys = [headers["Authorization"] for headers in server.headers]
    assert keys == [*["Bearer sk-admin-0123456789"] * 3, "Bearer sk-test-0123456789"]


async def test_an_admin_key_is_struck_out_of_errors(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    server.answers(refuses(401, "Incorrect key: admin-key-9876543210"))
    client = connect(admin_key="admin-key-9876543210")

    with pytest.raises(errors.AuthenticationError) as caught:
        await client.fine_tuning.checkpoints.permissions.list("c")

    assert "9876" not in str(caught.value)


async def test_a_grader_is_looked_at_and_tried(server: Server, client: OpenAI) -> None:
    run = {"reward": 1.0, "sub_rewards": {}, "metadata": {"errors": {}}}
    server.answers(answers_json({"grader": STRING_CHECK}), answers_json(run))

    seen = await client.fine_tuning.alpha.graders.validate(grader=STRING_CHECK)
    tried = await client.fine_tuning.alpha.graders.run(
        grader=STRING_CHECK, model_sample="a", item={"answer": None}
    )

    assert (seen.grader, tried.reward) == (STRING_CHECK, 1.0)
    assert [path.rpartition("/")[2] for path in server.paths] == ["validate", "run"]
    assert server.requests[1] == {
        "grader": STRING_CHECK,
        "model_sample": "a",
        "item": {"answer": None},
    }
