"""Streams: they live five minutes, speak one mode and end when a person says so."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.playground.conftest import Clock, refused

TASK = {"type": "task_update", "id": "t1", "title": "Look up", "status": "in_progress"}


def text(words: str) -> dict[str, str]:
    return {"type": "markdown_text", "text": words}


@pytest.fixture
async def thread(slack: LocalSlack) -> str:
    return await slack.say("D0ANN", "U0ANN", "hello")


async def opened(web: AsyncWebClient, thread: str, **content: Any) -> str:
    content = content or {"chunks": [text("one ")]}
    answer = await web.chat_startStream(channel="D0ANN", thread_ts=thread, **content)
    return str(answer["ts"])


async def test_chunks_become_one_message_with_its_parts(
    slack: LocalSlack, web: AsyncWebClient, thread: str
) -> None:
    ts = await opened(web, thread, chunks=[TASK | {"details": "a"}])
    done = TASK | {"status": "complete", "details": "b", "output": "found"}
    await web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[done, text("one "), text("two")])
    blocks = [{"type": "divider"}]
    await web.chat_stopStream(channel="D0ANN", ts=ts, chunks=[text(" three")], blocks=blocks)

    message = slack.messages("D0ANN", thread)[1]
    assert (message["text"], message["streaming"]) == ("one two three", False)
    task, words, end = message["parts"]
    assert (task["status"], task["details"], task["output"]) == ("complete", "ab", "found")
    assert (words["text"], end["blocks"][0]["type"]) == ("one two three", "divider")


async def test_stream_sets_the_session_and_stop_leaves_it_as_asked(
    slack: LocalSlack, web: AsyncWebClient, thread: str
) -> None:
    ts = await opened(web, thread)
    session = slack.session("D0ANN", thread)
    assert session is not None
    assert session.status == "processing"

    await web.chat_stopStream(channel="D0ANN", ts=ts, session_status="suspended")

    assert session.status == "suspended"


async def test_stream_ends_after_five_minutes_however_much_is_appended(
    slack: LocalSlack, web: AsyncWebClient, thread: str, clock: Clock
) -> None:
    ts = await opened(web, thread)
    clock.ahead = 290
    await web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[text("two")])
    clock.ahead = 301

    late = web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[text("three")])
    assert await refused(late) == "message_not_in_streaming_state"
    stop = web.chat_stopStream(channel="D0ANN", ts=ts)
    assert await refused(stop) == "message_not_in_streaming_state"
    assert slack.messages("D0ANN", thread)[1]["text"] == "one two"


async def test_expired_stream_can_be_updated_as_a_message(
    slack: LocalSlack, web: AsyncWebClient, thread: str, clock: Clock
) -> None:
    ts = await opened(web, thread)
    early = web.chat_update(channel="D0ANN", ts=ts, text="all of it")
    assert await refused(early) == "streaming_state_conflict"
    clock.ahead = 301

    await web.chat_update(channel="D0ANN", ts=ts, text="all of it")

    message = slack.messages("D0ANN", thread)[1]
    assert (message["text"], "parts" in message) == ("all of it", False)


async def test_person_stops_the_stream(slack: LocalSlack, web: AsyncWebClient, thread: str) -> None:
    ts = await opened(web, thread)

    await slack.stop("D0ANN", thread, "U0ANN")

    event = slack.events("agent_session_stopped")[0].event
    assert (event["thread_ts"], event["streaming_message_ts"]) == (thread, [ts])
    late = web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[text("two")])
    assert await refused(late) == "stopped_by_user"


async def test_stream_keeps_to_one_mode(web: AsyncWebClient, thread: str) -> None:
    ts = await opened(web, thread)

    other = web.chat_appendStream(channel="D0ANN", ts=ts, markdown_text="two")
    assert await refused(other) == "streaming_mode_mismatch"
    both = web.chat_appendStream(channel="D0ANN", ts=ts, markdown_text="x", chunks=[text("y")])
    assert await refused(both) == "cannot_provide_both_markdown_text_and_chunks"


async def test_stopped_stream_takes_nothing_more(web: AsyncWebClient, thread: str) -> None:
    ts = await opened(web, thread)
    await web.chat_stopStream(channel="D0ANN", ts=ts)

    late = web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[text("two")])
    assert await refused(late) == "message_not_in_streaming_state"


async def test_channels_want_a_recipient(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "<@U0BOT> hello")
    place: dict[str, Any] = {"channel": "C0GENERAL", "thread_ts": ts}

    assert await refused(web.chat_startStream(**place)) == "missing_recipient_user_id"
    place["recipient_user_id"] = "U0ANN"
    assert await refused(web.chat_startStream(**place)) == "missing_recipient_team_id"
    assert (await web.chat_startStream(**place, recipient_team_id="T0LOCAL"))["ok"]


@pytest.mark.parametrize(
    ("chunk", "word"),
    [
        ({"type": "sound"}, "invalid_chunks"),
        ({"type": "markdown_text"}, "invalid_chunks"),
        (TASK | {"status": "busy"}, "invalid_chunks"),
        (TASK | {"title": "x" * 257}, "invalid_chunks"),
        ({"type": "markdown_text", "text": "x" * 12_001}, "msg_too_long"),
        ({"type": "blocks", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
async def test_odd_chunks_are_refused(
    slack: LocalSlack, web: AsyncWebClient, thread: str, chunk: dict[str, Any], word: str
) -> None:
    ts = await opened(web, thread)

    assert await refused(web.chat_appendStream(channel="D0ANN", ts=ts, chunks=[chunk])) == word
    assert slack.messages("D0ANN", thread)[1]["text"] == "one "


async def test_sdk_helper_streams_into_the_thread(
    slack: LocalSlack, web: AsyncWebClient, thread: str
) -> None:
    stream = await web.chat_stream(channel="D0ANN", thread_ts=thread)
    await stream.append(markdown_text="one ")
    await stream.stop(markdown_text="two")

    assert slack.messages("D0ANN", thread)[1]["text"] == "one two"


async def test_legacy_status_ends_with_a_reply_or_after_two_minutes(
    slack: LocalSlack, web: AsyncWebClient, thread: str, clock: Clock
) -> None:
    place = {"channel_id": "D0ANN", "thread_ts": thread}
    await web.assistant_threads_setStatus(**place, status="is thinking…")
    session = slack.session("D0ANN", thread)
    assert session is not None
    assert (session.text, session.status) == ("is thinking…", "processing")
    await web.chat_postMessage(channel="D0ANN", thread_ts=thread, text="done")
    assert (session.text, session.status) == (None, "active")

    await web.assistant_threads_setStatus(**place, status="is thinking…")
    clock.ahead = 121
    assert slack.session("D0ANN", thread).text is None


async def test_agent_session_keeps_its_first_title_until_renamed(
    slack: LocalSlack, web: AsyncWebClient, thread: str
) -> None:
    place = {"channel_id": "D0ANN", "thread_ts": thread}
    await web.agents_sessions_setStatus(**place, status="processing", title="First")
    await web.agents_sessions_setStatus(**place, status="active", title="Second")
    session = slack.session("D0ANN", thread)
    assert session is not None
    assert (session.title, session.status) == ("First", "active")

    await web.agents_sessions_rename(**place, title="Third")

    assert session.title == "Third"
