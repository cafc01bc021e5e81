"""kill -9 at any moment, then a restart: every acknowledged event is answered once."""

import asyncio
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import ANN, BEN, HELP, MENTION


async def test_an_answer_cut_by_a_crash_is_completed_in_its_place(process, desk, gate):
    await process.connect()
    desk.model.enqueue("one two three four", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await process.kill()
    desk.model.enqueue("one two three four")
    await process.start()

    said = await desk.answered(ts)
    await desk.slack.wait(lambda _: desk.said(ts) == ["one two three four"])

    assert len(said) == 1


async def test_an_edit_while_what_a_crash_has_left_is_closed_reaches_the_model(process, desk, gate):
    await process.connect()
    desk.model.enqueue("one two three four", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await process.kill()
    desk.slack.fail("chat.stopStream", "ratelimited", retry_after=2)
    desk.model.enqueue("five")
    await process.start()
    await desk.slack.wait(lambda s: any(one.method == "chat.stopStream" for one in s.calls))
    await desk.slack.edit(HELP, ts, f"{MENTION} count on")
    await desk.slack.wait(lambda _: desk.said(ts) == ["five"])

    assert "count on" in desk.asked()[-1][-1]["content"]


async def test_an_event_acknowledged_before_a_crash_is_answered_after_it(process, desk, gate):
    await process.connect()
    desk.model.enqueue("never seen", after=0, hold=gate)
    ts = await desk.ask("hi")
    await desk.model.wait(lambda _: len(desk.asked()) == 1)
    await process.kill()
    desk.model.enqueue("Here I am.")
    await process.start()

    assert await desk.answered(ts) == ["Here I am."]


async def test_a_function_with_an_effect_is_not_run_twice(process, desk, tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "pay.py").write_text(
        "import time\n"
        "from pathlib import Path\n"
        "from functions import function\n\n\n"
        '@function(effect="once")\n'
        "def pay() -> str:\n"
        '    """Pay the bill."""\n'
        f'    with Path("{tmp_path}/paid").open("a") as file:\n'
        '        file.write("paid\\n")\n'
        "    time.sleep(20)\n"
        '    return "paid"\n'
    )
    process.settings["FUNCTIONS"] = str(folder)
    await process.connect()
    desk.model.enqueue(calls=[("pay", {})])
    ts = await desk.ask("pay")
    paid = tmp_path / "paid"
    while not (paid.exists() and paid.read_text()):  # it is there before its text is
        await asyncio.sleep(0.02)
    await process.kill()
    desk.model.enqueue("I do not know whether it was paid.")
    await process.start()
    await desk.answered(ts)

    assert (tmp_path / "paid").read_text() == "paid\n"
    assert "outcome of pay is unknown" in str(desk.asked()[-1])


async def test_nothing_is_lost_or_said_twice_whenever_it_is_killed(process, desk):
    dice = random.Random(1)  # noqa: S311 - repeatable moments
    await process.connect()
    threads = []
    for round_ in range(3):
        threads += [await desk.ask(f"echo {round_}-{n}") for n in range(8)]
        await asyncio.sleep(dice.uniform(0.0, 0.25))
        await process.kill()
        threads.append(await desk.ask(f"echo {round_} while nobody is there"))
        await process.connect()

    for ts in threads:
        await desk.answered(ts)

    answers = {ts: len(desk.said(ts)) for ts in threads}
    assert set(answers.values()) == {1}, answers
    busy = [key for key, session in desk.slack.sessions.items() if session.status == "processing"]
    assert busy == []


@pytest.fixture
def hanging_up() -> Iterator[Callable[[signal.Handlers], object]]:
    """Set what the bot inherits for the end of its terminal."""
    before = signal.getsignal(signal.SIGHUP)
    yield lambda handler: signal.signal(signal.SIGHUP, handler)
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_lets_a_running_answer_end(process, desk, gate, hanging_up, number):
    hanging_up(signal.SIG_DFL)
    await process.connect(fresh=True)
    desk.model.enqueue("one two three", after=1, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: desk.said(ts))
    leaving = asyncio.create_task(process.terminate(number))
    await desk.slack.wait(lambda s: not s.socket.connections)
    gate.set()

    assert await leaving == 0
    assert desk.said(ts) == ["one two three"]
    assert desk.slack.session(HELP, ts).status == "active"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells what a process heeds")
async def test_under_nohup_the_end_of_the_terminal_is_not_heeded(process, hanging_up):
    hanging_up(signal.SIG_IGN)
    await process.connect(fresh=True)

    assert process.heeds(signal.SIGTERM)
    assert not process.heeds(signal.SIGHUP)


FOR_EVER = """\
import asyncio, time
from functions import function


@function(timeout=0.1)
async def hold_a_thread() -> None:
    await asyncio.to_thread(time.sleep, 60)


@function(timeout=0.1)
async def refuse_to_end() -> None:
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass
"""


@pytest.mark.parametrize("name", ["hold_a_thread", "refuse_to_end"])
async def test_a_function_that_never_ends_does_not_keep_the_process(process, desk, tmp_path, name):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "for_ever.py").write_text(FOR_EVER)
    process.settings["FUNCTIONS"] = str(tmp_path / "ours")
    await process.connect()
    desk.model.enqueue(calls=[(name, {})])
    desk.model.enqueue("It takes too long.")
    assert await desk.answer("go") == "It takes too long."

    async with asyncio.timeout(25):
        assert await process.terminate() == 0
    assert process.log.read_text().rstrip().endswith("left")


async def test_a_stop_after_a_crash_in_a_call_leaves_no_call_running(process, desk, tmp_path, gate):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "wait.py").write_text(
        "import asyncio\nfrom functions import function\n\n\n"
        "@function()\nasync def wait() -> None:\n    await asyncio.sleep(60)\n"
    )
    process.settings["FUNCTIONS"] = str(tmp_path / "ours")
    await process.connect()
    desk.model.enqueue("Let me see.", calls=[("wait", {})])
    ts = await desk.ask("go")
    await desk.slack.wait(lambda _: "in_progress" in str(desk.replies(ts)))
    await process.kill()
    await desk.slack.wait(lambda s: not s.socket.connections)
    desk.model.enqueue("It is unknown", after=0, hold=gate)
    await process.start()
    await desk.slack.wait(lambda _: not any(reply.get("streaming") for reply in desk.replies(ts)))
    await desk.slack.stop(HELP, ts, ANN)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "active")

    assert desk.said(ts) == ["Let me see."]
    assert "in_progress" not in str(desk.replies(ts))
    assert "hourglass" not in str(desk.replies(ts))


async def test_sigterm_ends_a_start_that_slack_keeps_waiting(process, slack):
    slack.fail("apps.connections.open", status=500, times=None)
    await process.start()
    await slack.wait(lambda s: len(s.calls_of("apps.connections.open")) > 3)

    async with asyncio.timeout(25):
        assert await process.terminate() == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells what a process heeds")
async def test_sigterm_is_heeded_while_the_bot_is_still_being_imported(process):
    await process.start(fresh=True)
    async with asyncio.timeout(60):
        while not process.heeds(signal.SIGTERM):
            await asyncio.sleep(0.001)

    assert await process.terminate() == 0
    assert process.log.read_text() == ""


async def test_a_second_process_on_the_same_file_says_so_and_ends(process):
    await process.connect()
    first = process._process
    await process.start()
    code = await process.ended()
    process._process = first

    assert code == 1
    assert "in use by another Callboard" in process.log.read_text()


async def test_a_question_deleted_while_nobody_ran_leaves_no_stream_open(process, desk, gate):
    await process.connect()
    desk.model.enqueue("one two three four", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await process.kill()
    await desk.slack.wait(lambda s: not s.socket.connections)
    await desk.slack.delete(HELP, ts)
    await process.start()

    await desk.slack.wait(lambda _: not any(reply.get("streaming") for reply in desk.replies(ts)))
    assert len(desk.asked()) == 1


async def test_a_question_deleted_behind_one_that_came_late_leaves_no_stream_open(
    process, desk, gate
):
    await process.connect()
    root = await desk.slack.say(HELP, BEN, "we talk among ourselves")
    desk.model.enqueue("one two three four", after=2, hold=gate)
    ts = await desk.ask(f"{MENTION} count", thread_ts=root)
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(root)))
    late = {"type": "app_mention", "channel": HELP, "user": BEN, "thread_ts": root}
    desk.slack.emit(late | {"ts": f"{root[:-1]}9", "text": f"{MENTION} say first"})
    await desk.slack.wait(lambda s: s.log[-1].acked)
    await process.kill()
    await desk.slack.wait(lambda s: not s.socket.connections)
    await desk.slack.delete(HELP, ts)
    await process.start()

    await desk.slack.wait(lambda _: "first" in desk.said(root))
    await desk.slack.wait(lambda _: not any(reply.get("streaming") for reply in desk.replies(root)))
