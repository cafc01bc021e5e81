"""Requests that do not come from Slack are refused without a server error."""

import asyncio
import gzip
import json
import time
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from slack_sdk.signature import SignatureVerifier

from tests.scenarios.conftest import ANN, HELP, Desk

FORM = {"id": "V1", "callback_id": "command.files.list", "state": {"values": {"name": "x"}}}
FORGED = json.dumps({"type": "event_callback", "event": {}}).encode()


@pytest_asyncio.fixture
async def http(stage: Desk) -> Desk:
    """A bot in HTTP mode."""
    secret = stage.slack.signing_secret
    await stage.start(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=secret, PORT="0")
    return stage


async def status_of(
    http: Desk, body: bytes, timestamp: str, signature: str, content: str = "application/json"
) -> int:
    url = f"http://127.0.0.1:{http.bot.port}/slack/events"
    headers = {
        "Content-Type": content,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("timestamp", ["", "abc", "-5", "1e9", "9" * 400, "1.5"])
async def test_a_timestamp_that_slack_would_not_send_is_refused(http, timestamp):
    assert await status_of(http, FORGED, timestamp, "v0=00") == 401


async def signed(http: Desk, body: bytes, content: str = "application/json") -> int:
    """Send a body with a right signature; return the status of the answer."""
    now = str(int(time.time()))
    verifier = SignatureVerifier(http.slack.signing_secret)
    signature = verifier.generate_signature(timestamp=now, body=body)
    return await status_of(http, body, now, signature or "", content)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"null", b"1", b'{"a":' * 5_000])
async def test_a_signed_body_that_is_no_object_is_refused_and_told(http, caplog, body):
    assert await signed(http, body) == 401

    (told,) = [one for one in caplog.records if one.levelname in ("WARNING", "ERROR")]
    assert "Who else has the secret?" in told.advice


async def test_a_message_in_which_types_are_wrong_is_answered(http, caplog):
    ts = await http.slack.say(HELP, ANN, "among us")
    event = {"type": "app_mention", "channel": HELP, "user": ANN, "ts": ts, "text": "echo yes"}
    event["files"] = [{"id": "F1", "name": "a.txt", "mimetype": "text/plain", "size": "?"}]
    event["attachments"] = [{"blocks": [{"type": ["section"]}]}]

    body = {"type": "event_callback", "team_id": http.slack.team, "event": event}
    assert await signed(http, json.dumps(body).encode()) == 200

    assert "I got this: a.txt" in (await http.answered(ts))[0]
    assert [one.msg for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_body_that_slack_has_not_signed_is_not_read(http, monkeypatch):
    read: list[bytes] = []
    monkeypatch.setattr("bot.slack.inbound.http.to_bolt_request", read.append)

    assert await status_of(http, FORGED, str(int(time.time())), "v0=00") == 401
    assert read == []


async def test_a_body_that_is_no_text_is_refused(http):
    assert await status_of(http, b"\xff\xfe", str(int(time.time())), "v0=00") == 401


@pytest.mark.parametrize(("age", "said"), [(0, "SLACK_SIGNING_SECRET"), (400, "clock")])
async def test_a_wrong_signature_is_refused_and_told_once_a_minute(http, caplog, age, said):
    for _ in range(2):
        assert await status_of(http, FORGED, str(int(time.time()) - age), "v0=00") == 401

    (told,) = [one for one in caplog.records if one.msg == "request_refused"]
    assert said in told.advice


async def test_a_signature_that_is_no_ascii_is_refused(http):
    assert await status_of(http, FORGED, str(int(time.time())), "v0=é") == 401


@pytest.mark.parametrize("charset", ["nonsense", "base64"])
async def test_a_body_in_an_unknown_encoding_is_refused(http, charset):
    content = f"application/json; charset={charset}"

    assert await status_of(http, FORGED, str(int(time.time())), "v0=00", content) == 401


@pytest.mark.parametrize(
    "interaction",
    [
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "elsewhere"}]},
        {"type": "view_submission", "view": None},
        {"type": "view_submission", "view": FORM},
        {"type": "view_closed", "view": None},
        {"type": "shortcut"},
    ],
)
async def test_an_interaction_that_is_none_of_ours_is_acknowledged(http, interaction):
    body = urlencode({"payload": json.dumps(interaction)}).encode()

    assert await signed(http, body, "application/x-www-form-urlencoded") == 200


async def test_a_form_filled_in_with_what_is_no_text_is_acknowledged(http):
    await http.slack.command("/ai-functions test calculate", ANN, HELP)
    await http.slack.wait(lambda s: s.workspace.views)
    (view,) = http.slack.workspace.views.values()
    names = {name: view.body[name] for name in ("callback_id", "private_metadata")}
    values = {"arguments": {"input": {"type": "plain_text_input", "value": 5}}}
    form = {"type": "view_submission", "user": {"id": ANN}}
    form["view"] = {"id": view.id, "state": {"values": values}, **names}
    body = urlencode({"payload": json.dumps(form)}).encode()

    assert await signed(http, body, "application/x-www-form-urlencoded") == 200


async def test_a_request_that_is_cut_off_is_no_error_of_ours(http, caplog):
    _, writer = await asyncio.open_connection("127.0.0.1", http.bot.port)
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
    writer.write(head + b"X-Slack-Request-Timestamp: 1\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    assert await status_of(http, FORGED, str(int(time.time())), "v0=00") == 401

    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_a_request_that_is_no_http_is_no_failure_of_ours(http, caplog):
    reader, writer = await asyncio.open_connection("127.0.0.1", http.bot.port)
    writer.write(b"GET /health HTTP/1.1\r\n\r\n")  # without a host

    assert b"400 Bad Request" in await reader.read()
    assert [one.msg for one in caplog.records if one.levelname == "ERROR"] == []
    writer.close()


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_a_header_that_comes_twice_is_refused(http, name):
    now = str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": "v0=00"}
    url = f"http://127.0.0.1:{http.bot.port}/slack/events"

    twice = [*headers.items(), (name, "é")]
    async with ClientSession() as session, session.post(url, data=FORGED, headers=twice) as answer:
        assert answer.status == 401


async def test_a_packed_body_is_not_unpacked(http):
    headers = {
        "Content-Encoding": "gzip",
        "X-Slack-Request-Timestamp": str(int(time.time())),
        "X-Slack-Signature": "v0=00",
    }
    url = f"http://127.0.0.1:{http.bot.port}/slack/events"
    body = gzip.compress(b"a" * 2_000_000)

    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 401


async def test_a_body_that_does_not_come_is_not_waited_for(http, monkeypatch):
    monkeypatch.setattr("bot.slack.inbound.http._BODY_S", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", http.bot.port)
    head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
    signed = f"X-Slack-Request-Timestamp: {int(time.time())}\r\nX-Slack-Signature: v0=00\r\n\r\n{{"

    writer.write((head + signed).encode())

    assert b"401 Unauthorized" in await reader.readuntil(b"\r\n")
    writer.close()
