"""Functions that deal with people: their files, groups and rights, and questions to them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.records import SwitchedOff
from tests.scenarios.conftest import ANN, BEN, HELP, MENTION, Desk

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


@function(effect="idempotent", timeout=60)
async def paint(context: Context) -> str:
    \"\"\"Paint the wall.\"\"\"
    colour = await context.ask("Which <!channel> colour?", ["red", "blue"])
    coats = await context.ask("How many coats?")
    return f"{coats} coats of {colour}"


@function(effect="idempotent", approve="always", timeout=60)
async def mend(context: Context) -> str:
    \"\"\"Mend the house.\"\"\"
    return f"mended: {await context.ask('What first?', ['the roof'])}"


@function(timeout=0.3)
async def hurry(context: Context) -> str:
    \"\"\"Ask in a hurry.\"\"\"
    return await context.ask("Now?", ["yes"])


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


def results(desk: Desk) -> list[str]:
    return [m["content"] for m in desk.asked()[-1] if m["role"] == "tool"]


def offered(desk: Desk) -> set[str]:
    return {tool["function"]["name"] for tool in desk.model.requests[-1].json.get("tools", ())}


async def called(desk: Desk, name: str, text: str = "Done.", **where) -> str:
    """Have the model call a function, and return the thread."""
    desk.model.enqueue(calls=[(name, {})])
    desk.model.enqueue(text)
    return await desk.ask("please", **where)


def cards(desk: Desk, ts: str) -> list[dict]:
    return [m for m in desk.replies(ts) if "question" in str(m["text"])]


async def card(desk: Desk, ts: str, count: int = 1) -> dict:
    await desk.slack.wait(lambda _: len(cards(desk, ts)) >= count)
    return cards(desk, ts)[-1]


async def press(desk: Desk, card: dict, verb: str, user: str = ANN, **more) -> None:
    action = f"inquiry.{verb}"
    await desk.slack.click(user, action, channel=HELP, message_ts=card["ts"], **more)


def status(desk: Desk, ts: str) -> str:
    session = desk.slack.session(HELP, ts)
    return session.status if session else ""


async def told(desk: Desk, user: str) -> str:
    await desk.slack.wait(lambda s: s.ephemerals(user))
    return str(desk.slack.ephemerals(user)[-1]["text"])


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
    assert "empty: dot.png" in results(house)[0]


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


# Questions


async def test_a_function_asks_the_person_back_by_buttons_and_by_words(house):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick1")
    second = await card(house, ts, 2)
    await press(house, second, "send")
    assert "write an answer first" in await told(house, ANN)
    await press(house, second, "text", value="two")
    await press(house, second, "send")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["two coats of blue"]
    assert "<!channel>" not in str(cards(house, ts)[0]["text"])
    assert "answered: blue" in str(cards(house, ts)[0]["blocks"])


async def test_an_approved_function_that_asks_is_seen_to_work_and_can_be_stopped(house):
    ts = await called(house, "mend")
    await house.slack.wait(lambda _: status(house, ts) == "suspended")
    approval = next(m for m in house.replies(ts) if "Approval" in str(m["text"]))
    await house.slack.click(ANN, "approval.approve", channel=HELP, message_ts=approval["ts"])

    question = await card(house, ts)

    assert status(house, ts) == "processing"
    await press(house, question, "pick0")
    await house.slack.wait(lambda _: "Done." in house.said(ts))
    assert results(house) == ["mended: the roof"]
    assert float(house.replies(ts)[-1]["ts"]) > float(question["ts"])
    assert house.said(ts)[-1] == "Done."
    await house.slack.wait(lambda _: status(house, ts) == "active")


async def test_only_the_person_who_asked_may_answer(house):
    ts = await called(house, "paint")
    first = await card(house, ts)

    await press(house, first, "pick1", BEN)

    assert "only <@U0ANN> is asked" in await told(house, BEN)
    assert len(cards(house, ts)) == 1


async def test_a_question_survives_a_restart_with_the_answers_given(house, tmp_path):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    second = await card(house, ts, 2)

    await house.leave()
    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    await press(house, second, "text", value="three")
    await press(house, second, "send")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["three coats of red"]
    assert len(cards(house, ts)) == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_question_of_unknown_fate_is_there_once(house, cut):
    house.slack.fail("chat.postMessage", cut=cut)

    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    second = await card(house, ts, 2)
    await press(house, second, "text", value="two")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["two coats of red"]
    assert len(cards(house, ts)) == 2


async def test_the_time_of_the_function_ends_the_question(house):
    ts = await called(house, "hurry")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert "did not answer within" in results(house)[0]
    assert "no longer needed" in str(cards(house, ts)[0]["blocks"])


async def test_a_stopped_turn_takes_no_answer(house):
    ts = await called(house, "paint")
    first = await card(house, ts)

    await house.slack.stop(HELP, ts, ANN)
    await house.slack.wait(lambda _: "no longer needed" in str(cards(house, ts)[0]["blocks"]))

    assert "paint" not in house.said(ts)
    assert first["ts"] == cards(house, ts)[0]["ts"]


# Rights


async def test_a_user_group_is_asked_of_slack_and_remembered(house):
    house.slack.workspace.groups["S0TEAM"] = [BEN]
    await house.answer("hi", user=BEN)
    assert "secret_door" in offered(house)
    await house.answer("hi")
    assert "secret_door" not in offered(house)

    assert len(house.slack.calls_of("usergroups.users.list")) == 1


async def test_a_group_that_slack_does_not_tell_has_nobody(house):
    house.slack.fail("usergroups.users.list", error="missing_scope", times=9)
    ts = await called(house, "secret_door", user=BEN)
    await house.answered(ts)

    assert "secret_door" not in offered(house)
    assert "may not use it" in results(house)[0]


async def test_guests_and_whom_slack_does_not_tell_about_get_only_what_is_for_everyone(house):
    ours = {"draw", "paint", "mend", "hurry", "secret_door", "count", "rule"}
    await house.answer("hi", user=GIA)
    assert not offered(house) & ours
    house.slack.fail("users.info", error="ratelimited", times=99)
    house.slack.add_user("U0NEW")
    await house.answer("hi", user="U0NEW")
    assert not offered(house) & ours


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
    await house.slack.open_home(ANN)
    home = await house.slack.wait(lambda slack: slack.home(ANN))
    await house.slack.command("/ai status", ANN, HELP)
    await house.slack.wait(lambda slack: slack.ephemerals(ANN))

    assert "`later`  Later." in str(home["blocks"])
    assert "hurry, later, mend" in str(house.slack.ephemerals(ANN))


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
