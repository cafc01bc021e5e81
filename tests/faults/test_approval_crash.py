"""kill -9 around an approval: nothing that was asked or decided is lost, and nothing runs twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Process
from tests.scenarios.bank import buttons, card_text
from tests.scenarios.conftest import ANN, HELP, Desk

PAY = """\
import time
from pathlib import Path
from functions import function


@function(effect="once", approve="always")
def pay(amount: int) -> str:
    \"\"\"Pay.\"\"\"
    with Path("{folder}/paid").open("a") as file:
        file.write("paid\\n")
    return "paid"


@function(effect="read")
def slowly(marker: str) -> str:
    \"\"\"Take a while, the first time.\"\"\"
    if not Path(marker).exists():
        Path(marker).touch()
        time.sleep(30)
    return "done"
"""


@pytest.fixture(autouse=True)
def _functions(process: Process, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "money.py").write_text(PAY.format(folder=tmp_path))
    process.settings["FUNCTIONS"] = str(folder)


def cards(desk, ts):
    return [message for message in desk.replies(ts) if card_text(message)]


async def asked(desk: Desk, ts: str) -> dict[str, Any]:
    """Wait until the turn has asked and let go."""
    await desk.slack.wait(lambda _: cards(desk, ts))
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "suspended")
    return cards(desk, ts)[0]


async def waiting(process: Process, desk: Desk) -> tuple[str, dict[str, Any]]:
    """Have a bot that waits for an approval; return the thread and the card."""
    await process.connect()
    desk.model.enqueue(calls=[("pay", {"amount": 1})])
    ts = await desk.ask("pay")
    return ts, await asked(desk, ts)


async def press(desk, card, verb):
    await desk.slack.click(ANN, f"approval.{verb}", channel=HELP, message_ts=card["ts"])


async def answered(desk, ts, text):
    await desk.slack.wait(lambda _: text in desk.said(ts))
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "active")


def paid(folder: Path) -> str:
    file = folder / "paid"
    return file.read_text() if file.exists() else ""


async def test_an_approval_outlives_a_crash(process, desk, tmp_path):
    ts, card = await waiting(process, desk)
    await process.kill()
    await process.connect()
    desk.model.enqueue("It is paid.")

    await press(desk, card, "approve")
    await answered(desk, ts, "It is paid.")

    assert paid(tmp_path) == "paid\n"
    assert len(cards(desk, ts)) == 1
    assert buttons(cards(desk, ts)[0]) == []


@pytest.mark.parametrize("verb", ["approve", "deny"])
async def test_a_click_that_slack_was_told_of_counts_whatever_happens(
    process, desk, tmp_path, verb
):
    ts, card = await waiting(process, desk)
    await press(desk, card, verb)
    await process.kill()
    await process.start()

    await desk.slack.wait(lambda _: len(desk.asked()) == 2)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "active")

    if verb == "deny":
        assert paid(tmp_path) == ""
    else:  # killed between the ledger's line and the payment, it is not begun again
        assert paid(tmp_path) == "paid\n" or "is unknown" in str(desk.asked()[-1])
    await desk.slack.wait(lambda _: buttons(cards(desk, ts)[0]) == [])
    assert ("Approved" if verb == "approve" else "Denied") in card_text(cards(desk, ts)[0])


async def test_a_crash_while_the_other_calls_run_asks_once(process, desk, tmp_path):
    marker = tmp_path / "begun"
    await process.connect()
    desk.model.enqueue(calls=[("pay", {"amount": 1}), ("slowly", {"marker": str(marker)})])
    ts = await desk.ask("pay")
    await desk.slack.wait(lambda _: cards(desk, ts))
    while not marker.exists():
        await asyncio.sleep(0.02)
    await process.kill()
    await process.connect()
    card = await asked(desk, ts)
    desk.model.enqueue("Both are done.")

    await press(desk, card, "approve")
    await answered(desk, ts, "Both are done.")

    assert len(cards(desk, ts)) == 1
    assert paid(tmp_path) == "paid\n"


async def test_a_sigterm_while_it_waits_ends_at_once(process, desk, tmp_path):
    ts, card = await waiting(process, desk)

    async with asyncio.timeout(25):
        assert await process.terminate() == 0

    await process.connect()
    desk.model.enqueue("Later, then.")
    await press(desk, card, "deny")
    await answered(desk, ts, "Later, then.")
    assert paid(tmp_path) == ""


async def test_an_answer_after_a_decision_leaves_the_half_written_one_beside_it_alone(
    process, desk, gate
):
    ts, card = await waiting(process, desk)
    desk.model.enqueue("one two three four", after=2, hold=gate)
    await desk.ask("count", thread_ts=ts)
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await press(desk, card, "approve")
    await desk.slack.wait(lambda _: "Approved" in card_text(cards(desk, ts)[0]))
    await process.kill()
    desk.model.enqueue("It is paid.")
    desk.model.enqueue("one two three four")
    await process.start()

    await answered(desk, ts, "one two three four")

    assert {"It is paid.", "one two three four"} <= set(desk.said(ts))
