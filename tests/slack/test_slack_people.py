"""People are found by name among those that Slack lists."""

import pytest

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.workspace.people import Directory, People
from storage import open_storage
from tests.slack.conftest import RecordingSlack

MINUTE_MS = 60_000


def page(*names: str, cursor: str = "") -> dict[str, object]:
    """Return a page of Slack's list of people."""
    members = [{"id": f"U{name.upper()}", "name": name} for name in names]
    return {"ok": True, "members": members, "response_metadata": {"next_cursor": cursor}}


@pytest.fixture
async def directory(recorder: RecordingSlack, tmp_path):
    times = iter(range(10**12, 2 * 10**12, 11 * MINUTE_MS))
    storage = await open_storage(f"sqlite:///{tmp_path}/p.db", "me")
    async with slack_session() as session:
        client = slack_client("xoxb-1", recorder.url, session)
        people = People(client, storage.people, lambda: next(times))
        yield Directory(client, people, lambda: next(times))
    await storage.close()


async def test_a_list_that_breaks_off_does_not_take_the_place_of_a_whole_one(directory, recorder):
    for body in (page("ann", cursor="2"), page("ben"), page("ann", cursor="2")):
        recorder.answer("users.list", body)
    recorder.refuse("users.list", "fatal_error")
    await directory.find("T1", "ben", 5)

    (found,) = await directory.find("T1", "ben", 5)

    assert found.id == "UBEN"
