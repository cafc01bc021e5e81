"""/ai-finetunes on jobs that run, fail or are refused: what is asked, told and done."""

import pytest
import pytest_asyncio

from playground.openai import LocalOpenAI
from tests.commands.conftest import ANN, HELP
from tests.commands.test_finetunes import LINES, cards, made, said
from tests.scenarios.conftest import BEN

MINI = "gpt-4.1-mini-2025-04-14"


@pytest_asyncio.fixture
async def model():
    """A server whose files are ready at once and whose jobs take long."""
    async with LocalOpenAI(speed=0.01) as server:
        yield server


def keep(counter, content: bytes, name: str = "train.jsonl") -> str:
    """Put a file on the server, long enough ago to be processed; return its id."""
    files = counter.model.files
    return files.add(name, "fine-tune", content, at=files.clock() - 100).id


@pytest.fixture
def training(counter):
    return keep(counter, LINES)


def job_of(counter, job: str):
    return counter.model.jobs.kept[job]


async def test_a_job_is_cancelled_after_a_confirmation(counter, training):
    job = await made(counter, training)
    seen = await counter.run(f"/ai-finetunes cancel {job}")
    assert "lost" in seen.text

    await seen.press("Stop it")
    await seen.becomes("cancelled")

    assert job_of(counter, job).state == "cancelled"


async def test_a_job_is_paused_and_resumed(counter, training):
    job = await made(counter, training)
    job_of(counter, job).state = "running"

    seen = await counter.run(f"/ai-finetunes pause {job}")
    await seen.press("Pause it")
    await seen.becomes("paus")
    assert job_of(counter, job).paused_at is not None

    seen = await counter.run(f"/ai-finetunes resume {job}")
    await seen.press("Resume it")
    await seen.becomes("running")
    assert job_of(counter, job).paused_at is None


async def test_a_job_that_has_ended_is_not_cancelled(counter, training):
    job = await made(counter, training)
    job_of(counter, job).cancel(0)

    seen = await counter.run(f"/ai-finetunes cancel {job}")

    assert "has ended already" in seen.text


async def test_events_come_newest_first(counter, training):
    job = await made(counter, training)

    seen = await counter.run(f"/ai-finetunes events {job}")

    assert "Validating training file" in seen.text


async def test_an_unknown_job_is_told_with_a_way_on(counter):
    seen = await counter.run("/ai-finetunes info ftjob-nothere")

    assert "no job" in seen.text
    assert "/ai-finetunes list" in seen.text


async def test_the_table_comes_as_a_file_with_the_count(counter, training):
    job = await made(counter, training)

    seen = await counter.run("/ai-finetunes list tsv")

    rooms = counter.slack.workspace.channels.values()
    direct = next(room.id for room in rooms if room.kind == "im" and ANN in room.members)
    [message] = [m for m in counter.slack.messages(direct) if m.get("files")]
    content = counter.slack.workspace.contents[message["files"][0]["id"]].decode()
    head, row = content.splitlines()
    assert "1 fine-tuning job" in seen.text
    assert head.split("\t")[2:5] == ["status", "base_model", "job_id"]
    assert row.split("\t")[3:5] == [MINI, job]


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_fine_tuning_is_told_in_a_sentence(counter, status):
    counter.model.switches.lack("fine_tuning", status=status)

    seen = await counter.run("/ai-finetunes list")

    assert "This server has no fine-tuning" in seen.text


async def test_a_failed_job_is_told_with_the_servers_own_words(counter):
    file = keep(counter, b'{"messages": 7}\n' * 12)
    counter.model.jobs.speed = 1e9
    seen = await counter.run(
        f"/ai-finetunes create supervised --model {MINI} --training-file {file}"
    )
    assert "no example of the training file would be taken" in seen.text
    await seen.press("Create the job")
    await counter.slack.wait(lambda _: any(f"<@{ANN}>" in m for m in said(counter)))

    told = next(one for one in said(counter) if f"<@{ANN}>" in one)
    assert "invalid_training_file" in told
    assert "finetunes prepare" in told


async def test_where_the_bot_may_not_post_the_person_is_told_in_direct_messages(counter, training):
    counter.slack.add_channel("C0OTHER", "other", "channel", [ANN, BEN])
    job = await made(counter, training)

    await counter.run(f"/ai-finetunes watch {job}", channel="C0OTHER")
    await counter.slack.wait(lambda s: any(direct_cards(s)))


def direct_cards(slack):
    for room in slack.workspace.channels.values():
        if room.kind == "im" and ANN in room.members:
            yield from (m for m in slack.messages(room.id) if "Fine-tuning" in m.get("text", ""))


async def test_a_watch_is_ended_when_asked(counter, training):
    job = await made(counter, training)
    await counter.run(f"/ai-finetunes watch {job}")
    await counter.slack.wait(lambda _: cards(counter))

    seen = await counter.run(f"/ai-finetunes watch {job} --stop")

    assert "not followed here any more" in seen.text
    await counter.slack.wait(lambda _: "not followed here any more" in str(cards(counter)))
    [card] = cards(counter)
    again = next(one for one in elements(card) if one["text"]["text"] == "Follow it again")
    await counter.slack.click(ANN, again["action_id"], channel=HELP, message_ts=card["ts"])
    await counter.slack.wait(lambda _: len(cards(counter)) == 2)


def elements(card):
    return [one for b in card["blocks"] if b["type"] == "actions" for one in b["elements"]]


async def test_buttons_of_a_card_ask_for_rights(counter, training):
    job = await made(counter, training)
    await counter.run(f"/ai-finetunes watch {job}")
    [card] = await counter.slack.wait(lambda _: cards(counter))
    cancel = next(b for b in elements(card) if b["text"]["text"] == "Cancel …")

    await counter.slack.click(BEN, cancel["action_id"], channel=HELP, message_ts=card["ts"])
    await counter.slack.wait(lambda s: s.ephemerals(BEN))

    assert "admins" in counter.last(BEN).text


async def test_use_makes_the_model_the_channels(counter, training):
    counter.model.jobs.speed = 1e9
    job = await made(counter, training)
    name = job_of(counter, job).plan.model

    seen = await counter.run(f"/ai-finetunes use {job} --here")
    await seen.press("Use it")
    await seen.becomes("answers in this channel")

    assert await counter.answer("hello")
    assert counter.model.requests[-1].json["model"] == name


async def test_a_job_is_not_passed_over_where_the_setting_is_to_count_again(counter, training):
    seen = await counter.run("/ai-finetunes use ftjob-abc123 --reset")

    assert "Name a model, or `--reset` to go back." in seen.text


async def test_checkpoints_can_be_tried_and_used(counter, training):
    counter.model.jobs.speed = 1e9
    job = await made(counter, training)

    seen = await counter.run(f"/ai-finetunes checkpoints {job}")

    assert "Step" in seen.text
    assert seen.buttons.count("Try it …") == 3


async def test_a_plot_comes_as_a_picture(counter, training):
    pytest.importorskip("matplotlib")
    counter.model.jobs.speed = 1e9
    job = await made(counter, training)

    await counter.run(f"/ai-finetunes plot {job}")

    await counter.slack.wait(lambda _: f"{job}.png" in counter.last().text)


async def test_a_plot_for_a_channel_in_which_the_bot_is_not_comes_to_its_person(counter, training):
    pytest.importorskip("matplotlib")
    counter.model.jobs.speed = 1e9
    job = await made(counter, training)
    counter.slack.fail("files.completeUploadExternal", "not_in_channel")

    await counter.run(f"/ai-finetunes plot {job} --here")

    await counter.last().becomes(f"{job}.png` is in our direct messages")
