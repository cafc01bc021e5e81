"""The board of followed jobs: nothing stands twice, whatever a process forgot when it died."""

import sys
import time
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.commands.finetunes.board import TuningBoard
from bot.commands.finetunes.card import card
from bot.commands.finetunes.words import dollars_of, failure_of, using
from bot.finetuning.follower import BoardBusy, BoardClosed
from bot.finetuning.progress import progress_of
from bot.openai.accounts import Accounts
from bot.openai.client import OpenAI
from bot.openai.errors import InsufficientQuotaError, NotFoundError
from bot.openai.fine_tuning_objects import FineTuningJob
from bot.openai.wire.endpoint import Endpoint
from bot.slack import explain
from bot.slack.calls.budget import Budget
from bot.slack.calls.client import slack_client, slack_session
from bot.slack.calls.clock import LoopClock
from bot.slack.calls.send import Sender
from bot.slack.workspace.files import Files
from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from storage.records import Watch
from tests.commands.conftest import ANN, HELP
from tests.commands.test_finetunes import LINES


class Place:
    """A board in a channel, and a job that has ended."""

    def __init__(self, slack, model, board, job, events) -> None:
        self.slack, self.model, self.board, self.job = slack, model, board, job
        self.progress = progress_of(job, events, time.time())
        now = int(time.time() * 1000)
        self.watch = Watch("w", slack.team, HELP, None, ANN, "main", job.id, created=now)

    def thread(self, ts: str) -> list[str]:
        return [str(message) for message in self.slack.messages(HELP, ts)]


@pytest_asyncio.fixture
async def place():
    async with (
        LocalSlack() as slack,
        LocalOpenAI(speed=1e9) as model,
        OpenAI(Endpoint(model.url, model.key)) as openai,
        slack_session() as session,
    ):
        file = model.files.add("train.jsonl", "fine-tune", LINES, at=time.time() - 100)
        jobs = openai.fine_tuning.jobs
        made = await jobs.create(model="gpt-4.1-mini-2025-04-14", training_file=file.id)
        events = (await jobs.list_events(made.id)).data
        client = slack_client(slack.bot_token, slack.api_url, session)
        sender = Sender(client, Budget(LoopClock()), LoopClock())
        board = TuningBoard(
            sender, Files(client), Accounts(openai), {"gpt-4.1-mini-2025-04-14": 5.0}
        )
        yield Place(slack, model, board, await jobs.retrieve(made.id), events)


async def test_a_message_that_was_posted_before_a_crash_is_taken_up(place):
    first = await place.board.show(place.watch, place.progress)

    second = await place.board.show(place.watch, place.progress)

    assert first.message_ts == second.message_ts
    assert sum(place.job.id in str(m) for m in place.slack.messages(HELP)) == 1


async def test_a_moment_reads_as_one_also_where_slack_does_not_write_it_anew(place):
    shown = card(replace(place.progress, end=1_800_000_059), {}, "", "")

    assert "|2027-01-15 08:00 UTC>" in str(shown.blocks)


async def test_the_end_of_a_job_is_told_and_shown_once(place):
    watch = await place.board.show(place.watch, place.progress)
    for _ in range(2):
        await place.board.ended(watch, place.progress)
        await place.board.figures(watch, place.job)
        await place.board.answers(watch, good=True)

    thread = place.thread(str(watch.message_ts))
    for sign in ("Your model is made", f"{place.job.id}.end.png", "Checkpoints*", "answers now"):
        assert sum(sign in message for message in thread) == 1, sign


async def test_a_job_that_is_followed_anew_is_told_of_anew(place):
    watch = await place.board.show(place.watch, place.progress)
    again = replace(place.watch, created=place.watch.created + 1)

    assert (await place.board.show(again, place.progress)).message_ts != watch.message_ts


async def test_what_cannot_be_looked_up_is_told_nevertheless(place):
    for _ in range(2):
        place.slack.fail("conversations.history", error="missing_scope")

    watch = await place.board.show(place.watch, place.progress)

    assert watch.message_ts


@pytest.mark.parametrize(
    ("error", "kind"),
    [("message_not_found", BoardClosed), ("is_archived", BoardClosed), ("fatal_error", BoardBusy)],
)
async def test_what_slack_refuses_it_refuses_for_good_or_for_now(place, error, kind):
    watch = await place.board.show(place.watch, place.progress)
    place.slack.fail("chat.update", error=error)

    with pytest.raises(kind):
        await place.board.show(replace(watch, shown=""), place.progress)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ({"code": "invalid_training_file", "message": "bad"}, "Check the file with"),
        ({"code": "x", "param": "validation_file"}, "in `validation_file`"),
        ({"code": "insufficient_quota"}, "no credit or a limit"),
        ({"code": "x", "param": "model"}, "another base model"),
        ({"code": "server_error"}, "The events tell more"),
        (None, "does not say why"),
    ],
)
def test_a_failure_is_told_with_what_to_do(error, told):
    job = FineTuningJob.model_validate({"id": "ftjob-1", "status": "failed", "error": error})

    assert told in failure_of(job)


async def test_without_matplotlib_the_figures_come_as_a_table(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    watch = await place.board.show(place.watch, place.progress)

    await place.board.figures(watch, place.job)

    thread = place.thread(str(watch.message_ts))
    assert any("Training loss" in message for message in thread)
    assert not any(".png" in message for message in thread)


async def test_the_cost_is_foreseen_while_the_job_runs(place):
    running = place.job.model_copy(update={"status": "running", "trained_tokens": None})

    watch = await place.board.show(place.watch, replace(place.progress, job=running))

    [card] = place.slack.messages(HELP, str(watch.message_ts))
    assert "(estimated)" in str(card)
    await place.board.show(watch, place.progress)
    [card] = place.slack.messages(HELP, str(watch.message_ts))
    assert "Cost" in str(card)
    assert "(estimated)" not in str(card)


@pytest.mark.parametrize("broken", ["GET files/*", "GET files/*/content"])
async def test_a_cost_that_could_not_be_foreseen_for_a_moment_is_foreseen_later(place, broken):
    running = place.job.model_copy(update={"status": "running", "trained_tokens": None})
    for _ in range(3):
        place.model.enqueue(status=503, headers={"retry-after": "0"}, on=broken)
    watch = await place.board.show(place.watch, replace(place.progress, job=running))
    assert "(estimated)" not in place.thread(str(watch.message_ts))[0]

    await place.board.show(watch, replace(place.progress, job=running))

    assert "(estimated)" in place.thread(str(watch.message_ts))[0]


async def test_who_has_no_quota_reads_so_under_the_finished_job(place):
    watch = await place.board.show(place.watch, place.progress)
    error = InsufficientQuotaError("You exceeded your quota.", status=429)

    await place.board.unpaid(replace(watch, model=place.job.fine_tuned_model), error)

    told = place.thread(str(watch.message_ts))[-1]
    assert "do not try on" in told
    assert explain.advice(error, "") in told
    assert "Try it" in told


async def test_the_card_of_a_job_that_is_lost_says_that_it_is_not_followed(place):
    running = place.job.model_copy(update={"status": "running"})
    watch = await place.board.show(place.watch, replace(place.progress, job=running))

    await place.board.lost(watch, NotFoundError("gone", status=404))

    card = place.thread(str(watch.message_ts))[0]
    assert "not followed here any more" in card
    assert "Follow it again" in card


def test_a_model_with_a_blank_in_its_name_can_be_tried_and_used():
    lines = [button.line for button in using("acme/our model")]

    assert lines == ['models test "acme/our model" --form', 'models use "acme/our model" --here']


def test_no_cost_by_tokens_is_told_of_a_job_that_is_billed_by_hours():
    tokens = {"id": "ftjob-1", "model": "m", "status": "succeeded", "trained_tokens": 1_000_000}

    by_tokens = FineTuningJob(**tokens)
    by_hours = FineTuningJob(**tokens, method={"type": "reinforcement"})

    assert dollars_of(by_tokens, {"m": 3.0}) == "about $3.00"
    assert dollars_of(by_hours, {"m": 3.0}) == ""
