"""Functions that deal with people: their files, groups and rights."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.records import SwitchedOff
from tests.scenarios.conftest import ANN, BEN, HELP, MENTION, Desk, called, results

pytestmark = pytest.mark.usefixtures("brisk")

GIA = "U0GIA"
FUNCTIONS = """\
from pathlib import Path

from functions import Context, File, function

LOG = Path(__file__).parent.parent / "log"


@function(effect="once")
def draw(empty: bool = False) -> list:
    \"\"\"Draw a picture.\"\"\"
    with LOG.open("a") as log:
        log.write("drawn ")
    return ["here:", File("dot.png", b"" if empty else b"\\x89PNG..."), File("dot.txt", b"dot")]


@function(who=["S0TEAM"])
def secret_door() -> str:
    \"\"\"Open the secret door.\"\"\"
    return "open"


@function
async def count(context: Context) -> str:
    \"\"\"Count the bytes of the files.\"\"\"
    return ", ".join([f"{one.name}: {len(await one.read())}" for one in context.files])


@function(who="admins")
def rule() -> str:
    \"\"\"Rule.\"\"\"
    return "ruled"
"""


@pytest_asyncio.fixture
async def house(stage: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "people.py").write_text(FUNCTIONS)
    await stage.start(FUNCTIONS=str(folder))
    yield stage


def offered(desk: Desk) -> set[str]:
    return {tool["function"]["name"] for tool in desk.model.requests[-1].json.get("tools", ())}


# Files


async def test_files_of_a_result_are_posted_to_the_thread_once(house):
    ts = await called(house, "draw")
    await house.answered(ts, 2)

    files = [f["name"] for m in house.replies(ts) for f in m.get("files", ())]
    assert files == ["dot.png", "dot.txt"]
    assert "file dot.png, image/png" in results(house)[0]


async def test_an_empty_file_is_left_out_and_the_model_is_told(house):
    house.model.enqueue(calls=[("draw", {"empty": True})])
    house.model.enqueue("Done.")
    ts = await house.ask("please")
    await house.answered(ts, 2)

    assert [f["name"] for m in house.replies(ts) for f in m.get("files", ())] == ["dot.txt"]
    assert "the file dot.png was left out: it is empty" in results(house)[0]


async def test_files_that_slack_does_not_take_are_told_to_the_model(house):
    house.slack.fail("files.completeUploadExternal", error="not_in_channel")
    ts = await called(house, "draw")
    await house.answered(ts)

    assert "Slack did not take the files" in results(house)[0]


async def test_files_whose_arrival_slack_did_not_confirm_are_posted_once(house):
    house.slack.fail("files.completeUploadExternal", cut="after")
    ts = await called(house, "draw")
    await house.answered(ts, 2)

    files = [f["name"] for m in house.replies(ts) for f in m.get("files", ())]
    assert files == ["dot.png", "dot.txt"]
    assert "Slack did not" not in results(house)[0]


async def test_a_function_reads_the_files_of_the_message(house):
    house.model.enqueue(calls=[("count", {})])
    house.model.enqueue("Done.")
    files = [("notes.txt", b"12345")]
    ts = await house.slack.say(HELP, ANN, f"{MENTION} count", files=files)
    await house.answered(ts)

    assert results(house) == ["notes.txt: 5"]


# Rights


async def test_a_file_of_slack_connect_of_which_the_message_tells_the_id_alone_is_read(house):
    file = {"id": house.slack.upload(ANN, "a.txt", b"12345"), "file_access": "check_file_info"}
    ts = await house.slack.say(HELP, ANN, "look")
    house.model.enqueue(calls=[("count", {})])
    house.model.enqueue("Done.")
    mention = {"type": "app_mention", "channel": HELP, "user": ANN, "text": f"{MENTION} count"}
    house.slack.emit(mention | {"ts": f"{ts[:-1]}9", "thread_ts": ts, "files": [file]})
    await house.answered(ts)

    assert "a.txt (text/plain)" in str(house.asked()[0])
    assert results(house) == ["a.txt: 5"]


async def test_a_user_group_is_asked_of_slack_and_remembered(house):
    house.slack.workspace.groups["S0TEAM"] = [BEN]
    await house.answer("hi", user=BEN)
    assert "secret_door" in offered(house)
    await house.answer("hi")
    assert "secret_door" not in offered(house)

    assert len(house.slack.calls_of("usergroups.users.list")) == 1


async def test_a_group_that_slack_does_not_tell_has_nobody_and_is_told_of_once(house, caplog):
    house.slack.fail("usergroups.users.list", error="missing_scope", times=9)
    ts = await called(house, "secret_door", user=BEN)
    await house.answered(ts)

    assert "secret_door" not in offered(house)
    assert "may not use it" in results(house)[0]
    (told,) = [one for one in caplog.records if one.msg == "not_looked_up"]
    assert (told.levelname, told.reason) == ("WARNING", "missing_scope")


async def test_guests_and_whom_slack_does_not_tell_about_get_only_what_is_for_everyone(house):
    ours = {"draw", "paint", "mend", "hurry", "secret_door", "count", "rule"}
    await house.answer("hi", user=GIA)
    assert not offered(house) & ours
    house.slack.fail("users.info", error="ratelimited", times=99)
    house.slack.add_user("U0NEW")
    ts = await house.ask("hi", user="U0NEW")
    await house.answered(ts)
    assert not offered(house) & ours
    assert "did not tell who you are" in str(house.replies(ts))


async def test_slack_may_take_its_time_to_tell_who_asks(house):
    house.slack.fail("users.info", delay=3.0)
    house.slack.add_user("U0NEW")
    await house.answer("hi", user="U0NEW")
    assert "count" in offered(house)


async def test_without_a_setting_the_admins_of_the_workspace_are_admins(stage, tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "people.py").write_text(FUNCTIONS)
    await stage.start(FUNCTIONS=str(folder), ADMINS="")
    await stage.answer("hi")
    assert "rule" in offered(stage)
    await stage.answer("hi", user=BEN)
    assert "rule" not in offered(stage)


async def test_who_is_no_admin_any_more_loses_what_is_for_admins_after_five_minutes(
    stage, tmp_path
):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "people.py").write_text(FUNCTIONS)
    await stage.start(FUNCTIONS=str(folder), ADMINS="")
    await stage.answer("hi")
    stage.slack.workspace.users[ANN].is_admin = False
    await stage.answer("hi")
    assert "rule" in offered(stage)
    stage.clock.by += 5 * 60 * 1000 + 1
    await stage.answer("hi")
    assert "rule" not in offered(stage)


async def test_who_has_become_a_guest_calls_nothing_more_after_five_minutes(house):
    await house.answer("hi", user=BEN)
    house.slack.workspace.users[BEN].is_restricted = True
    house.clock.by += 5 * 60 * 1000 + 1
    ts = await called(house, "draw", user=BEN)
    await house.answered(ts)

    assert "may not use it" in results(house)[0]


async def test_slack_is_not_asked_anew_for_rights_that_no_function_needs(stage):
    await stage.start()
    await stage.answer("hi")
    asked = len(stage.slack.calls_of("users.info"))
    stage.clock.by += 6 * 60 * 1000
    await stage.answer("hi")
    assert len(stage.slack.calls_of("users.info")) == asked


async def test_nobody_is_an_admin_while_slack_does_not_tell(house):
    await house.answer("hi")
    assert "rule" in offered(house)
    house.clock.by += 6 * 60 * 1000
    house.slack.fail("users.info", error="internal_error", times=9)
    await house.answer("hi")
    assert "rule" not in offered(house)


async def test_a_switch_counts_from_the_next_message_on_and_over_a_restart(house, tmp_path):
    await house.answer("hi")
    assert "draw" in offered(house)
    switch = SwitchedOff(house.slack.team, HELP, "draw", ANN)
    await house.bot.storage.registrations.switch_off(switch)  # as another process would
    await house.answer("hi")
    assert "draw" not in offered(house)

    await house.leave()
    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    await house.answer("hi")
    assert "draw" not in offered(house)


async def test_the_home_tab_and_the_status_show_the_functions_that_there_are_now(house, tmp_path):
    later = FUNCTIONS.partition("\n\n\n")[0] + '\n\n\n@function\ndef later():\n    """Later."""\n'
    (tmp_path / "ours" / "later.py").write_text(later)
    await house.answer("hi")
    await house.slack.open_tab(ANN, "home")
    home = await house.slack.wait(lambda slack: slack.home(ANN))
    await house.slack.command("/ai status", ANN, HELP)
    await house.slack.wait(lambda slack: slack.ephemerals(ANN))

    assert "`later`  Later." in str(home["blocks"])
    assert ", later, rule, " in str(house.slack.ephemerals(ANN))


async def test_commands_go_by_the_clock_that_the_bot_was_given(house):
    house.clock.by += 3 * 3600 * 1000
    await house.slack.command("/ai status", ANN, HELP)
    await house.slack.wait(lambda slack: slack.ephemerals(ANN))

    assert "3 h" in str(house.slack.ephemerals(ANN))


# Broken files


async def test_a_broken_file_is_told_to_the_admins_once(house, tmp_path):
    def direct() -> list[str]:
        return [m["text"] for m in house.slack.messages(house.slack.workspace.im(ANN).id)]

    file = tmp_path / "ours" / "broken.py"
    file.write_text("from functions import function\n\n\ndef half(:\n")
    await house.answer("hi")
    await house.slack.wait(lambda _: direct())
    (message,) = direct()
    assert "`broken.py`" in message
    assert "line 4" in message

    await house.leave()
    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    await house.answer("hi")
    assert direct() == [message]
