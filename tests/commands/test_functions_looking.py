"""/ai-functions as people use it: what there is, what the model sees, switches, calls."""

import json

from storage.records import Approval, Event
from tests.commands.conftest import ANN, direct

BEN = "U0BEN"
ENTER = """\
from pydantic import SecretStr

from functions import function


@function(effect="read")
def enter(code: SecretStr) -> str:
    \"\"\"Open the door.\"\"\"
    return "open"
"""


def tools(counter) -> list[dict]:
    """Return what the newest request offered to the model."""
    requests = [one.json for one in counter.model.requests if one.json]
    return requests[-1].get("tools") or []


def offered(counter) -> list[str]:
    return [tool["function"]["name"] for tool in tools(counter)]


async def test_functions_are_listed_with_their_rules(counter):
    seen = await counter.run("/ai-functions list")

    assert "calculate" in seen.text
    assert "functions.calculate" in seen.text
    assert "reads" in seen.text
    assert "members" in seen.text
    assert "4 functions" in seen.text


async def test_a_part_of_the_description_finds_a_function(counter):
    seen = await counter.run("/ai-functions list arithmetic")

    assert "calculate" in seen.text
    assert "find_user" not in seen.text


async def test_show_gives_the_very_json_that_the_model_gets(counter):
    seen = await counter.run("/ai-functions show calculate")
    shown = seen.text[seen.text.index('{\n  "type"') :].rpartition("}")[0] + "}"

    await counter.answer("how much is it")
    [sent] = [t for t in tools(counter) if t["function"]["name"] == "calculate"]

    assert json.loads(shown) == sent


async def test_a_mistyped_name_is_mended(counter):
    seen = await counter.run("/ai-functions show calclate")

    assert "did you mean `calculate`?" in seen.text
    assert seen.buttons == ["Run what you meant"]


async def test_a_function_that_is_switched_off_is_not_offered_from_the_next_turn_on(counter):
    await counter.answer("hello")
    assert "calculate" in offered(counter)

    await switched(counter, "disable calculate", "Switch off", "is off everywhere")
    await counter.answer("hello again")

    assert "calculate" not in offered(counter)
    assert "off everywhere" in (await counter.run("/ai-functions show calculate")).text


async def test_a_function_can_be_off_in_one_channel_only(counter):
    await switched(counter, "disable calculate --here", "Switch off", "is off in")

    await counter.answer("hello")
    assert "calculate" not in offered(counter)
    await counter.answer("hello", channel=direct(counter))
    assert "calculate" in offered(counter)


async def test_what_is_switched_on_again_is_offered_again(counter):
    await switched(counter, "disable calculate", "Switch off", "is off everywhere")

    await switched(counter, "enable calculate", "Switch on", "is on everywhere")
    await counter.answer("hello")

    assert "calculate" in offered(counter)


async def test_enable_says_where_else_a_function_is_off(counter):
    await switched(counter, "disable calculate --here", "Switch off", "is off in")

    seen = await counter.run("/ai-functions enable calculate")

    assert "in this channel only" in seen.text
    assert "enable calculate --here" in seen.text


async def test_a_switch_stands_in_the_audit(counter):
    await switched(counter, "disable calculate", "Switch off", "is off everywhere")

    audit = await counter.run("/ai audit")

    assert "functions disable calculate" in audit.text


async def test_the_audit_calls_a_channel_by_its_name(counter):
    await switched(counter, "disable calculate --here", "Switch off", "is off in")

    audit = await counter.run("/ai audit")

    assert "Switch calculate off in #ask-callboard." in audit.text


async def test_only_admins_switch_and_look_back(counter):
    for line in ("disable calculate", "enable calculate", "calls"):
        seen = await counter.run(f"/ai-functions {line}", user=BEN)
        assert "Only admins of this bot may do this" in seen.text


async def test_a_member_sees_rules_but_neither_calls_nor_buttons(counter):
    seen = await counter.run("/ai-functions show calculate", user=BEN)

    assert "Time limit" in seen.text
    assert "Last calls" not in seen.text
    assert seen.buttons == []


async def test_calls_tell_who_called_what_and_how_it_ended(counter):
    counter.model.enqueue(calls=[("calculate", {"expression": "6*7"})])
    counter.model.enqueue("It is 42.")
    await counter.answer("how much is six times seven")

    seen = await counter.run("/ai-functions calls calculate")

    for word in ("calculate", "ann", "6*7", "done", "ms"):
        assert word in seen.text
    assert "calculate" in (await counter.run("/ai-functions show calculate")).text


async def test_what_was_a_secret_stays_hidden_when_its_function_is_gone(stage, tmp_path):
    (tmp_path / "ours").mkdir()
    file = tmp_path / "ours" / "door.py"
    file.write_text(ENTER)
    await stage.start(FUNCTIONS=str(tmp_path / "ours"))
    stage.model.enqueue(calls=[("enter", {"code": "hunter2"})])
    stage.model.enqueue("You are in.")
    await stage.answer("let me in")
    await stage.leave()
    file.unlink()
    await stage.start(FUNCTIONS=str(tmp_path / "ours"))

    seen = await stage.run("/ai-functions calls")

    assert '"code": "•••"' in seen.text


async def test_calls_of_nothing_say_so(counter):
    seen = await counter.run("/ai-functions calls")

    assert "Nothing was called so far" in seen.text


async def test_who_is_no_mention_is_refused_and_not_looked_for(counter):
    for line in ("/ai-functions calls --user nobody", "/ai audit --user @nobody"):
        seen = await counter.run(line)
        assert "`user` must be mentioned as Slack proposes it, or by an id" in seen.text


async def test_calls_that_ended_well_are_no_failed_ones(counter):
    await counter.run('/ai-functions test calculate {"expression": "6 * 7"}')

    seen = await counter.run("/ai-functions calls --failed")

    assert "No call fits" in seen.text


async def test_a_call_that_a_forgotten_person_denied_is_still_denied(counter):
    await denied(counter, "U9FORGOTTEN")

    await counter.bot.storage.retention.forget_person(counter.slack.team, "U9FORGOTTEN")

    seen = await counter.run("/ai-functions calls")
    assert "denied" in seen.text
    assert "denied by" not in seen.text


async def test_the_audit_tells_by_name_who_decided_about_whose_call(counter):
    await denied(counter, ANN)

    seen = await counter.run("/ai audit")

    assert "call pay" in seen.text
    assert "denied, asked for by ben" in seen.text
    assert "done" not in seen.text


async def denied(counter, by: str) -> None:
    """Let somebody deny a call for Ben."""
    storage, team = counter.bot.storage, counter.slack.team
    event = Event("e1", f"{team}:C1:1.0", "1.0", "message", BEN, {})
    ticket = (await storage.inbox.accept(event)).ticket
    asked = Approval("A", "e1:0", "e1", team, "C1", "1.0", "pay", "Pay", "{}", "{}", "", "", BEN)
    await storage.approvals.ask(ticket, asked, 60_000)
    await storage.approvals.decide("A", by, "denied", "click")
    await storage.inbox.finish(ticket, "e1")


async def switched(counter, line: str, button: str, then: str) -> None:
    seen = await counter.run(f"/ai-functions {line}")
    await seen.press(button)
    await seen.becomes(then)


async def test_what_an_admin_tried_stands_among_the_calls(counter):
    await counter.run('/ai-functions test calculate {"expression": "6 * 7"}')
    await counter.run('/ai-functions test calculate {"expression": "1 / 0"}')

    seen = await counter.run("/ai-functions calls")

    assert seen.text.count("calculate (tried)") == 2
    assert "ann" in seen.text
    assert "done" in seen.text
    assert "failed" in seen.text
    assert " ms" in seen.text


async def test_what_stands_behind_a_misspelt_name_is_kept_in_what_was_meant(counter):
    seen = await counter.run('/ai-functions test calculat {"expression": "6 * 7"}')

    await seen.press("Run what you meant")

    await counter.slack.wait(lambda _: "42 (exact)" in counter.last(ANN).text)


DRAW = """
from functions import File, function


@function(effect="read")
def draw() -> list[object]:
    \"\"\"Draw a curve.\"\"\"
    return ["It rises.", File("curve.csv", b"1,2")]
"""


async def test_what_a_function_says_is_shown_also_where_slack_does_not_take_its_file(
    stage, tmp_path
):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "draw.py").write_text(DRAW)
    await stage.start(FUNCTIONS=str(tmp_path / "ours"))
    stage.slack.fail("files.getUploadURLExternal", error="missing_scope")

    seen = await stage.run("/ai-functions test draw")

    assert "It rises." in seen.text
    assert "Slack did not take curve.csv" in seen.text


LIMITED = """
from functions import Limit, function


@function(who=["U0BEN"], where=["C0GENERAL", "C0NOWHERE"], limit=Limit(per_minute=2))
def order() -> None:
    \"\"\"Order tea.\"\"\"
"""


async def test_the_rules_of_a_function_are_told_in_words_and_names(stage, tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "order.py").write_text(LIMITED)
    await stage.start(FUNCTIONS=str(tmp_path / "ours"))

    listed = await stage.run("/ai-functions list order")
    shown = await stage.run("/ai-functions show order")

    assert "2 channels" in listed.text
    for told in ("Who:\n  ben\n", "#general, C0NOWHERE", "2 a minute"):
        assert told in shown.text
