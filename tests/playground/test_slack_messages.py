"""Posting, updating, deleting and reading messages through the Web API."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.playground.conftest import refused

HERE: dict[str, Any] = {"channel": "C0GENERAL"}


async def test_own_message_is_updated_and_deleted(slack: LocalSlack, web: AsyncWebClient) -> None:
    blocks = [{"type": "divider"}]
    ts = (await web.chat_postMessage(channel="C0GENERAL", text="one", blocks=blocks))["ts"]
    await web.chat_update(channel="C0GENERAL", ts=ts, text="two")
    message = slack.messages("C0GENERAL")[0]
    assert (message["text"], "blocks" in message, "edited" in message) == ("two", False, True)

    await web.chat_delete(channel="C0GENERAL", ts=ts)

    assert slack.messages("C0GENERAL") == []
    subtypes = [delivery.event.get("subtype") for delivery in slack.log]
    assert subtypes == [None, "message_changed", "message_deleted"]


@pytest.mark.parametrize(
    ("method", "given", "word"),
    [
        ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0FAR", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C0GENERAL", "text": ""}, "no_text"),
        ("chat.postMessage", HERE | {"text": "x", "thread_ts": "1.0"}, "thread_not_found"),
        ("chat.postMessage", HERE | {"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ("chat.postMessage", HERE | {"markdown_text": "x" * 12_001}, "msg_too_long"),
        ("chat.postMessage", HERE | {"blocks": "{"}, "invalid_blocks_format"),
        ("chat.postMessage", HERE | {"blocks": "[" * 5000}, "invalid_blocks_format"),
        ("chat.postMessage", HERE | {"blocks": "[]"}, "no_text"),
        ("chat.update", HERE | {"ts": "1.0", "text": "x"}, "message_not_found"),
        ("chat.delete", HERE | {"ts": "1.0"}, "message_not_found"),
        ("conversations.replies", HERE | {"ts": "1.0"}, "thread_not_found"),
        ("conversations.history", HERE | {"cursor": "x"}, "invalid_cursor"),
        ("conversations.history", HERE | {"oldest": "x"}, "invalid_ts_oldest"),
        ("conversations.members", HERE | {"limit": "inf"}, "invalid_arguments"),
        ("conversations.members", HERE | {"limit": "-1"}, "invalid_limit"),
        ("users.info", {"user": "U0NONE"}, "user_not_found"),
    ],
)
async def test_words_of_refusal(
    slack: LocalSlack, web: AsyncWebClient, method: str, given: dict[str, str], word: str
) -> None:
    slack.add_channel("C0FAR", "far")

    assert await refused(web.api_call(method, data=given)) == word


async def test_other_peoples_messages_cannot_be_changed(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "mine")

    assert await refused(web.chat_update(**HERE, ts=ts, text="x")) == "cant_update_message"
    assert await refused(web.chat_delete(**HERE, ts=ts)) == "cant_delete_message"


async def test_update_wants_short_text(web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel="C0GENERAL", text="one"))["ts"]

    call = web.chat_update(channel="C0GENERAL", ts=ts, text="x" * 4001)

    assert await refused(call) == "msg_too_long"


async def test_ephemeral_is_not_shown_in_a_thread_without_replies(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "hello")
    hidden = {"channel": "C0GENERAL", "user": "U0ANN", "thread_ts": ts}
    await web.chat_postEphemeral(**hidden, text="nobody sees this")
    await web.chat_postMessage(channel="C0GENERAL", thread_ts=ts, text="a reply")
    await web.chat_postEphemeral(**hidden, text="psst")

    assert [message["text"] for message in slack.ephemerals("U0ANN")] == ["psst"]


async def test_ephemeral_is_seen_by_one_person(slack: LocalSlack, web: AsyncWebClient) -> None:
    await web.chat_postEphemeral(channel="C0GENERAL", user="U0ANN", text="psst")

    assert [message["text"] for message in slack.ephemerals("U0ANN")] == ["psst"]
    assert (slack.ephemerals("U0BEN"), slack.messages("C0GENERAL")) == ([], [])


async def test_thread_is_read_in_pages(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "0")
    for number in range(1, 5):
        await slack.say("C0GENERAL", "U0BEN", str(number), thread_ts=ts)

    first = await web.conversations_replies(channel="C0GENERAL", ts=ts, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await web.conversations_replies(channel="C0GENERAL", ts=ts, limit=3, cursor=cursor)

    texts = [message["text"] for page in (first, rest) for message in page["messages"]]
    assert texts == ["0", "1", "2", "3", "4"]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert first["messages"][0]["reply_count"] == 4


async def test_history_is_newest_first_without_replies(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "one")
    await slack.say("C0GENERAL", "U0ANN", "reply", thread_ts=ts)
    await slack.say("C0GENERAL", "U0ANN", "two")

    answer = await web.conversations_history(channel="C0GENERAL")
    older = await web.conversations_history(channel="C0GENERAL", latest=ts, inclusive=True)

    assert [message["text"] for message in answer["messages"]] == ["two", "one"]
    assert [message["text"] for message in older["messages"]] == ["one"]


async def test_stream_marks_are_not_shown_to_the_bot(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    await web.chat_startStream(channel="D0ANN", thread_ts=ts, markdown_text="hi")

    answer = await web.conversations_replies(channel="D0ANN", ts=ts)

    assert {"streaming", "parts"}.isdisjoint(answer["messages"][1])


async def test_direct_message_is_opened_and_posted_to_by_user(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    assert (await web.conversations_open(users="U0BEN"))["channel"]["id"] == "D0BEN"

    await web.chat_postMessage(channel="U0BEN", text="hi")

    assert slack.messages("D0BEN")[0]["text"] == "hi"


async def test_list_without_a_limit_ends(web: AsyncWebClient) -> None:
    answer = await web.conversations_members(channel="C0GENERAL", limit=0)

    assert answer["members"]
    assert answer["response_metadata"]["next_cursor"] == ""


async def test_thread_forgets_who_wrote_a_deleted_reply(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "question")
    kept = await slack.say("C0GENERAL", "U0BEN", "reply", thread_ts=ts)
    own = (await web.chat_postMessage(channel="C0GENERAL", thread_ts=ts, text="answer"))["ts"]

    await web.chat_delete(channel="C0GENERAL", ts=own)

    first = slack.messages("C0GENERAL")[0]
    assert (first["reply_users"], first["latest_reply"]) == (["U0BEN"], kept)
    assert (first["reply_users_count"], first["reply_count"]) == (1, 1)


async def test_reaction_wants_the_name_of_an_emoji(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "done")

    call = web.reactions_add(channel="C0GENERAL", timestamp=ts, name="no emoji")

    assert await refused(call) == "invalid_name"


async def test_reactions_count_people(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "nice")
    await slack.react("C0GENERAL", ts, "U0BEN", "tada")
    await web.reactions_add(channel="C0GENERAL", timestamp=ts, name="tada")
    tada = slack.messages("C0GENERAL")[0]["reactions"]
    assert tada == [{"name": "tada", "users": ["U0BEN", "U0BOT"], "count": 2}]
    again = web.reactions_add(channel="C0GENERAL", timestamp=ts, name="tada")
    assert await refused(again) == "already_reacted"

    await web.reactions_remove(channel="C0GENERAL", timestamp=ts, name="tada")
    await slack.react("C0GENERAL", ts, "U0BEN", "tada", remove=True)

    assert "reactions" not in slack.messages("C0GENERAL")[0]
    assert slack.events("reaction_added")[0].event["item"]["ts"] == ts


async def test_suggested_prompts_are_four_at_most(slack: LocalSlack, web: AsyncWebClient) -> None:
    prompts = [{"title": str(number), "message": "hi"} for number in range(5)]

    await web.assistant_threads_setSuggestedPrompts(channel_id="D0ANN", prompts=prompts[:4])
    call = web.assistant_threads_setSuggestedPrompts(channel_id="D0ANN", prompts=prompts)

    assert await refused(call) == "too_many_prompts"
    assert len(slack.workspace.prompts["D0ANN"]["prompts"]) == 4


async def test_permalink_leads_to_the_reply(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "one")
    reply = await slack.say("C0GENERAL", "U0ANN", "two", thread_ts=ts)

    link = (await web.chat_getPermalink(channel="C0GENERAL", message_ts=reply))["permalink"]

    assert link.endswith(f"p{reply.replace('.', '')}?thread_ts={ts}&cid=C0GENERAL")
