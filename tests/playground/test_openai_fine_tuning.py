"""Fine-tuning jobs from their creation to the model that answers; only the clock moves them."""

import base64
import csv
import io
from typing import Any

import httpx
import pytest

from playground.openai import LocalOpenAI
from playground.openai.cards import ADMIN_KEY
from tests.playground.tuning import DAY, GRADER, ROOT, Desk, chat, graded, pair, preference


@pytest.fixture
def desk(api: httpx.AsyncClient, clock: Any) -> Desk:
    return Desk(api, clock)


async def test_a_job_passes_through_all_its_states(desk):
    job = await desk.create(method={"type": "supervised"})
    later = [(await desk.after(job, seconds))["status"] for seconds in (6, 11, DAY)]

    assert job["status"] == "validating_files"
    assert later == ["queued", "running", "succeeded"]


async def test_a_running_job_estimates_its_end_and_a_finished_one_has_all_results(desk):
    job = await desk.create(suffix="shop", seed=7)
    running, done = await desk.after(job, 20), await desk.after(job, DAY)

    assert (job["estimated_finish"], job["fine_tuned_model"]) == (None, None)
    assert running["estimated_finish"] == done["finished_at"]
    assert done["fine_tuned_model"].startswith("ft:stand-in:playground:shop:")
    assert done["trained_tokens"] > 100
    assert (done["seed"], done["error"], len(done["result_files"])) == (7, None, 1)


async def test_automatic_hyperparameters_become_numbers(desk):
    given = {"n_epochs": 2, "batch_size": "auto"}
    job = await desk.create(method={"type": "supervised", "supervised": {"hyperparameters": given}})
    later = await desk.after(job, 20)

    assert job["hyperparameters"]["batch_size"] == "auto"
    numbers = {"n_epochs": 2, "batch_size": 1, "learning_rate_multiplier": 2.0}
    assert later["hyperparameters"] == numbers
    assert later["method"]["supervised"]["hyperparameters"] == numbers


async def test_events_tell_messages_and_numbers_the_newest_first(desk):
    job = await desk.create(hyperparameters={"n_epochs": 2})
    await desk.after(job, DAY)
    page = await desk.listed(job, "events", limit=100)
    messages = [event["message"] for event in page["data"]][::-1]

    assert messages[0] == f"Created fine-tuning job: {job['id']}"
    assert messages[2] == "Files validated, moving job to queued state"
    assert messages[-1] == "The job has successfully completed"
    metrics = [event for event in page["data"] if event["type"] == "metrics"]
    assert {"step", "train_loss", "train_mean_token_accuracy"} < set(metrics[0]["data"])
    assert metrics[0]["message"].startswith(f"Step {metrics[0]['data']['step']}/24: training loss=")


async def test_events_come_in_pages(desk):
    job = await desk.create()
    await desk.after(job, DAY)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 50}
    while page := await desk.listed(job, "events", **query):
        seen += [event["id"] for event in page["data"]]
        query["after"] = seen[-1]
        if not page["has_more"]:
            break

    assert len(seen) == len(set(seen)) == 108 + 3 + 8


async def test_validation_numbers_need_a_validation_file(desk):
    job = await desk.create(validation_file=await desk.upload())
    await desk.after(job, DAY)
    last = (await desk.listed(job, "checkpoints"))["data"][0]["metrics"]

    assert last["valid_loss"] > last["train_loss"]
    assert "full_valid_mean_token_accuracy" in last


async def test_checkpoints_are_the_last_three_epochs(desk):
    job = await desk.create()
    done = await desk.after(job, DAY)
    page = await desk.listed(job, "checkpoints")
    steps = [one["step_number"] for one in page["data"]]

    assert steps == [108, 96, 84]
    assert page["data"][0]["fine_tuned_model_checkpoint"] == done["fine_tuned_model"]
    assert page["data"][1]["fine_tuned_model_checkpoint"].endswith(":ckpt-step-96")
    assert (page["first_id"], page["has_more"]) == (page["data"][0]["id"], False)


async def test_the_result_file_is_a_table_in_base64(desk):
    job = await desk.create(validation_file=await desk.upload())
    done = await desk.after(job, DAY)
    content = await desk.api.get(f"/files/{done['result_files'][0]}/content")
    table = list(csv.DictReader(io.StringIO(base64.b64decode(content.content).decode())))

    numbers = ["train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy"]
    assert list(table[0]) == ["step", *numbers]
    assert len(table) == 108
    assert float(table[-1]["train_loss"]) < float(table[0]["train_loss"])
    assert table[0]["valid_loss"] == ""
    assert float(table[9]["valid_loss"]) > 0


async def test_the_tuned_model_answers_what_it_was_taught_once_it_is_ready(desk):
    done = await desk.after(await desk.create(), 130)
    body = {"model": done["fine_tuned_model"], "messages": chat(3)["messages"][:1]}
    listed = (await desk.api.get("/models")).json()["data"]
    early = await desk.api.post("/chat/completions", json=body)
    desk.clock.ahead += 60
    late = await desk.api.post("/chat/completions", json=body)

    card = next(one for one in listed if one["id"] == done["fine_tuned_model"])
    assert card["owned_by"].startswith("user-")
    assert (early.status_code, early.json()["error"]["code"]) == (404, "model_not_found")
    assert late.json()["choices"][0]["message"]["content"] == "It is 3."


async def test_tuned_completion_model_knows_its_pairs(desk):
    job = await desk.create(model="stand-in-base", training_file=await desk.upload(pair))
    done = await desk.after(job, DAY)
    body = {"model": done["fine_tuned_model"], "prompt": "4 ->", "stop": " END"}
    answer = (await desk.api.post("/completions", json=body)).json()

    assert answer["choices"][0]["text"] == " number 4"
    assert answer["choices"][0]["finish_reason"] == "stop"


async def test_only_tuned_models_can_be_deleted(desk):
    done = await desk.after(await desk.create(), DAY)
    name = done["fine_tuned_model"]
    refused = await desk.api.delete("/models/stand-in")
    gone = await desk.api.delete(f"/models/{name}")

    assert refused.status_code == 403
    assert gone.json() == {"id": name, "object": "model", "deleted": True}
    assert (await desk.api.get(f"/models/{name}")).status_code == 404


@pytest.mark.parametrize("seconds", [0, 7, 30])
async def test_cancelled_job_goes_no_further(desk, seconds):
    job = await desk.create()
    await desk.after(job, seconds)
    gone = (await desk.api.post(f"{ROOT}/{job['id']}/cancel")).json()
    later = await desk.after(job, DAY)
    again = await desk.api.post(f"{ROOT}/{job['id']}/cancel")

    assert gone["status"] == later["status"] == "cancelled"
    assert later["fine_tuned_model"] is None
    assert again.status_code == 400


async def test_paused_job_waits_and_goes_on_where_it_stopped(desk):
    job = await desk.create()
    await desk.after(job, 30)
    pausing = (await desk.api.post(f"{ROOT}/{job['id']}/pause")).json()
    paused = await desk.after(job, DAY)
    events = len((await desk.listed(job, "events", limit=100))["data"])
    resumed = (await desk.api.post(f"{ROOT}/{job['id']}/resume")).json()
    after = await desk.after(job, 1)

    assert (pausing["status"], paused["status"]) == ("pausing", "paused")
    assert (resumed["status"], after["status"]) == ("running", "running")
    assert len((await desk.listed(job, "events", limit=100))["data"]) == events + 2
    assert (await desk.after(job, DAY))["status"] == "succeeded"


@pytest.mark.parametrize(("word", "seconds"), [("pause", 0), ("resume", 30), ("pause", DAY)])
async def test_only_what_works_can_be_paused(desk, word, seconds):
    job = await desk.create()
    await desk.after(job, seconds)

    refused = await desk.api.post(f"{ROOT}/{job['id']}/{word}")

    assert refused.status_code == 400
    assert job["id"] in refused.json()["error"]["message"]


async def test_jobs_are_listed_newest_first_in_pages_and_by_metadata(desk):
    file = await desk.upload()
    red, blue, plain = [
        (await desk.create(training_file=file, metadata=given))["id"]
        for given in ({"colour": "red"}, {"colour": "blue"}, None)
    ]

    async def ids(**query: Any) -> list[str]:
        page = (await desk.api.get(ROOT, params=query)).json()
        return [job["id"] for job in page["data"]]

    assert await ids() == [plain, blue, red]
    assert await ids(limit=1, after=plain) == [blue]
    assert await ids(**{"metadata[colour]": "red"}) == [red]
    assert await ids(metadata="null") == [plain]


async def test_preferences_are_trained_with_beta(desk):
    file = await desk.upload(preference)
    job = await desk.create(training_file=file, method={"type": "dpo"})
    done = await desk.after(job, DAY)

    assert done["status"] == "succeeded"
    assert done["method"]["dpo"]["hyperparameters"]["beta"] == 0.1
    assert done["hyperparameters"] is None


async def test_reinforcement_needs_grader_and_validation_file(desk):
    file = await desk.upload(graded)
    method = {"type": "reinforcement", "reinforcement": {"grader": GRADER}}
    asked = {"model": "stand-in-reasoning", "training_file": file}
    without = await desk.ask(**asked, method=method)
    bare = await desk.ask(**asked, method={"type": "reinforcement"}, validation_file=file)
    job = await desk.create(**asked, method=method, validation_file=file)
    done = await desk.after(job, DAY)

    assert without.json()["error"]["param"] == "validation_file"
    assert bare.json()["error"]["param"] == "method.reinforcement.grader"
    assert done["status"] == "succeeded"
    assert done["method"]["reinforcement"]["grader"] == GRADER


async def test_a_tried_grader_tells_of_each_error_that_there_was_none(desk):
    tried = {"grader": GRADER, "model_sample": "x", "item": {"answer": "x"}}

    answer = (await desk.api.post("/fine_tuning/alpha/graders/run", json=tried)).json()

    errors = answer["metadata"]["errors"]
    assert answer["reward"] == 1
    assert {"formula_parse_error", "model_grader_parse_error"} < errors.keys()
    assert not any(errors.values())


async def test_a_faster_server_needs_less_time(clock):
    async with LocalOpenAI(clock=clock, speed=10) as host:
        headers = {"Authorization": f"Bearer {host.key}"}
        async with httpx.AsyncClient(base_url=host.url, headers=headers) as api:
            desk = Desk(api, clock)
            done = await desk.after(await desk.create(), 13)

    assert done["status"] == "succeeded"


async def test_checkpoints_are_shared_by_an_admin_only(desk):
    done = await desk.after(await desk.create(), DAY)
    url = f"/fine_tuning/checkpoints/{done['fine_tuned_model']}/permissions"
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    body = {"project_ids": ["proj_1", "proj_2"]}
    refused = await desk.api.post(url, json=body)
    made = (await desk.api.post(url, json=body, headers=admin)).json()
    first, second = (one["id"] for one in made["data"])
    gone = await desk.api.delete(f"{url}/{first}", headers=admin)
    left = (await desk.api.get(url, headers=admin)).json()

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "missing_scope")
    assert gone.json() == {"object": "checkpoint.permission", "id": first, "deleted": True}
    assert [one["id"] for one in left["data"]] == [second]
    assert left["data"][0]["project_id"] == "proj_2"


async def test_permissions_come_in_order_and_by_project(desk):
    done = await desk.after(await desk.create(), DAY)
    url = f"/fine_tuning/checkpoints/{done['fine_tuned_model']}/permissions"
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    await desk.api.post(url, json={"project_ids": ["proj_1", "proj_2"]}, headers=admin)

    async def projects(**query: Any) -> list[str]:
        page = (await desk.api.get(url, params=query, headers=admin)).json()
        return [one["project_id"] for one in page["data"]]

    assert await projects() == ["proj_2", "proj_1"]
    assert await projects(order="ascending") == ["proj_1", "proj_2"]
    assert await projects(project_id="proj_1") == ["proj_1"]
