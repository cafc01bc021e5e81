"""Modals, App Homes and clicks: triggers, full views, states and answers."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from playground.slack.modals import issue_trigger
from playground.slack.responses import new_response
from tests.playground.conftest import Bot, Clock, refused

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: Json, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "optional": optional,
        "element": {"action_id": "it"} | element,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": list(blocks)}
    return view | more


OPTIONS = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]
NAME = field("name", {"type": "plain_text_input"})
NUMBER = field("number", {"type": "static_select", "options": OPTIONS}, optional=True)


async def opened(slack: LocalSlack, web: AsyncWebClient, view: Json) -> Json:
    trigger = issue_trigger(slack.workspace, "U0ANN")
    body: Json = (await web.views_open(trigger_id=trigger, view=view))["view"]
    return body


async def test_view_comes_back_with_every_field(slack: LocalSlack, web: AsyncWebClient) -> None:
    body = await opened(slack, web, modal(NAME, NUMBER, private_metadata="secret"))

    assert (body["private_metadata"], body["callback_id"], body["close"]) == ("secret", "", None)
    assert body["root_view_id"] == body["id"]
    assert body["state"]["values"] == {
        "name": {"it": {"type": "plain_text_input", "value": None}},
        "number": {"it": {"type": "static_select", "selected_option": None}},
    }


async def test_trigger_works_once_and_for_three_seconds(
    slack: LocalSlack, web: AsyncWebClient, clock: Clock
) -> None:
    trigger = issue_trigger(slack.workspace, "U0ANN")
    await web.views_open(trigger_id=trigger, view=modal(NAME))
    again = web.views_open(trigger_id=trigger, view=modal(NAME))
    assert await refused(again) == "exchanged_trigger_id"

    trigger = issue_trigger(slack.workspace, "U0ANN")
    clock.ahead = 3.5
    late = web.views_open(trigger_id=trigger, view=modal(NAME))
    assert await refused(late) == "expired_trigger_id"
    made_up = web.views_open(trigger_id="1.2.3", view=modal(NAME))
    assert await refused(made_up) == "invalid_trigger_id"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": plain("x" * 25)}, "less than 25"),
        ({"title": None}, "missing required field: title"),
        ({"submit": None}, "missing required field: submit"),
        ({"private_metadata": "x" * 3001}, "less than 3001"),
        ({"blocks": []}, "missing required field: blocks"),
    ],
)
async def test_odd_views_are_refused(
    slack: LocalSlack, web: AsyncWebClient, change: Json, complaint: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await opened(slack, web, modal(NAME) | change)

    assert complaint in str(caught.value.response["response_metadata"]["messages"])


async def test_stack_is_three_deep(slack: LocalSlack, web: AsyncWebClient) -> None:
    first = await opened(slack, web, modal(NAME))
    for _ in range(2):
        trigger = issue_trigger(slack.workspace, "U0ANN")
        pushed = await web.views_push(trigger_id=trigger, view=modal(NAME))
    assert pushed["view"]["root_view_id"] == first["id"]

    trigger = issue_trigger(slack.workspace, "U0ANN")
    fourth = web.views_push(trigger_id=trigger, view=modal(NAME))

    assert await refused(fourth) == "push_limit_reached"


async def test_update_keeps_what_was_typed_and_minds_the_hash(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot
) -> None:
    body = await opened(slack, web, modal(NAME | {"dispatch_action": True}))
    slack.deliveries.ack_seconds = 0.01
    await slack.click("U0ANN", "it", view_id=body["id"], value="typed")

    updated = await web.views_update(
        view_id=body["id"], hash=body["hash"], view=modal(NAME, NUMBER)
    )
    stale = web.views_update(view_id=body["id"], hash=body["hash"], view=modal(NAME))

    assert updated["view"]["state"]["values"]["name"]["it"]["value"] == "typed"
    assert await refused(stale) == "hash_conflict"


async def test_required_input_is_asked_for_before_the_bot_hears(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    await opened(slack, web, modal(NAME, NUMBER))

    delivery = await slack.submit("U0ANN", {"number": {"it": "2"}})

    assert list(delivery.answer["errors"]) == ["name"]
    assert slack.log == []


async def test_submission_carries_all_values(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot
) -> None:
    file = slack.upload("U0ANN", "a.jsonl", b"{}")
    upload = field("file", {"type": "file_input"})
    await opened(slack, web, modal(NAME, NUMBER, upload, callback_id="make"))
    slack.deliveries.ack_seconds = 0.05

    given = {"name": {"it": "x"}, "number": {"it": "2"}, "file": {"it": [file]}}
    await slack.submit("U0ANN", given)

    payload = (await bot.envelope())["payload"]
    values = payload["view"]["state"]["values"]
    assert (payload["type"], payload["view"]["callback_id"]) == ("view_submission", "make")
    assert values["number"]["it"]["selected_option"]["text"]["text"] == "Two"
    assert values["file"]["it"]["files"][0]["name"] == "a.jsonl"


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({}, []),
        ({"response_action": "errors", "errors": {"name": "no"}}, ["Title"]),
        ({"response_action": "update", "view": modal(NAME, title=plain("New"))}, ["New"]),
        ({"response_action": "push", "view": modal(NAME, title=plain("Top"))}, ["Title", "Top"]),
        ({"response_action": "clear"}, []),
    ],
)
async def test_answer_to_a_submission_moves_the_stack(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot, answer: Json, titles: list[str]
) -> None:
    await opened(slack, web, modal(NAME))

    submitting = slack.submit("U0ANN", {"name": {"it": "x"}})
    _, delivery = await asyncio.gather(bot.take(answer), submitting)

    assert delivery.acked
    stack = slack.workspace.stacks.get("U0ANN", [])
    assert [view.body["title"]["text"] for view in stack] == titles


async def test_closed_modal_is_told_where_asked(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot
) -> None:
    await opened(slack, web, modal(NAME, notify_on_close=True))

    envelope, _ = await asyncio.gather(bot.take(), slack.close_view("U0ANN"))

    assert envelope["payload"]["type"] == "view_closed"
    assert slack.view("U0ANN") is None


async def test_feedback_click_carries_its_value(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot
) -> None:
    slack.workspace.own_events = False
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    block = {"type": "context_actions", "elements": [feedback]}
    ts = (await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=[block]))["ts"]

    click = slack.click("U0BEN", "feedback", channel="C0GENERAL", message_ts=ts, value="bad")
    envelope, _ = await asyncio.gather(bot.take(), click)

    payload = envelope["payload"]
    action = payload["actions"][0]
    assert (action["type"], action["value"]) == ("feedback_buttons", "bad")
    assert (payload["user"]["id"], payload["container"]["message_ts"]) == ("U0BEN", ts)
    assert payload["message"]["blocks"][0]["elements"] == [feedback]


async def test_message_shortcut_carries_the_message(slack: LocalSlack, bot: Bot) -> None:
    slack.workspace.own_events = False
    ts = await slack.say("C0GENERAL", "U0DEPLOY", "deployed")
    await bot.take()

    run = slack.shortcut("U0ANN", "explain", "C0GENERAL", ts)
    envelope, _ = await asyncio.gather(bot.take(), run)

    payload = envelope["payload"]
    assert (payload["type"], payload["message"]["text"]) == ("message_action", "deployed")


async def test_response_url_serves_five_times(slack: LocalSlack, bot: Bot, http: Any) -> None:
    command, _ = await asyncio.gather(
        bot.take(), slack.command("/ai", user="U0ANN", channel="C0GENERAL")
    )
    url = command["payload"]["response_url"]

    statuses = []
    for number in range(6):
        async with http.post(url, json={"text": str(number)}) as response:
            statuses.append(response.status)

    assert statuses == [200] * 5 + [404]
    assert [message["text"] for message in slack.ephemerals("U0ANN")] == list("01234")


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[1]", b'{"text": {}}', b'{"blocks": 5}'])
async def test_response_url_refuses_what_is_no_message(
    slack: LocalSlack, http: Any, body: bytes
) -> None:
    url = new_response(slack.workspace, "C0GENERAL", "U0ANN").url
    async with http.post(url, data=body) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (400, False)


async def test_response_url_replaces_and_deletes_the_clicked_message(
    slack: LocalSlack, web: AsyncWebClient, bot: Bot, http: Any
) -> None:
    slack.workspace.own_events = False
    block = {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}],
    }
    ts = (await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=[block]))["ts"]
    click = slack.click("U0ANN", "go", channel="C0GENERAL", message_ts=ts)
    envelope, _ = await asyncio.gather(bot.take(), click)
    url = envelope["payload"]["response_url"]

    await http.post(url, json={"replace_original": True, "text": "done"})
    assert [message["text"] for message in slack.messages("C0GENERAL")] == ["done"]
    await http.post(url, json={"delete_original": True})
    assert slack.messages("C0GENERAL") == []
