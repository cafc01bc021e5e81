"""Faults of functions reach the admins, once, also where Slack or the reading of it fails first."""

from pathlib import Path

import pytest

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.outbound.faults import Faults, message
from bot.tasks import beside
from functions import LoadError
from storage import open_storage
from tests.slack.conftest import RecordingSlack

BROKEN = LoadError("broken.py", "line 4 cannot be read")
ANOTHER = LoadError("another.py", "it has no docstring")
ADMIN = {"id": "U1", "team_id": "T1", "is_admin": True}


@pytest.fixture
async def faults(recorder: RecordingSlack, tmp_path: Path):
    storage = await open_storage(f"sqlite:///{tmp_path}/f.db", "me")
    async with slack_session() as session:
        client = slack_client("xoxb-1", recorder.url, session)
        told = Faults(client, storage.choices, "T1", [])
        async with beside(told.run(), "faults"):
            yield told
    await storage.close()


def listing(*members: dict[str, object]) -> dict[str, object]:
    """Return Slack's answer to `users.list`."""
    return {"ok": True, "members": members}


async def test_a_fault_whose_message_was_refused_is_told_the_next_time(faults, recorder):
    recorder.answer("users.list", listing(ADMIN), times=2)
    recorder.refuse("chat.postMessage", "channel_not_found")
    faults.note([BROKEN])
    await recorder.wait(lambda: recorder.said("chat.postMessage"))
    faults.note([BROKEN, ANOTHER])
    await recorder.wait(lambda: recorder.texts)

    assert "broken.py" in recorder.texts[0]


async def test_a_list_of_users_that_cannot_be_read_does_not_end_the_telling(faults, recorder):
    recorder.answer("users.list", listing({"team_id": "T1", "is_admin": True}))
    recorder.answer("users.list", listing(ADMIN))
    faults.note([BROKEN])
    await recorder.wait(lambda: recorder.said("users.list"))
    await recorder.settle()
    faults.note([BROKEN])
    await recorder.wait(lambda: recorder.texts)

    assert "broken.py" in recorder.texts[0]


async def test_links_in_what_is_told_are_not_fetched(faults, recorder):
    recorder.answer("users.list", listing(ADMIN))
    faults.note([LoadError("broken.py", "it imports https://x.example/picture.png")])
    await recorder.wait(lambda: recorder.texts)

    args = recorder.said("chat.postMessage")[0].args
    assert {str(args[name]).lower() for name in ("unfurl_links", "unfurl_media")} <= {"0", "false"}


def test_what_is_cut_from_a_long_fault_leaves_no_torn_entity():
    told = message([LoadError("tickets.py", f"{'x' * 598}<dict>")])

    assert told.endswith("xxx")


@pytest.mark.parametrize("other", [{"team_id": "T2"}, {"is_stranger": True}, {"deleted": True}])
async def test_admins_of_other_workspaces_are_not_told(faults, recorder, other):
    recorder.answer("users.list", listing({**ADMIN, "id": "U2", **other}, ADMIN))

    faults.note([BROKEN])
    await recorder.wait(lambda: recorder.texts)
    await recorder.settle()

    assert [said.args["channel"] for said in recorder.said("chat.postMessage")] == ["U1"]
