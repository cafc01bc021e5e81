"""Who may: admins by setting, else the workspace's; guests and bots never."""

from dataclasses import replace

import pytest

from bot.commands import shipped
from bot.desk.run import refusal
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.user_object import person_from
from storage.records import Person
from tests.commands.conftest import ANN, HELP
from tests.scenarios.conftest import told

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


async def test_members_see_no_buttons_that_they_may_not_press(counter):
    theirs = await counter.run("/ai-files list", user=BEN)
    assert theirs.buttons == []

    assert (await counter.run("/ai-files list")).buttons == ["Upload files …"]


async def test_everybody_may_ask_for_help(counter):
    seen = await counter.run("/ai help", user=GIA)

    assert "/ai-files" in seen.text


async def test_without_a_setting_workspace_admins_are_admins(stage):
    await stage.start(ADMINS="")

    seen = await stage.run("/ai audit")

    assert "Nothing was done so far" in seen.text


async def test_an_admin_of_another_workspace_is_none_here(stage):
    await stage.start(ADMINS="")
    stage.slack.add_user("U0EVE", team="T0OTHER", is_admin=True)
    stage.slack.workspace.channels[HELP].members.append("U0EVE")
    ts = await stage.slack.say(HELP, "U0EVE", "Look", files=[("a.jsonl", b"{}")])

    await stage.slack.shortcut("U0EVE", "command.files.upload", HELP, ts)

    assert "people of other workspaces" in await told(stage, "U0EVE")


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


@pytest.mark.parametrize(
    ("about", "standing"),
    [
        ({"is_admin": True}, "admin"),
        ({"is_owner": True}, "admin"),
        ({}, "member"),
        ({"is_restricted": True, "is_admin": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_bot": True, "is_admin": True}, "guest"),
        ({"deleted": True, "is_admin": True}, "guest"),
        ({"is_stranger": True, "is_admin": True}, "guest"),
        ({"team_id": "T0OTHER", "is_admin": True}, "guest"),
        ({"team_id": "T0OTHER", "enterprise_user": {"teams": ["T0"]}}, "member"),
    ],
)
def test_flags_of_slack_decide(about, standing):
    user = {"id": "U0X", "team_id": "T0", "name": "x", **about}

    assert person_from("T0", user, 1).standing == standing


def test_the_setting_counts_before_slacks_flags():
    user = {"id": "U0X", "team_id": "T0", "is_owner": True}

    rights = Rights(None, "T0", ("U0ANN",))

    assert rights.counted(person_from("T0", user, 1)).standing == "member"


async def test_slack_is_asked_anew_after_five_minutes(stage):
    await stage.start(ADMINS="")
    await stage.run("/ai status")
    stage.slack.workspace.users[ANN].is_admin = False

    stage.clock.by += 240_000
    assert "Nothing was done so far" in (await stage.run("/ai audit")).text
    stage.clock.by += 61_000
    assert "Only admins" in (await stage.run("/ai audit")).text


SUBS = [sub for command in shipped.catalogue().commands.values() for sub in command.subs.values()]


@pytest.mark.parametrize("sub", SUBS, ids=lambda sub: f"{sub.command} {sub.name}")
def test_what_has_an_effect_is_for_admins_and_nothing_but_help_for_guests(sub):
    member = Person("T0", "U1", "someone", fetched=1)
    for person in (member, replace(member, is_guest=True), replace(member, fetched=0)):
        refused = sub.effect != "reads" if person is member else sub.name != "help"
        assert refusal(person, sub) or not refused
