"""The Stop button ends a turn, keeps what was shown, and leaves no status standing; SIGTERM."""

import asyncio
import time

import pytest

from tests.scenarios.conftest import ANN, BEN, HELP, MENTION

PAY = """\
import asyncio

from functions import function


@function(effect="once")
async def pay() -> None:
    \"\"\"Pay.\"\"\"
    await asyncio.sleep(30)
"""


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_stop_ends_the_answer_where_it_is(desk, gate):
    desk.model.enqueue("one two three four five", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await desk.slack.stop(HELP, ts, ANN)
    (said,) = await desk.answered(ts)

    assert "five" not in said
    assert desk.slack.session(HELP, ts).status != "processing"


async def test_stop_before_any_text_ends_quietly(desk, gate):
    desk.model.enqueue("late", after=0, hold=gate)
    ts = await desk.ask("hi")
    await desk.model.wait(lambda model: len(model.requests) == 1)
    await desk.slack.wait(lambda s: s.session(HELP, ts))
    await desk.slack.stop(HELP, ts, ANN)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status != "processing")

    assert desk.said(ts) == []


async def test_after_a_stop_the_thread_goes_on(desk, gate):
    desk.model.enqueue("one two three", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: desk.said(ts))
    await desk.slack.stop(HELP, ts, ANN)
    await desk.answered(ts)
    desk.model.enqueue("Resumed.")
    await desk.ask("go on", thread_ts=ts)

    assert (await desk.answered(ts, 2))[1] == "Resumed."


async def test_a_thread_whose_first_question_is_stopped_while_it_is_read_is_known(desk):
    ts = await desk.slack.say(HELP, BEN, "The deploy needs the blue key.")
    reading = desk.slack.fail("conversations.replies", delay=0.2)
    await desk.ask(f"{MENTION} who has it?", thread_ts=ts)
    await desk.slack.wait(lambda _: reading.hits)
    await desk.slack.stop(HELP, ts, ANN)
    await desk.slack.say(HELP, ANN, f"<@{BEN}> do you?", ts)
    await desk.ask("which key?", thread_ts=ts)
    await desk.answered(ts)

    (told,) = desk.asked()
    said = ["The deploy needs the blue key.", "who has it?", "@ben do you?", "which key?"]
    assert [one["content"].partition(": ")[2] for one in told[1:]] == said


async def test_what_was_shown_of_an_answer_that_is_stopped_before_its_next_try_is_known(desk):
    desk.model.enqueue("one two three four", faults=["cut"], after=2)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await desk.model.wait(lambda model: model.requests[0].outcome)
    await desk.slack.stop(HELP, ts, ANN)
    await desk.answered(ts)
    await desk.ask("go on", thread_ts=ts)
    await desk.answered(ts, 2)

    (answer,) = [one["content"] for one in desk.asked()[-1] if one["role"] == "assistant"]
    assert answer == f"{desk.said(ts)[0]}\n[stopped here by the person]"


async def test_what_was_said_before_a_call_is_remembered_once(desk, gate):
    desk.model.enqueue("Let me see.", calls=[("current_time", {})])
    desk.model.enqueue("It is late", after=2, hold=gate)
    ts = await desk.ask("time?")
    await desk.slack.wait(lambda _: any("It is" in said for said in desk.said(ts)))
    await desk.slack.stop(HELP, ts, ANN)
    await desk.answered(ts)
    await desk.ask("and?", thread_ts=ts)
    await desk.answered(ts, 2)

    [*_, call, _, answer, _] = desk.asked()[-1]
    assert call["content"] == "Let me see."
    assert answer["content"].startswith("It is")


async def test_stop_while_the_model_names_a_function_calls_none(desk, gate):
    desk.model.enqueue(calls=[("current_time", {})], after=0, hold=gate)
    ts = await desk.ask("time?")
    await desk.model.wait(lambda model: len(model.requests) == 1)
    await desk.slack.wait(lambda s: s.session(HELP, ts))
    await desk.slack.stop(HELP, ts, ANN)
    gate.set()
    await desk.slack.wait(lambda s: s.session(HELP, ts).status != "processing")

    assert len(desk.model.requests) == 1


async def test_a_stop_that_only_slack_tells_of_ends_the_question_to_the_model(desk, gate):
    desk.model.enqueue("one two three four five", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    desk.slack.fail("chat.appendStream", error="stopped_by_user", times=9)
    gate.set()
    await desk.answered(ts)
    desk.model.enqueue("Resumed.")
    await desk.ask("go on", thread_ts=ts)

    assert (await desk.answered(ts, 2))[1] == "Resumed."


async def test_a_stop_that_only_slacks_refusal_tells_of_runs_nothing_more(desk, gate):
    desk.slack.fail("chat.appendStream", error="stopped_by_user", times=9)
    desk.model.enqueue("Let me see.", calls=[("current_time", {})])
    desk.model.enqueue("And again.", calls=[("current_time", {})], after=0, hold=gate)
    ts = await desk.ask("time?")
    await desk.slack.wait(lambda s: s.session(HELP, ts))
    await desk.slack.wait(lambda s: s.session(HELP, ts).status != "processing")
    gate.set()
    await desk.model.wait(lambda model: model.requests[1].outcome)
    await desk.ask("go on", thread_ts=ts)
    await desk.model.wait(lambda model: len(model.requests) == 3)

    assert "[stopped here by the person]" in str(desk.asked()[2])


async def test_a_stop_in_the_moment_in_which_the_time_of_a_turn_is_over_is_a_stop(stage, gate):
    await stage.start(CHAT_TURN_TIMEOUT="1")
    stage.model.enqueue("one two three", after=2, hold=gate)
    ts = await stage.ask("count")
    await stage.slack.wait(lambda _: stage.said(ts))
    (run,) = stage.bot.worker._runs.values()
    asyncio.get_running_loop().call_later(1, run.stop)
    time.sleep(1.1)  # so both are due at once
    (said,) = await stage.answered(ts)

    assert "took longer" not in said


async def test_a_call_that_still_runs_when_the_time_of_a_turn_is_over_is_not_said_to_have_failed(
    stage, tmp_path
):
    (tmp_path / "pay.py").write_text(PAY)
    await stage.start(CHAT_TURN_TIMEOUT="1", FUNCTIONS=str(tmp_path / "pay.py"))
    stage.model.enqueue(calls=[("pay", {})])
    ts = await stage.ask("pay")
    (said,) = await stage.answered(ts)

    assert "took longer" in said
    (reply,) = stage.replies(ts)
    assert reply["parts"][0]["title"] == "Pay: outcome unknown"


async def test_a_stop_leaves_what_somebody_else_has_asked(desk, gate):
    desk.model.enqueue("one two three", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: desk.said(ts))
    await desk.slack.say(HELP, BEN, f"{MENTION} and letters?", ts)
    desk.model.enqueue("a b c")
    await desk.slack.stop(HELP, ts, ANN)

    assert (await desk.answered(ts, 2))[1] == "a b c"


async def test_a_stop_delivered_again_does_not_end_the_next_answer(desk, gate):
    desk.model.enqueue("one two three", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: desk.said(ts))
    await desk.slack.stop(HELP, ts, ANN)
    await desk.answered(ts)
    desk.model.enqueue("four five six", after=1, hold=gate)
    await desk.ask("go on", thread_ts=ts)
    await desk.slack.wait(lambda _: len(desk.said(ts)) == 2)
    (stop,) = desk.slack.events("agent_session_stopped")
    desk.slack.redeliver(stop.payload["event_id"])
    await desk.slack.wait(lambda s: s.events("agent_session_stopped")[-1].acked)
    gate.set()

    assert (await desk.answered(ts, 2))[1] == "four five six"


@pytest.mark.parametrize("wish", ["stop", "delete"])
async def test_a_question_withdrawn_in_the_very_commit_that_stored_it_is_not_answered(desk, wish):
    ts = await desk.ask("hello")
    await desk.answered(ts)
    writer = desk.bot.storage.inbox._engine
    busy = asyncio.create_task(writer.write(lambda _: time.sleep(0.3), long=True))
    asked = await desk.ask("count", thread_ts=ts)
    if wish == "stop":
        await desk.slack.stop(HELP, ts, ANN)
    else:
        await desk.slack.delete(HELP, asked)
    await desk.slack.wait(lambda s: all(one.acked for one in s.log))
    await busy
    await desk.ask('say "and now"', thread_ts=ts)

    assert (await desk.answered(ts, 2))[1] == "and now"


async def test_a_deleted_question_is_answered_no_further(desk, gate):
    desk.model.enqueue("one two three four five", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await desk.slack.delete(HELP, ts)
    (said,) = await desk.answered(ts)

    assert "five" not in said
    assert desk.slack.session(HELP, ts).status != "processing"


async def test_a_question_that_is_edited_is_answered_to_its_end(desk, gate):
    desk.model.enqueue("one two three four five", after=2, hold=gate)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await desk.slack.edit(HELP, ts, f"{MENTION} count to five")
    await desk.slack.wait(lambda s: s.events("message")[-1].acked)
    gate.set()

    assert await desk.answered(ts) == ["one two three four five"]


async def test_a_question_deleted_before_any_text_is_not_answered(desk, gate):
    ts = await desk.ask("hello")
    await desk.answered(ts)
    desk.model.enqueue("late", after=0, hold=gate)
    asked = await desk.ask("hi", thread_ts=ts)
    await desk.model.wait(lambda model: len(model.requests) == 2)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "processing")
    await desk.slack.delete(HELP, asked)
    await desk.model.wait(lambda model: model.requests[1].outcome == "left")
    await desk.slack.wait(lambda s: s.session(HELP, ts).status != "processing")

    assert len(desk.said(ts)) == 1


async def test_a_question_over_http_while_the_bot_leaves_is_answered_after_the_next_start(
    stage, gate
):
    http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": stage.slack.signing_secret, "PORT": "0"}
    await stage.start(**http)
    stage.model.enqueue("slow", hold=gate)
    first = await stage.ask("the first")
    await stage.model.wait(lambda model: len(model.requests) == 1)
    leaving = asyncio.create_task(stage.leave())
    while stage.bot.not_ready() is None:
        await asyncio.sleep(0)
    second = await stage.ask("the second")
    gate.set()
    await leaving
    stage.model.enqueue("Here I am.")
    await stage.start(**http)

    assert await stage.answered(first) == ["slow"]
    assert await stage.answered(second) == ["Here I am."]


async def test_an_answer_that_the_bot_leaves_stands_closed_until_the_next_start(stage, gate):
    await stage.start()
    stage.model.enqueue("one two three four", after=2, hold=gate)
    ts = await stage.ask("count")
    await stage.slack.wait(lambda _: any("one" in said for said in stage.said(ts)))
    await stage.bot.worker.leave(0.01)

    assert not stage.replies(ts)[0].get("streaming")
    assert stage.slack.session(HELP, ts).status == "active"
    await stage.leave()
    stage.model.enqueue("one two three four")
    await stage.start()
    await stage.slack.wait(lambda _: stage.said(ts) == ["one two three four"])


async def test_a_question_deleted_before_its_next_try_leaves_nothing_open(desk):
    desk.model.enqueue("one two three four", faults=["cut"], after=2)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await desk.model.wait(lambda model: model.requests[0].outcome)
    await desk.slack.delete(HELP, ts)
    (said,) = await desk.answered(ts)

    assert "four" not in said
