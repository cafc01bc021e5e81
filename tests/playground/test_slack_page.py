"""The page's socket and posts, and who may use them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientConnectorError, ClientSession, ClientWebSocketResponse, FormData
from slack_sdk.web.async_client import AsyncWebClient

from playground.guard import allowed
from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from tests.playground.conftest import Bot

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture
async def page(slack: LocalSlack, http: ClientSession) -> AsyncIterator[ClientWebSocketResponse]:
    async with http.ws_connect(f"{slack.url}/page/socket", origin=slack.url) as socket:
        yield socket


async def frame(page: ClientWebSocketResponse, kind: str) -> Json:
    """Return the next frame of a kind."""
    while True:
        found: Json = await page.receive_json(timeout=30)
        if found["type"] == kind:
            return found


async def act(slack: LocalSlack, http: ClientSession, action: str, **body: Any) -> Json:
    async with http.post(f"{slack.url}/page/{action}", json={"user": "U0ANN"} | body) as response:
        answer: Json = await response.json()
        return answer


async def test_first_frame_is_the_whole_state(page: ClientWebSocketResponse) -> None:
    state = await page.receive_json(timeout=30)

    assert (state["type"], state["bot"]) == ("state", "U0BOT")
    assert {channel["id"] for channel in state["channels"]} >= {"C0HELP", "D0ANN", "G0TEAM"}
    idle = {"mode": None, "connections": 0, "ended": "", "mortal": False}
    assert state["connection"] == idle


async def test_typed_names_become_mentions(
    slack: LocalSlack, http: ClientSession, page: ClientWebSocketResponse
) -> None:
    answer = await act(slack, http, "say", channel="C0HELP", text="@Callboard ask @ann <b>")

    message = (await frame(page, "message"))["message"]
    assert message["text"] == "<@U0BOT> ask <@U0ANN> &lt;b&gt;"
    assert (message["ts"], message["channel"]) == (answer["ts"], "C0HELP")
    assert slack.events("app_mention")


async def test_stream_is_shown_with_its_parts(
    slack: LocalSlack, web: AsyncWebClient, page: ClientWebSocketResponse
) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    started = await web.chat_startStream(channel="D0ANN", thread_ts=ts, markdown_text="one ")
    await web.chat_appendStream(channel="D0ANN", ts=started["ts"], markdown_text="two")

    while (shown := (await frame(page, "message"))["message"])["text"] != "one two":
        pass
    assert (shown["streaming"], shown["parts"]) == (True, [{"type": "text", "text": "one two"}])


async def test_session_is_stoppable_from_the_page(
    slack: LocalSlack,
    http: ClientSession,
    web: AsyncWebClient,
    page: ClientWebSocketResponse,
) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    place = {"channel_id": "D0ANN", "thread_ts": ts}
    await web.agents_sessions_setStatus(**place, status="processing", title="Hello")

    session = (await frame(page, "session"))["session"]
    assert (session["stoppable"], session["title"]) == (True, "Hello")
    await act(slack, http, "stop", channel="D0ANN", thread_ts=ts)
    assert slack.events("agent_session_stopped")[0].event["user"] == "U0ANN"


async def test_messages_that_only_one_person_sees_arrive_each(
    slack: LocalSlack, page: ClientWebSocketResponse
) -> None:
    for ts in ("1.000001", "1.000002"):
        slack.workspace.tell("ephemeral", user="U0ANN", message={"ts": ts})

    shown = [(await frame(page, "ephemeral"))["message"]["ts"] for _ in range(2)]
    assert shown == ["1.000001", "1.000002"]


async def test_calls_and_deliveries_are_shown(
    slack: LocalSlack, web: AsyncWebClient, page: ClientWebSocketResponse, bot: Bot
) -> None:
    await web.users_info(user="U0ANN")
    await slack.say("D0ANN", "U0ANN", "hello")

    opened, asked, told = [(await frame(page, "call"))["call"] for _ in range(3)]
    assert [line["method"] for line in (opened, asked, told)] == [
        "apps.connections.open",
        "users.info",
        "message",
    ]
    assert [line["direction"] for line in (asked, told)] == ["in", "out"]


async def test_click_on_the_page_reaches_the_bot(
    slack: LocalSlack, http: ClientSession, web: AsyncWebClient
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = (await web.chat_postMessage(channel="D0ANN", text="x", blocks=blocks))["ts"]

    place = {"channel": "D0ANN", "message_ts": ts, "block_id": "b"}
    answer = await act(slack, http, "click", action_id="go", **place)
    lost = await act(slack, http, "click", action_id="gone", **place)

    assert answer == {"ok": True}
    assert slack.log[-1].payload["actions"][0]["action_id"] == "go"
    assert lost == {"ok": False, "error": "This button is no longer there."}


async def test_the_models_server_can_be_stopped_and_started_again(
    slack: LocalSlack, http: ClientSession
) -> None:
    async with LocalOpenAI() as model:
        slack.let_stop(model)
        async with http.ws_connect(f"{slack.url}/page/socket", origin=slack.url) as page:
            assert (await frame(page, "state"))["model"] is True

            await act(slack, http, "model", on=False)
            assert (await frame(page, "model"))["on"] is False
            with pytest.raises(ClientConnectorError):
                await http.get(f"{model.url}/models")

            await act(slack, http, "model", on=True)
            assert (await frame(page, "model"))["on"] is True
        async with http.get(f"{model.url}/models") as answer:
            assert answer.status == 401  # it is there, and wants a key


async def test_a_port_that_another_program_took_meanwhile_is_told(
    slack: LocalSlack, http: ClientSession
) -> None:
    async with LocalOpenAI() as model:
        slack.let_stop(model)
        await act(slack, http, "model", on=False)
        async with LocalOpenAI(model.port):
            answer = await act(slack, http, "model", on=True)

    assert "another program has its port" in answer["error"]


async def test_a_model_that_is_not_ours_cannot_be_stopped(
    slack: LocalSlack, http: ClientSession, page: ClientWebSocketResponse
) -> None:
    assert (await frame(page, "state"))["model"] is None
    assert not (await act(slack, http, "model", on=False))["ok"]


async def test_unanswered_command_is_told_to_its_person(
    slack: LocalSlack, http: ClientSession, page: ClientWebSocketResponse
) -> None:
    await act(slack, http, "command", channel="D0ANN", text="/ai help")

    notice = await frame(page, "notice")
    assert (notice["user"], notice["text"]) == ("U0ANN", "/ai did not answer in time.")


async def test_uploaded_picture_can_be_said_and_seen(
    slack: LocalSlack, http: ClientSession, page: ClientWebSocketResponse
) -> None:
    form = FormData({"user": "U0ANN"}, quote_fields=False)
    form.add_field("file", b"GIF89a", filename="a %22dot%22.gif")  # as browsers write quotes
    async with http.post(f"{slack.url}/page/upload", data=form) as response:
        file = (await response.json())["file"]
    assert file["name"] == 'a "dot".gif'

    await act(slack, http, "say", channel="D0ANN", text="", files=[file["id"]])

    shown = (await frame(page, "message"))["message"]["files"][0]
    async with http.get(slack.url + shown["thumb_360"]) as response:
        assert await response.read() == b"GIF89a"


async def test_any_file_can_be_had_back_on_the_page(
    slack: LocalSlack, http: ClientSession, page: ClientWebSocketResponse
) -> None:
    await slack.say("C0HELP", "U0ANN", "here", files=[("notes.html", b"<b>x</b>")])

    shown = (await frame(page, "message"))["message"]["files"][0]
    async with http.get(slack.url + shown["page_url"]) as response:
        assert await response.read() == b"<b>x</b>"
        assert response.headers["Content-Disposition"] == "attachment"


async def test_people_edit_only_what_is_theirs(slack: LocalSlack, http: ClientSession) -> None:
    ts = await slack.say("C0HELP", "U0ANN", "mine")

    answer = await act(slack, http, "edit", user="U0BEN", channel="C0HELP", ts=ts, text="yours")

    assert not answer["ok"]
    assert slack.messages("C0HELP")[0]["text"] == "mine"


async def test_page_shows_modal_errors_and_home(
    web: AsyncWebClient, page: ClientWebSocketResponse
) -> None:
    text = {"type": "mrkdwn", "text": "Welcome"}
    home = {"type": "home", "blocks": [{"type": "section", "text": text}]}

    await web.views_publish(user_id="U0BEN", view=home)

    shown = await frame(page, "home")
    assert (shown["user"], shown["view"]["blocks"][0]["text"]) == ("U0BEN", text)


async def test_page_files_come_with_a_strict_policy(slack: LocalSlack, http: ClientSession) -> None:
    async with http.get(f"{slack.url}/static/store.js") as response:
        policy = response.headers["Content-Security-Policy"]
    async with http.get(f"{slack.url}/static/..%2F__init__.py") as outside:
        assert outside.status == 404

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("host", "origin", "served"),
    [
        ("127.0.0.1:8080", None, True),
        ("localhost:8080", "http://localhost:8080", True),
        ("[::1]:8080", None, True),
        ("localhost", None, True),
        ("evil.example:8080", None, False),
        ("127.0.0.1.evil.example", None, False),
        ("127.0.0.1:8080", "http://evil.example", False),
        ("127.0.0.1:8080", "null", False),
        ("127.0.0.1:8080", "http://127.0.0.1:9090", False),
        ("", None, False),
    ],
)
def test_only_the_page_itself_is_served(host: str, origin: str | None, served: bool) -> None:
    assert allowed(host, origin) is served


async def test_other_web_pages_cannot_drive_the_bot(slack: LocalSlack, http: ClientSession) -> None:
    body = {"user": "U0ANN", "channel": "C0HELP", "text": "x"}
    evil = {"Origin": "http://evil.example"}

    async with http.post(f"{slack.url}/page/say", json=body, headers=evil) as response:
        assert response.status == 403
    async with http.get(f"{slack.url}/page/socket", headers=evil) as response:
        assert response.status == 403

    assert slack.messages("C0HELP") == []


def test_the_page_can_draw_each_emoji_that_the_bot_writes() -> None:
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    signs = (ROOT / "playground/web/signs.js").read_text()

    written = set(re.findall(r"(?<![\w:]):([a-z_]+):(?![\w:])", code))

    assert "white_check_mark" in written
    assert written <= set(re.findall(r"^  ([a-z_]+): \[", signs, re.MULTILINE))
