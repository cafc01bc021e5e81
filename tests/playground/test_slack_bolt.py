"""The real slack_bolt app with its Socket Mode handler, against the local Slack."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack

MODAL = {
    "type": "modal",
    "callback_id": "upload",
    "title": {"type": "plain_text", "text": "Upload"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def test_mention_is_answered_in_its_thread(slack: LocalSlack, app: AsyncApp) -> None:
    @app.event("app_mention")
    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="hi")

    @app.event("message")
    async def ignore() -> None: ...

    ts = await slack.say("C0GENERAL", "U0ANN", "<@U0BOT> hello")
    await slack.wait(lambda s: len(s.messages("C0GENERAL", ts)) == 2)

    texts = [message["text"] for message in slack.messages("C0GENERAL", ts)]
    assert texts == ["<@U0BOT> hello", "hi"]


async def test_command_is_answered_with_its_acknowledgement(
    slack: LocalSlack, app: AsyncApp
) -> None:
    @app.command("/ai")
    async def ai(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You said {command['text']}")

    delivery = await slack.command("/ai help me", user="U0ANN", channel="D0ANN")

    assert delivery.acked
    assert slack.ephemerals("U0ANN")[0]["text"] == "You said help me"


async def test_command_answers_later_through_its_response_url(
    slack: LocalSlack, app: AsyncApp
) -> None:
    @app.command("/ai")
    async def ai(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="for all", response_type="in_channel")

    await slack.command("/ai", user="U0ANN", channel="C0GENERAL")
    await slack.wait(lambda s: s.messages("C0GENERAL"))

    assert slack.messages("C0GENERAL")[0]["text"] == "for all"


async def test_button_opens_modal_and_submission_shows_an_error(
    slack: LocalSlack, app: AsyncApp, web: AsyncWebClient
) -> None:
    @app.action("open")
    async def opened(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("upload")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        value = view["state"]["values"]["name"]["text"]["value"]
        await ack(response_action="errors", errors={"name": f"{value} is taken"})

    button = {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Go"}}
    posted = await web.chat_postMessage(
        channel="D0ANN", text="Go", blocks=[{"type": "actions", "elements": [button]}]
    )
    await slack.click("U0ANN", "open", channel="D0ANN", message_ts=posted["ts"])
    await slack.wait(lambda s: s.view("U0ANN"))
    delivery = await slack.submit("U0ANN", {"name": {"text": "x.jsonl"}})

    assert delivery.answer["errors"] == {"name": "x.jsonl is taken"}
    assert slack.view("U0ANN") is not None


async def test_submission_that_is_acknowledged_closes_the_modal(
    slack: LocalSlack, app: AsyncApp
) -> None:
    @app.shortcut("new")
    async def opened(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("upload")
    async def submitted(ack: Any) -> None:
        await ack()

    await slack.shortcut("U0BEN", "new")
    await slack.wait(lambda s: s.view("U0BEN"))
    await slack.submit("U0BEN", {"name": {"text": "x"}})

    assert slack.view("U0BEN") is None


async def test_opened_home_is_published(slack: LocalSlack, app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def publish(event: dict[str, Any], client: AsyncWebClient) -> None:
        text = {"type": "mrkdwn", "text": f"Hello <@{event['user']}>"}
        home = {"type": "home", "blocks": [{"type": "section", "text": text}]}
        await client.views_publish(user_id=event["user"], view=home)

    await slack.open_tab("U0GIA", "home")
    home = await slack.wait(lambda s: s.home("U0GIA"))

    assert home["blocks"][0]["text"]["text"] == "Hello <@U0GIA>"


async def test_stop_reaches_the_app(slack: LocalSlack, app: AsyncApp) -> None:
    stopped = []

    @app.event("agent_session_stopped")
    async def stop(event: dict[str, Any]) -> None:
        stopped.append(event)

    @app.event("message")
    async def ignore() -> None: ...

    ts = await slack.say("D0ANN", "U0ANN", "hello")
    await slack.stop("D0ANN", ts, "U0ANN")
    await slack.wait(lambda s: stopped)

    assert stopped[0]["thread_ts"] == ts
    assert stopped[0]["streaming_message_ts"] == []


async def test_unacknowledged_event_comes_again_with_a_retry_header(
    slack: LocalSlack, app: AsyncApp
) -> None:
    retries = []
    slack.deliveries.ack_seconds = 0.05
    slack.deliveries.retry_delays = (0.0,)

    @app.event({"type": "message"})
    async def ignore() -> None: ...

    @app.middleware
    async def refuse(request: Any, resp: Any, next: Any) -> Any:
        retries.append(request.headers.get("x-slack-retry-num"))
        if len(retries) > 1:
            return await next()
        resp.status = 500
        return resp

    await slack.say("D0ANN", "U0ANN", "hello")
    await slack.wait(lambda s: len(retries) == 2)

    assert retries == [["0"], ["1"]]


async def test_refreshed_socket_is_opened_again(slack: LocalSlack, app: AsyncApp) -> None:
    await slack.refresh_sockets()

    await slack.wait(lambda s: s.socket.opened == 2 and len(s.socket.connections) == 1)
