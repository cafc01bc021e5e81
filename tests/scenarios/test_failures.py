"""What people see when something fails: a plain sentence with a reference, no stuck status."""

import asyncio
import re

import pytest

from bot.slack.calls import send
from bot.slack.inbound import intake
from storage import writer
from tests.scenarios.conftest import ANN, HELP, MENTION

pytestmark = pytest.mark.usefixtures("brisk")


def is_plain(text: str) -> bool:
    """Tell whether a text is a sentence for people with a reference id."""
    words = ("Traceback", "Error(", "Exception", "127.0.0.1", "http")
    return bool(re.search(r"\(reference `[0-9a-f]{8}`\)$", text)) and not any(
        word in text for word in words
    )


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (401, "invalid_api_key", "OPENAI_API_KEY"),
        (404, "model_not_found", "CHAT_MODEL"),
        (429, "insufficient_quota", "credit"),
        (403, None, "permissions"),
        (400, "content_filter", "other words"),
        (400, "something_new", "log"),
        (308, None, "OPENAI_BASE_URL"),
    ],
)
async def test_a_refusal_is_explained(stage, caplog, status, code, told):
    await stage.start()
    stage.model.enqueue(status=status, code=code)

    said = await stage.answer("hi")

    assert told in said
    assert is_plain(said)
    (line,) = [one for one in caplog.records if one.message == "failure_explained"]
    assert (line.status, line.code, line.exc_info) == (status, code, None)
    assert line.reference in said


async def test_a_model_that_is_not_for_conversations_is_explained(stage):
    await stage.start(CHAT_MODEL="stand-in-base")

    said = await stage.answer("hi")

    assert "`stand-in-base` is not one for conversations" in said
    assert "CHAT_MODEL" in said
    assert is_plain(said)


async def test_what_the_model_refuses_in_its_own_words_is_shown(desk):
    desk.model.enqueue(refusal="I will not help with that.")

    assert await desk.answer("hi") == "I will not help with that."


async def test_a_dead_model_server_is_explained_and_the_status_cleared(stage):
    await stage.start(OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    ts = await stage.ask("hi")
    (said,) = await stage.answered(ts)

    assert "cannot reach the model" in said
    assert is_plain(said)
    assert stage.slack.session(HELP, ts).status == "active"


async def test_a_connection_that_is_not_secure_is_explained(stage, caplog):
    await stage.start(OPENAI_BASE_URL=stage.model.url.replace("http:", "https:"))

    said = await stage.answer("hi")

    assert "OPENAI_CA_FILE" in said
    assert is_plain(said)
    (told,) = [one for one in caplog.records if one.message == "model_not_reached"]
    assert "OPENAI_CA_FILE" in told.advice


async def test_a_dead_proxy_is_explained(stage):
    await stage.start(OPENAI_BASE_URL="http://model.example/v1", OPENAI_PROXY="http://127.0.0.1:9")

    said = await stage.answer("hi")

    assert "OPENAI_PROXY" in said
    assert is_plain(said)


async def test_after_a_failure_the_thread_goes_on(desk):
    desk.model.enqueue(status=401, code="invalid_api_key")
    ts = await desk.ask("hi")
    await desk.answered(ts)
    desk.model.enqueue("Better now.")
    await desk.ask("and now?", thread_ts=ts)

    assert (await desk.answered(ts, 2))[1] == "Better now."


async def test_a_stream_that_breaks_is_asked_again_and_shown_once(desk):
    desk.model.enqueue("one two three four", faults=["cut"], after=2)
    desk.model.enqueue("one two three four")
    ts = await desk.ask("count")

    assert await desk.answered(ts) == ["one two three four"]


async def test_a_server_that_never_marks_the_end_of_an_answer_is_served(desk):
    for _ in range(3):
        desk.model.enqueue("one two three four", faults=["no_finish", "no_done"])
    ts = await desk.ask("count")
    first = await desk.answered(ts)
    await desk.ask("again", thread_ts=ts)

    assert first == ["one two three four"]
    assert (await desk.answered(ts, 2))[1] == "one two three four"
    assert len(desk.model.requests) == 3


async def test_an_answer_that_takes_longer_than_a_request_may_is_not_begun_again(stage):
    await stage.start(OPENAI_TOTAL_TIMEOUT="0.5")
    stage.model.enqueue("one two three four", after=2, hold=asyncio.Event())

    said = await stage.answer("count")

    assert "took too long" in said
    assert len(stage.model.requests) == 1


async def test_a_stream_that_breaks_again_and_again_is_explained(desk):
    for _ in range(3):
        desk.model.enqueue("one two three four", faults=["cut"], after=2)
    ts = await desk.ask("count")
    await desk.slack.wait(lambda _: "reference" in "".join(desk.said(ts)))

    assert is_plain("".join(desk.said(ts)))


async def test_an_event_that_takes_too_long_to_store_comes_again_and_costs_one_line(
    desk, monkeypatch, caplog
):
    desk.model.enqueue("Here I am.")
    monkeypatch.setattr(intake, "DEADLINE_S", 0.0)
    monkeypatch.setattr(writer, "BRIEF", 0.0)  # or the commit may be over before it is waited for
    asking = asyncio.create_task(desk.ask("hi"))
    async with asyncio.timeout(30):
        while not (late := [one for one in caplog.records if one.msg == "event_not_stored"]):
            await asyncio.sleep(0.01)
    monkeypatch.undo()

    assert late[0].exc_info is None
    assert desk.bot.not_ready() is not None
    assert await desk.answered(await asking) == ["Here I am."]
    async with asyncio.timeout(30):
        while desk.bot.not_ready():  # until it is delivered again
            await asyncio.sleep(0.01)


async def test_an_event_that_the_database_does_not_take_costs_one_line(stage, caplog):
    await stage.start()
    await stage.bot.storage.close()
    await stage.ask("hi")
    await stage.ask("!help")
    async with asyncio.timeout(30):
        while len(lines := [one for one in caplog.records if "not_stored" in one.msg]) < 2:
            await asyncio.sleep(0.01)

    assert stage.bot.not_ready() == "events cannot be stored"
    assert not [one for one in stage.slack.log if one.acked]
    assert {one.msg for one in lines} == {"event_not_stored", "command_not_stored"}
    assert {(one.reason, one.exc_info) for one in lines} == {("The database is closed.", None)}


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("stop", "empty answer"),
        ("length", "CHAT_ANSWER_TOKENS"),
        ("content_filter", "content filter"),
    ],
)
async def test_an_empty_answer_is_explained(desk, ending, said):
    desk.model.enqueue("", finish_reason=ending)

    assert said in await desk.answer("hi")


async def test_an_answer_cut_by_its_length_says_so(desk):
    desk.model.enqueue("It was a dark and", finish_reason="length")
    ts = await desk.ask("a novel")
    await desk.answered(ts)

    assert "cut here" in str(desk.replies(ts)[0])


async def test_a_context_that_is_too_long_is_shortened_and_asked_again(stage):
    await stage.start()
    stage.model.enqueue(
        status=400,
        code="context_length_exceeded",
        message="This model's maximum context length is 4096 tokens.",
    )
    stage.model.enqueue("Fine.")

    assert await stage.answer("x " * 12_000) == "Fine."
    first, second = (sum(len(str(m)) for m in asked) for asked in stage.asked())
    assert second < first / 1.5


async def test_long_arguments_of_earlier_calls_are_shortened_too(stage):
    await stage.start(CHAT_CONTEXT_TOKENS="8000")
    for _ in range(2):
        stage.model.enqueue(calls=[("calculate", {"expression": "1+" * 50_000})])
    stage.model.enqueue("Fine.")

    assert await stage.answer("the sum?") == "Fine."
    assert max(sum(len(str(m)) for m in asked) for asked in stage.asked()) < 80_000


async def test_more_than_the_account_may_send_in_a_minute_is_shortened_for_this_answer(stage):
    await stage.start()
    too_much = "Request too large for stand-in on tokens per min (TPM): Limit 4096, Requested 9000."
    stage.model.enqueue(status=429, code="rate_limit_exceeded", message=too_much)
    stage.model.enqueue("Fine.")
    stage.model.enqueue("Whole.")

    assert await stage.answer("x " * 12_000) == "Fine."
    assert await stage.answer("x " * 12_000) == "Whole."
    first, second, third = (sum(len(str(m)) for m in asked) for asked in stage.asked())
    assert second < first / 1.5
    assert third == first


async def test_a_busy_server_is_asked_again_without_a_word(desk):
    desk.model.enqueue(status=503, headers={"retry-after-ms": "1"})
    desk.model.enqueue("Here.")

    assert await desk.answer("hi") == "Here."


async def test_a_refused_parameter_is_left_out_from_then_on(stage):
    await stage.start(CHAT_TEMPERATURE="0.5")
    stage.model.enqueue(
        status=400,
        code="unsupported_parameter",
        param="temperature",
        message="Unsupported parameter: 'temperature' is not supported with this model.",
    )
    stage.model.enqueue("One.")
    stage.model.enqueue("Two.")

    await stage.answer("hi")
    await stage.answer("hi")

    sent = ["temperature" in request.json for request in stage.model.requests]
    assert sent == [True, False, False]


async def test_mass_mentions_in_an_answer_ring_nobody(desk):
    desk.model.enqueue("Hey <!channel>, <!here> and <@U0BEN>!")
    ts = await desk.ask("shout")
    (said,) = await desk.answered(ts)

    assert not re.search(r"<!(channel|here)|<@U0BEN", said)


@pytest.mark.parametrize("method", ["users.info", "conversations.replies"])
async def test_slack_that_hangs_up_when_asked_something_takes_no_answer_away(desk, method):
    root = await desk.slack.say(HELP, ANN, "before the bot")
    desk.slack.fail(method, cut="before", times=None)
    desk.model.enqueue("Hello.")

    await desk.ask(f"{MENTION} hi", thread_ts=root)

    assert "Hello." in (await desk.answered(root))[-1]
    assert [fault for fault in desk.slack.calls if fault.method == method]


async def test_an_answer_that_slack_puts_off_again_and_again_is_not_given_up(desk, monkeypatch):
    monkeypatch.setattr(send, "_ATTEMPTS", 2)
    desk.slack.fail("chat.startStream", "restricted_action", times=None)
    desk.slack.fail("chat.postMessage", "ratelimited", times=2)
    desk.model.enqueue("Hello.")
    desk.model.enqueue("Hello.")

    assert await desk.answer("hi") == "Hello."


async def test_an_answer_that_slack_says_nothing_about_is_tried_again(desk, caplog):
    desk.slack.fail("chat.startStream", "restricted_action", times=None)
    desk.slack.fail("chat.postMessage", "internal_error")
    desk.slack.fail("conversations.replies", "internal_error", times=4)
    desk.model.enqueue("Hello.")
    desk.model.enqueue("Hello.")

    assert await desk.answer("hi") == "Hello."
    told = [one for one in caplog.records if one.msg == "answer_failed"]
    assert [(one.levelname, one.exc_info) for one in told] == [("WARNING", None)] * 2
    unread = [one.reason for one in caplog.records if one.msg == "thread_not_read"]
    assert unread == ["internal_error"] * 4


@pytest.mark.parametrize(
    "word", ["team_added_to_org", "org_login_required", "message_limit_exceeded"]
)
async def test_an_answer_waits_for_a_workspace_that_takes_none_for_a_while(desk, word):
    desk.slack.fail("chat.startStream", "restricted_action", times=None)
    desk.slack.fail("chat.postMessage", word)
    desk.model.enqueue("Hello.")

    assert await desk.answer("hi") == "Hello."


@pytest.mark.parametrize("word", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_an_answer_waits_while_slack_refuses_the_token(desk, caplog, word):
    desk.slack.fail("chat.*", word, times=None)
    desk.model.enqueue("Hello.")
    ts = await desk.ask("hi")
    async with asyncio.timeout(30):
        while "answer_failed" not in caplog.text:
            await asyncio.sleep(0.01)
    desk.model.enqueue("Hello.")
    desk.slack.heal()

    assert await desk.answered(ts) == ["Hello."]
    told = next(one.reason for one in caplog.records if one.msg == "answer_failed")
    assert word in told
    assert "python -m bot doctor" in told


async def test_a_channel_that_is_closed_to_us_is_answered_in_no_further(desk, caplog):
    desk.slack.fail("chat.*", "is_archived", times=None)
    ts = await desk.ask("hi")
    async with asyncio.timeout(30):
        while "answer_refused" not in caplog.text:
            await asyncio.sleep(0.01)
    desk.slack.heal()
    desk.model.enqueue("Hello again.")
    await desk.ask("and now?", thread_ts=ts)

    assert (await desk.answered(ts))[-1] == "Hello again."
    assert len(desk.model.requests) == 2


async def test_the_removal_of_the_app_is_told_in_the_log_with_what_to_do(desk, caplog):
    desk.slack.emit({"type": "app_uninstalled"})
    await desk.slack.wait(lambda s: s.log[-1].acked)

    (told,) = [record for record in caplog.records if record.message == "app_removed"]
    assert "Install it again" in told.advice
    assert "python -m bot forget T0LOCAL" in told.advice


async def test_a_failure_that_slack_says_nothing_about_is_told_later_without_a_traceback(
    desk, caplog
):
    desk.slack.fail("chat.startStream", "restricted_action", times=None)
    desk.slack.fail("chat.postMessage", "internal_error")
    desk.slack.fail("conversations.replies", "internal_error", times=2)
    for _ in range(2):
        desk.model.enqueue(status=401, code="invalid_api_key")

    assert "OPENAI_API_KEY" in await desk.answer("hi")
    told = [one for one in caplog.records if one.msg == "answer_failed"]
    assert [(one.levelname, one.exc_info) for one in told] == [("WARNING", None)]


async def test_what_an_answer_took_before_it_failed_is_counted(desk):
    desk.model.enqueue(calls=[("calculate", {"expression": "6 * 7"})])
    desk.model.enqueue(status=401, code="invalid_api_key")

    await desk.answer("how much?")
    await desk.slack.wait(lambda _: not desk.bot.worker.running)

    tokens_in, _ = await desk.bot.storage.usage.total(desk.slack.team, 0)
    assert tokens_in > 0


async def test_what_a_turn_took_before_it_was_begun_again_is_counted(desk):
    took = {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11}
    desk.model.enqueue(calls=[("calculate", {"expression": "6 * 7"})], usage=took)
    desk.model.enqueue("It is 42.", faults=["cut"], after=2)
    desk.model.enqueue("It is 42.", usage=took)

    assert await desk.answer("how much?") == "It is 42."
    await desk.slack.wait(lambda _: not desk.bot.worker.running)

    assert await desk.bot.storage.usage.total(desk.slack.team, 0) == (20, 2)
