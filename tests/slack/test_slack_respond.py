"""A command's answer reaches its person although Slack, or a proxy before it, is in trouble."""

import json
from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import TryAgain
from bot.slack.consent.clicks import Clicks
from bot.slack.inbound.incoming import Opened
from bot.slack.inbound.invocation import Invocation
from bot.slack.outbound.greeting import greet
from bot.slack.outbound.respond import Responder
from bot.slack.text.blocks import SlackMessage

ASKED = Invocation("cmd:1", "T1", "U0ANN", "C1", "1.000000", trigger_id="2")


def page_of_a_proxy() -> web.Response:
    return web.Response(status=502, text="Bad gateway")


def broken_json() -> web.Response:
    return web.Response(text='{"ok": fal', content_type="application/json")


@pytest.fixture(params=[page_of_a_proxy, broken_json, None])
def trouble(desk, request):
    """Let calls of a method fail: with words that are no Slack's, or without any answer."""

    def fail(method, times=1):
        for _ in range(times):
            if request.param is None:
                desk.slack.cut(method, after_effect=False)
            else:
                desk.slack.respond(method, request.param())

    return fail


async def test_without_an_ephemeral_message_a_direct_one_is_sent(desk, trouble):
    trouble("chat.postEphemeral", times=2)

    await Responder(desk.client, ASKED).result(SlackMessage("Done."))

    (posted,) = desk.slack.said("chat.postMessage")
    assert (posted.args["channel"], posted.args["text"]) == ("U0ANN", "Done.")
    assert not posted.args["unfurl_links"]
    assert not posted.args["unfurl_media"]


async def test_what_cannot_be_shown_at_all_is_worth_another_try(desk, trouble):
    trouble("chat.postEphemeral", times=2)
    trouble("chat.postMessage")

    with pytest.raises(TryAgain):
        await Responder(desk.client, ASKED).result(SlackMessage("Done."))


async def test_a_person_whom_slack_does_not_let_us_tell_is_not_worth_another_try(desk, caplog):
    desk.slack.refuse("chat.postEphemeral", "user_not_in_channel", times=2)
    desk.slack.refuse("chat.postMessage", "channel_not_found")

    await Responder(desk.client, ASKED).result(SlackMessage("Done."))

    assert caplog.records[-1].reason == "channel_not_found"


async def test_a_form_that_slack_does_not_open_is_no_failure(desk, trouble):
    trouble("views.open")

    assert not await Responder(desk.client, ASKED).open({"type": "modal"})


@pytest.mark.parametrize("answered", [page_of_a_proxy, broken_json])
async def test_a_home_tab_that_slack_does_not_take_is_no_failure(desk, answered, caplog):
    desk.slack.respond("views.publish", answered())

    with caplog.at_level("INFO"):
        await greet(desk.client, "U0BOT", [], list, Opened("U0ANN", "D1", "home"))

    assert caplog.records[-1].msg == "greeting_refused"


async def test_the_reference_that_a_person_gets_stands_in_the_log(desk, caplog):
    await Clicks(desk.client, None, None).apologise(ASKED.event(), RuntimeError("lost"))

    (told,) = desk.slack.said("chat.postEphemeral")
    (logged,) = [record.reference for record in caplog.records if hasattr(record, "reference")]
    assert f"(reference `{logged}`)" in told.args["text"]


async def test_a_response_url_that_answers_with_no_text_is_no_failure(desk):
    for _ in range(2):
        broken = web.Response(status=502, body=b"\xff", content_type="text/html")
        desk.slack.respond("hook", broken)
    asked = replace(ASKED, response_url=f"{desk.slack.url}hook")

    await Responder(desk.client, asked).result(SlackMessage("Done."))

    assert [call.args["text"] for call in desk.slack.said("chat.postEphemeral")] == ["Done."]


async def test_links_of_an_answer_are_not_fetched(desk):
    asked = replace(ASKED, response_url=f"{desk.slack.url}hook")

    await Responder(desk.client, asked).result(SlackMessage("See https://x.example/?secret"))

    (told,) = desk.slack.said("hook")
    assert (told.args["unfurl_links"], told.args["unfurl_media"]) == (False, False)


ASKING = SlackMessage("Delete it?", [{"type": "actions", "elements": [{"type": "button"}]}])


@pytest.mark.parametrize("way", ["hook", "chat.postEphemeral"])
async def test_a_question_keeps_its_buttons_where_slack_was_in_trouble(desk, trouble, way):
    trouble(way)
    url = f"{desk.slack.url}hook" if way == "hook" else None

    await Responder(desk.client, replace(ASKED, response_url=url)).result(ASKING)

    assert "blocks" in desk.slack.said(way)[-1].args


@pytest.mark.parametrize("status", [200, 400])
async def test_blocks_that_slack_refuses_are_left_out(desk, status):
    refusal = {"ok": False, "error": "invalid_blocks"}
    told = json.dumps(refusal, separators=(",", ":"))
    desk.slack.respond("hook", web.Response(status=status, text=told))

    await Responder(desk.client, replace(ASKED, response_url=f"{desk.slack.url}hook")).result(
        ASKING
    )

    assert "blocks" not in desk.slack.said("hook")[-1].args
    assert not desk.slack.said("chat.postEphemeral")
