"""The watcher: what it asks, shows and tells, and that neither restarts nor failures lose a job."""

import asyncio
from email.utils import formatdate

import pytest

from bot.finetuning.follower import BoardBusy, BoardClosed, Follower
from bot.finetuning.watcher import Watcher
from bot.tasks import beside
from storage import StorageError


async def test_a_job_is_shown_from_state_to_state_and_its_model_tried(room):
    await room.job()

    assert await room.after(0) == ["validating_files 0"]
    assert await room.after(8) == ["queued 0"]
    assert (await room.after(30))[0].startswith("running ")
    assert await room.after(90) == ["succeeded 108", "ended succeeded", "figures"]
    assert await room.after(0.1) == []
    assert await room.after(60) == ["answers"]
    assert await room.storage.watches.of_team("T1") == []


async def test_nothing_is_asked_before_it_is_due(room):
    await room.job()
    await room.after(0)
    asked = len(room.model.requests)

    assert await room.after(1) == []
    assert len(room.model.requests) == asked


async def test_the_longer_nothing_changes_the_rarer_it_is_asked(room):
    job = await room.job()
    await room.after(20)
    await room.client.fine_tuning.jobs.pause(job)
    await room.after(10)
    early = await room.due_in()

    for _ in range(4):
        await room.after(100)

    assert early == 5
    assert await room.due_in() == 60


async def test_a_paused_job_is_followed_on(room):
    job = await room.job()
    await room.after(20)
    await room.client.fine_tuning.jobs.pause(job)

    assert (await room.after(6))[0].startswith("paused")
    await room.client.fine_tuning.jobs.resume(job)

    assert (await room.after(700))[:2] == ["succeeded 108", "ended succeeded"]


async def test_a_state_that_nobody_knows_is_not_the_end(room):
    job = await room.job()
    room.model.jobs.kept[job].state = "polishing"

    assert await room.after(0) == ["polishing 0"]
    assert await room.due_in() == 5


async def test_a_failed_job_is_told_once(room):
    await room.job(b'{"messages": []}\n')

    assert await room.after(10) == ["failed 0", "ended failed", "figures"]
    assert await room.after(600) == []


async def test_a_restart_goes_on_where_it_was(room):
    await room.job()
    await room.after(0)
    await room.close()

    await room.open("two")

    assert (await room.after(800))[:2] == ["succeeded 108", "ended succeeded"]


async def test_a_process_that_died_is_followed_by_another_when_its_lease_is_over(room):
    await room.job()
    assert await room.storage.watches.claim(180_000) is not None

    assert await room.after(100) == []
    assert (await room.after(100)) != []


async def test_a_process_that_was_killed_is_followed_by_another_within_half_a_minute(room):
    await room.job()
    hung, slept, ticks = asyncio.Event(), asyncio.Queue(), asyncio.Semaphore(0)

    async def sleep(seconds):
        slept.put_nowait(seconds)
        await ticks.acquire()

    room.board.hung = hung
    clock, watches = room.time.milliseconds, room.storage.watches
    dying = Watcher(Follower(watches, lambda _: room.client, room.board, clock, sleep))
    await dying.look_at_due()
    await slept.get()
    room.time.seconds += 25
    ticks.release()
    await slept.get()  # the watch is held on

    assert await room.after(29) == []
    assert await room.storage.watches.claim(30_000) is None
    room.time.seconds += 1
    assert await room.storage.watches.claim(30_000) is not None
    hung.set()
    await dying.settled()


async def test_a_server_in_trouble_is_asked_ever_more_rarely(room):
    await room.job()
    waits = []
    for _ in range(3):
        room.model.enqueue(status=503, on="GET fine_tuning/jobs/*")
        await room.after(0 if not waits else waits[-1])
        waits.append(await room.due_in())

    assert waits == [10, 20, 40]
    assert (await room.after(40)) != []


@pytest.mark.parametrize(
    ("form", "wait"), [("seconds", 300), ("milliseconds", 300), ("date", 300), ("for ever", 3600)]
)
async def test_a_server_that_asks_to_wait_is_left_alone_so_long(room, form, wait):
    await room.job()
    headers = {
        "seconds": {"retry-after": "300"},
        "milliseconds": {"retry-after-ms": "300000"},
        "date": {"retry-after": formatdate(room.time.seconds + 300, usegmt=True)},
        "for ever": {"retry-after": "1e308"},
    }
    room.model.enqueue(
        status=429, code="rate_limit", headers=headers[form], on="GET fine_tuning/jobs/*"
    )

    await room.after(0)

    assert await room.due_in() == wait


async def test_a_job_that_is_gone_is_given_up_and_told(room):
    job = await room.job()
    del room.model.jobs.kept[job]

    told = [one for _ in range(4) for one in await room.after(600)]

    assert told == ["lost 404"]
    assert await room.due_in() is None


async def test_what_a_busy_slack_did_not_take_is_told_later(room):
    job = await room.job()
    del room.model.jobs.kept[job]
    room.board.trouble_telling.append(BoardBusy("ratelimited"))

    early = [one for _ in range(4) for one in await room.after(600)]

    assert early == []
    assert await room.after(600) == ["lost 404"]
    assert await room.due_in() is None


async def test_a_job_that_is_gone_with_its_channel_is_given_up(room):
    job = await room.job()
    del room.model.jobs.kept[job]
    room.board.trouble_telling.append(BoardClosed("channel_not_found"))

    assert [one for _ in range(4) for one in await room.after(600)] == []
    assert await room.due_in() is None


async def test_a_storage_that_fails_over_a_closed_channel_is_in_the_log(room, monkeypatch, caplog):
    await room.job()
    room.board.trouble = BoardClosed("channel_not_found")

    async def end(watch):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(room.storage.watches, "end", end)
    await room.watcher.look_at_due()
    await room.watcher.settled()

    assert [record.message for record in caplog.records if record.exc_info] == ["watch_not_saved"]


async def test_a_look_that_breaks_while_failing_is_in_the_log(room, caplog):
    job = await room.job()
    del room.model.jobs.kept[job]
    room.board.trouble_telling.append(RuntimeError("a board with a bug"))

    for _ in range(4):
        await room.after(600)

    assert "look_failed" in [record.message for record in caplog.records]


async def test_a_channel_that_is_gone_ends_the_watch(room):
    await room.job()
    room.board.trouble = BoardClosed("channel_not_found")

    await room.after(0)

    assert await room.storage.watches.of_team("T1") == []


async def test_a_slack_in_trouble_is_tried_again(room):
    await room.job()
    room.board.trouble = BoardBusy("fatal_error")
    await room.after(0)
    room.board.trouble = None

    assert await room.after(10) != []


async def test_a_host_without_events_is_followed_all_the_same(room):
    await room.job()
    for _ in range(30):
        room.model.enqueue(status=404, on="GET fine_tuning/jobs/*/events")

    told = [one for _ in range(8) for one in await room.after(100)]

    assert told[0] == "running 0"
    assert "ended succeeded" in told


async def test_a_job_that_is_done_is_asked_for_its_model_until_that_is_named(room, monkeypatch):
    await room.job()
    await room.after(0)
    retrieve = room.client.fine_tuning.jobs.retrieve

    async def unnamed(id):
        return (await retrieve(id)).model_copy(update={"fine_tuned_model": None})

    monkeypatch.setattr(room.client.fine_tuning.jobs, "retrieve", unnamed)
    early = await room.after(700)
    monkeypatch.undo()
    late = await room.after(60)

    assert early == ["succeeded 108"]
    assert late[:2] == ["succeeded 108", "ended succeeded"]


async def test_a_model_that_cannot_be_reached_at_first_is_asked_again(room):
    await room.job()
    for status in (403, 503, 500):
        room.model.enqueue(status=status)

    told = [one for _ in range(20) for one in await room.after(100)]

    assert told[-1] == "answers"
    assert sum(one.path.endswith("chat/completions") for one in room.model.requests) == 4


async def test_a_model_that_stays_silent_is_told_after_two_hours(room):
    await room.job()
    for _ in range(2):
        room.model.enqueue(status=404, code="model_not_found")
    assert (await room.after(800))[-1] == "figures"

    assert await room.after(7300) == ["silent"]


async def test_without_quota_a_new_model_is_not_asked_again(room):
    await room.job()
    room.model.enqueue(status=429, code="insufficient_quota")

    assert (await room.after(800))[-1] == "unpaid insufficient_quota"
    assert await room.due_in() is None


async def test_a_watch_that_was_stopped_meanwhile_is_not_brought_back(room):
    await room.job()
    watch = await room.storage.watches.claim(1000)
    await room.storage.watches.end(watch)

    assert await room.after(600) == []


@pytest.mark.parametrize(("status", "told"), [(None, "validating_files"), (503, "None")])
async def test_what_is_stopped_says_so_once_even_with_the_server_away(room, status, told):
    await room.job()
    await room.after(0)
    [watch] = await room.storage.watches.of_team("T1")
    if status:
        room.model.enqueue(status=status, on="GET fine_tuning/jobs/*")

    await room.storage.watches.stop(watch)

    assert await room.after(0) == [f"unfollowed {told}"]
    assert await room.after(600) == await room.storage.watches.of_team("T1") == []


async def test_the_end_is_told_once_whatever_becomes_of_the_picture(room):
    await room.job()
    await room.after(0)
    room.board.broken = True

    told = [one for _ in range(8) for one in await room.after(700)]

    assert told == ["succeeded 108", "ended succeeded", "answers"]


async def test_a_message_is_posted_once_though_telling_the_end_fails_at_first(room):
    await room.job()
    room.board.trouble_at_the_end.append(BoardBusy("fatal_error"))

    first = await room.after(800)
    second = await room.after(10)

    assert first == ["succeeded 108"]
    assert room.board.posted == 1
    assert second[:3] == ["succeeded 108", "ended succeeded", "figures"]


async def test_a_failure_that_nobody_foresaw_does_not_end_the_watch(room):
    await room.job()
    times = iter(["no time at all"])

    def clock():
        return next(times, room.time.milliseconds())

    watcher = Watcher(Follower(room.storage.watches, lambda _: room.client, room.board, clock))
    async with asyncio.timeout(30), beside(watcher.run(), "watch jobs"):
        while not room.board.told:
            watcher.nudge()
            await asyncio.sleep(0.01)

    assert room.board.told == ["validating_files 0"]
