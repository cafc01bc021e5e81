"""Who may: admins by setting, else the workspace's; guests, strangers and bots never; in doubt no."""

import pytest

from tests.commands.conftest import ANN, HELP

BEN = "U0BEN"
GIA = "U0GIA"
COSTLY = (
    "/ai-files delete file-1",
    "/ai-files cleanup --unused",
    "/ai-files upload",
    "/ai-files content file-1",
    "/ai-models test stand-in",
    "/ai-models complete stand-in hello",
    "/ai-models compare stand-in stand-in-small hi",
    "/ai-models delete ft:x",
    "/ai-models use stand-in",
    "/ai audit",
)


def people(counter) -> None:
    """Add people of every standing to the workspace."""
    counter.slack.add_user("U0OWNER", "owner", is_owner=True)
    counter.slack.add_user("U0OTHER", "other", is_admin=True, team="T0OTHER")
    counter.slack.add_user("U0STRANGE", "strange", is_admin=True, is_stranger=True)
    counter.slack.add_user("U0BOTTY", "botty", is_admin=True, is_bot=True)
    counter.slack.add_user("U0GONE", "gone", is_admin=True, deleted=True)


@pytest.mark.parametrize("line", COSTLY)
async def test_members_may_not_what_costs_changes_or_deletes(counter, line):
    seen = await counter.run(line, user=BEN)

    assert "Only admins" in seen.text
    assert counter.model.requests == []


@pytest.mark.parametrize("line", [*COSTLY, "/ai-files list", "/ai status"])
async def test_guests_may_nothing(counter, line):
    seen = await counter.run(line, user=GIA)

    assert "Guests" in seen.text
    assert counter.model.requests == []


async def test_members_may_read(counter):
    seen = await counter.run("/ai-models list stand-in", user=BEN)

    assert "stand-in-small" in seen.text


async def test_everybody_may_ask_for_help(counter):
    seen = await counter.run("/ai help", user=GIA)

    assert "/ai-files" in seen.text


async def test_without_a_setting_workspace_admins_are_admins(stage):
    await stage.start(ADMINS="")

    seen = await stage.run("/ai audit")

    assert "Nothing was done so far" in seen.text


async def test_a_named_admin_who_is_a_guest_is_none(stage):
    await stage.start(ADMINS=f"{ANN},{GIA}")

    seen = await stage.run("/ai audit", user=GIA)

    assert "Guests" in seen.text


async def test_a_workspace_admin_who_is_not_named_is_none(stage):
    await stage.start(ADMINS=BEN)

    seen = await stage.run("/ai audit", user=ANN)

    assert "Only admins" in seen.text


async def test_when_slack_does_not_tell_nobody_is_an_admin(counter):
    counter.slack.fail("users.info", error="internal_error", times=None)

    seen = await counter.run("/ai audit")

    assert "does not tell me who you are" in seen.text


async def test_another_persons_press_does_not_count(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    await seen.press("Delete")
    await seen.becomes("1 file deleted")

    before = len(counter.slack.ephemerals(ANN))
    assert before
    assert HELP
