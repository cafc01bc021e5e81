"""/ai-finetunes as people use it: what they see, what they are asked, what the server then does."""

import pytest
import pytest_asyncio

from playground.openai import LocalOpenAI
from tests.commands.conftest import ANN, HELP
from tests.scenarios.conftest import BEN

LINES = b"".join(
    b'{"messages": [{"role": "user", "content": "question %d"}, '
    b'{"role": "assistant", "content": "answer %d"}]}\n' % (number, number)
    for number in range(12)
)


@pytest_asyncio.fixture
async def model():
    """A server whose jobs take no time, so that one look sees the end."""
    async with LocalOpenAI(speed=1e9) as server:
        yield server


@pytest.fixture
def training(counter):
    return counter.model.files.add("train.jsonl", "fine-tune", LINES).id


async def made(counter, training: str, more: str = "") -> str:
    """Create a job without following it; return its id."""
    seen = await counter.run(
        f"/ai-finetunes create supervised --model gpt-4.1-mini-2025-04-14 "
        f"--training-file {training} --no-watch {more}"
    )
    await seen.press("Create the job")
    await seen.becomes("The job is created")
    return next(reversed(counter.model.jobs.kept))


async def test_jobs_are_listed(counter, training):
    job = await made(counter, training, "--suffix support")

    seen = await counter.run("/ai-finetunes list")

    assert job in seen.text
    assert "support" in seen.text
    assert "ft:gpt-4.1-mini-2025-04-14" in seen.text


async def test_no_jobs_are_told_with_a_way_on(counter):
    seen = await counter.run("/ai-finetunes list")

    assert "no fine-tuning jobs yet" in seen.text
    assert seen.buttons == ["Create a job …"]


async def test_a_job_is_created_only_after_its_cost_was_shown(counter, training):
    seen = await counter.run(
        "/ai-finetunes create supervised --model gpt-4.1-mini-2025-04-14 "
        f"--training-file {training} --n-epochs 4"
    )

    assert "12 examples" in seen.text
    assert "4 epochs" in seen.text
    assert counter.model.jobs.kept == {}


async def test_a_job_is_followed_to_its_end(counter, training):
    seen = await counter.run(
        "/ai-finetunes create supervised --model gpt-4.1-mini-2025-04-14 "
        f"--training-file {training}"
    )
    await seen.press("Create the job")
    await counter.slack.wait(lambda _: any("is made" in one for one in said(counter)))

    [card] = cards(counter)
    thread = [m for m in counter.slack.messages(HELP, card["ts"])]
    await counter.slack.wait(
        lambda s: any("answers now" in str(m) for m in s.messages(HELP, card["ts"])), timeout=20
    )
    assert "100%" in str(card)
    assert any(f"<@{ANN}>" in m["text"] for m in thread)


async def test_a_job_that_is_done_shows_its_picture_and_its_checkpoints(counter, training):
    job = await made(counter, training)
    await counter.run(f"/ai-finetunes watch {job}")

    await counter.slack.wait(lambda _: any("*Checkpoints" in m for m in said(counter)))

    assert len([m for m in said(counter) if f"{job}.end.png" in m]) == 1


def said(counter) -> list[str]:
    thread = [m for card in cards(counter) for m in counter.slack.messages(HELP, card["ts"])]
    return [str(message) for message in thread]


def cards(counter) -> list[dict]:
    return [m for m in counter.slack.messages(HELP) if "Fine-tuning" in m.get("text", "")]


async def test_members_may_look_and_not_create(counter, training):
    await made(counter, training)

    listed = await counter.run("/ai-finetunes list", user=BEN)
    refused = await counter.run("/ai-finetunes create", user=BEN)

    assert "gpt-4.1-mini" in listed.text
    assert "admins" in refused.text


async def test_what_is_followed_here_offers_no_further_following(counter, training):
    counter.model.jobs.speed = 1.0
    job = await made(counter, training)

    before = await counter.run(f"/ai-finetunes info {job}")
    await counter.run(f"/ai-finetunes watch {job}")
    after = await counter.run(f"/ai-finetunes info {job}")

    assert "Follow it here" in before.buttons
    assert "Follow it here" not in after.buttons


async def test_without_an_id_the_newest_job_that_fits_is_meant(counter, training):
    nothing = await counter.run("/ai-finetunes info")
    await made(counter, training)
    newest = await made(counter, training)

    seen = await counter.run("/ai-finetunes info")

    assert "There is no job that this could be for" in nothing.text
    assert newest in seen.text


async def test_a_job_that_the_server_does_not_have_is_told(counter):
    seen = await counter.run("/ai-finetunes events ftjob-none")

    assert "The server has no job `ftjob-none`" in seen.text


async def test_where_else_a_job_is_followed_is_told_by_name(counter, training):
    job = await made(counter, training)
    await counter.run(f"/ai-finetunes watch {job}", channel="C0GENERAL")

    seen = await counter.run(f"/ai-finetunes info {job}")

    assert "Followed in:\n  #general" in seen.text


async def test_why_a_job_has_failed_is_shown_without_markup(counter, training):
    job = await made(counter, training)
    error = {"code": "invalid_training_file", "message": "5 < 10 & no more", "param": None}
    kept = counter.model.jobs.kept[job]
    kept.state, kept.error = "failed", error

    seen = await counter.run(f"/ai-finetunes info {job}")

    assert "invalid_training_file: 5 < 10 & no more" in seen.text


async def test_what_is_not_followed_here_cannot_be_left(counter):
    seen = await counter.run("/ai-finetunes watch --stop")

    assert "No such job is followed in this channel" in seen.text


async def test_a_file_names_the_jobs_that_use_it_and_is_no_unused_one(counter, training):
    job = await made(counter, training)
    counter.model.files.add("spare.jsonl", "fine-tune", LINES + LINES)

    info = await counter.run(f"/ai-files info {training}")
    unused = await counter.run("/ai-files cleanup --unused --purpose fine-tune")

    assert job in info.text
    assert "spare.jsonl" in unused.text
    assert training not in unused.text


async def test_a_training_file_that_is_not_there_is_told_before_a_job(counter):
    seen = await counter.run(
        "/ai-finetunes create supervised --model gpt-4.1-mini-2025-04-14 --training-file file-none"
    )

    assert "the server has no such file" in seen.text
    assert "I cannot foresee its cost" in seen.text
