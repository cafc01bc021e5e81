"""What must not happen: foreign addresses called, commands replayed, secrets shown."""

import asyncio
import json
import time
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.desk.order import Order
from bot.errors import TryAgain
from bot.slack.inbound import command_intake
from bot.slack.inbound.command_intake import CommandIntake
from bot.slack.outbound.respond import allowed
from storage import StorageError
from tests.commands.conftest import ANN, HELP

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hooks.slack.com/commands/T0/1/x", True),
        ("http://hooks.slack.com/commands/T0/1/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://evil.example/hooks.slack.com", False),
        ("https://hooks.slack.com:8443/x", False),
        ("https://slack.com/api/x", False),
        ("http://127.0.0.1/x", False),
        ("http://[::1/x", False),
        ("", False),
    ],
)
def test_only_slacks_own_answers_are_called(url, good):
    assert allowed(url, SLACK) is good


def test_the_configured_host_may_be_called_at_its_port_only():
    assert allowed("http://127.0.0.1:8010/commands/1", "http://127.0.0.1:8010/api/")
    assert not allowed("http://127.0.0.1:9/commands/1", "http://127.0.0.1:8010/api/")


async def test_when_the_database_is_slow_nobody_is_told_that_nothing_was_done(monkeypatch):
    class Slow:
        async def accept(self, event):
            await asyncio.Event().wait()

    monkeypatch.setattr(command_intake, "DEADLINE_S", 0)
    body = {"command": "/ai", "team_id": "T0", "user_id": ANN, "trigger_id": "1"}
    orders = CommandIntake(
        SimpleNamespace(inbox=Slow()), "U0BOT", events=None, start=None, check=None, named=None
    )

    response = await orders(AsyncBoltRequest(body=body, mode="socket_mode"), None)

    assert "if no answer comes" in response.body
    assert "nothing was done" not in response.body


@pytest.mark.parametrize(
    "line",
    [
        "/ai &lt;!channel&gt;",
        "/ai-finetunes &lt;!channel&gt;",
        "/ai-finetunes pause ftjob-1 &lt;!channel&gt;",
        "/ai-files list --sort &lt;!channel&gt;",
        "/ai-files list --older-than &lt;!channel&gt;",
    ],
)
async def test_what_is_not_understood_mentions_nobody(counter, line):
    seen = await counter.run(line)

    assert "&lt;!channel&gt;`" in seen.text
    assert "<!channel>" not in seen.text


async def test_a_form_of_a_command_that_is_gone_is_told_in_the_form(counter):
    await counter.slack.command("/ai-files upload", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    await counter.bot.storage.engine.write(
        lambda connection: connection.execute("update decision set line = $1", Order("gone").text())
    )

    file = counter.slack.upload(ANN, "a.jsonl", b"{}")
    given = {"files": {"input": [file]}, "purpose": {"input": "batch"}}
    sent = await counter.slack.submit(ANN, given)

    assert sent.answer["response_action"] == "errors"
    assert "There is no command `gone`" in str(sent.answer["errors"])


@pytest.fixture
async def http(stage):
    """A bot in HTTP mode."""
    await stage.start(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=stage.slack.signing_secret, PORT="0")
    return stage


async def test_when_nothing_can_be_stored_people_are_told():
    class Full:
        async def accept(self, event):
            raise StorageError("disk full")

    body = {"command": "/ai", "team_id": "T0", "user_id": ANN, "trigger_id": "1"}
    orders = CommandIntake(
        SimpleNamespace(inbox=Full()), "U0BOT", events=None, start=None, check=None, named=None
    )

    response = await orders(AsyncBoltRequest(body=body, mode="socket_mode"), None)

    assert "nothing was done" in response.body


async def test_what_comes_once_all_threads_are_given_back_is_left_to_the_next_start():
    orders = CommandIntake(None, "U0BOT", events=None, start=None, check=None, named=None)
    orders.open = False

    response = await orders(AsyncBoltRequest(body={"command": "/ai"}, mode="socket_mode"), None)

    assert response.status == 503


async def test_without_the_response_url_the_answer_is_an_ephemeral_message(counter):
    counter.slack.workspace.responses.clear()
    await counter.slack.command("/ai status", ANN, HELP)
    counter.slack.workspace.responses.clear()

    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert counter.last().message["channel"] == HELP


async def test_names_of_files_cannot_ring_anybody(counter):
    file = counter.model.files.add("<!channel> & co.jsonl", "fine-tune", b"{}\n")

    seen = await counter.run(f"/ai-files delete {file.id}")

    assert "<!channel>" not in json.dumps(seen.message)
    assert "&lt;!channel&gt;" in seen.text


async def test_a_key_is_never_shown(counter):
    counter.model.enqueue(
        status=400, message=f"bad key {counter.model.key} in request", on="GET files"
    )

    seen = await counter.run("/ai-files list")

    assert counter.model.key not in json.dumps(seen.message)


async def test_credentials_are_chosen_by_name(stage):
    other = {"research": {"api_key": "sk-wrong-key-of-research"}}
    await stage.start(OPENAI_CREDENTIALS=json.dumps(other))

    good = await stage.run("/ai-files list")
    bad = await stage.run("/ai-files list --as research")
    unknown = await stage.run("/ai-files list --as nobody")

    assert "Credentials: `main`" in good.text
    assert "`research` in OPENAI_CREDENTIALS" in bad.text
    assert "No credentials are called `nobody`. There are: `main`, `research`." in unknown.text


async def test_what_is_pressed_asks_the_server_that_was_named(stage):
    other = {"lab": {"api_key": stage.model.key}}
    await stage.start(OPENAI_CREDENTIALS=json.dumps(other))
    seen = await stage.run("/ai-models list stand-in-small --as lab")

    await seen.pick("stand-in-small")
    await stage.slack.wait(lambda s: len(s.ephemerals(ANN)) > 1)
    info = stage.last()

    assert "Credentials: `lab`" in info.text
    assert all(line["value"].count("--as lab") == 1 for line in info.buttons_shown())


async def test_credentials_named_files_serve_files_and_not_chat(stage):
    other = {"files": {"api_key": "sk-wrong-key-of-files"}}
    await stage.start(OPENAI_CREDENTIALS=json.dumps(other))

    files = await stage.run("/ai-files list")
    models = await stage.run("/ai-models list stand-in")

    assert "does not accept my key" in files.text
    assert "stand-in-small" in models.text


async def test_the_connection_test_says_what_a_host_lacks(counter):
    counter.model.switches.lack("files", "fine_tuning", status=405)

    seen = await counter.run("/ai test")

    assert "It cannot keep files, fine-tune models" in seen.text
    assert "answer in a conversation" in seen.text
    assert "adds it to OPENAI_CREDENTIALS" in seen.text


async def test_the_connection_test_says_what_fails(counter):
    counter.model.enqueue(status=500, on="GET fine_tuning/jobs")

    seen = await counter.run("/ai test")

    assert "It cannot fine-tune models (it fails)" in seen.text


async def test_the_connection_test_says_which_key_is_wrong(stage):
    await stage.start(OPENAI_CREDENTIALS='{"lab": {"api_key": "sk-wrong-0123456789"}}')

    seen = await stage.run("/ai test --as lab")

    assert "check `api_key` of `lab` in OPENAI_CREDENTIALS" in seen.text


async def test_the_connection_test_costs_nothing(counter):
    await counter.run("/ai test")

    assert all(r.status != 200 or r.method == "GET" for r in counter.model.requests)


async def test_a_long_run_tells_how_far_it_is(counter):
    gate = asyncio.Event()
    counter.model.enqueue(hold=gate, on="GET files")
    await counter.slack.command("/ai-files list", ANN, HELP)

    await counter.slack.wait(lambda s: "Working on it" in str(s.ephemerals(ANN)))
    gate.set()
    await counter.slack.wait(lambda _: "keeps no files" in counter.last().text)


async def test_the_same_signed_request_twice_is_one_run(http):
    body = urlencode(
        {
            "command": "/ai",
            "text": "status",
            "team_id": "T0LOCAL",
            "user_id": ANN,
            "channel_id": HELP,
            "trigger_id": "1.2.3",
        }
    )
    stamp = str(int(time.time()))
    sign = SignatureVerifier(http.slack.signing_secret)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign.generate_signature(timestamp=stamp, body=body),
    }
    url = f"http://127.0.0.1:{http.bot.port}/slack/events"
    async with ClientSession() as session:
        statuses = [(await session.post(url, data=body, headers=headers)).status for _ in range(3)]
        forged = await session.post(url, data=body + "x", headers=headers)

    assert (statuses, forged.status) == ([200, 200, 200], 401)
    await http.slack.wait(lambda s: s.ephemerals(ANN))
    await http.run("/ai status")
    assert len(http.slack.ephemerals(ANN)) == 2


async def test_a_command_that_is_given_up_is_told_to_its_person(stage, monkeypatch):
    tried = []

    async def fail(desk, request):
        tried.append(request)
        raise TryAgain("Slack does not take it now")

    monkeypatch.setattr("bot.desk.desk.Desk._serve", fail)
    monkeypatch.setattr("bot.worker._PAUSE_S", 0.01)
    await stage.start()

    seen = await stage.run("/ai status")

    assert len(tried) == 5
    assert "Please ask again. (reference" in seen.text


async def test_a_fault_in_a_command_is_one_sentence_with_a_reference(stage, monkeypatch):
    async def fail(desk, request):
        raise RuntimeError("secret words")

    monkeypatch.setattr("bot.desk.desk.Desk._serve", fail)
    await stage.start()

    seen = await stage.run("/ai status")

    assert "(reference" in seen.text
    assert "secret words" not in seen.text
