"""kill -9 around an approval: nothing that was asked or decided is lost, and nothing runs twice."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import connected
from tests.scenarios.bank import buttons, card_text
from tests.scenarios.conftest import ANN, HELP

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
    \"\"\"Take a while.\"\"\"
    Path(marker).touch()
    time.sleep({seconds})
    return "done"
"""


@pytest.fixture
def functions(tmp_path: Path):
    """Write the functions; the slow one takes so many seconds."""
    folder = tmp_path / "ours"
    folder.mkdir()

    def write(seconds: float = 0) -> dict[str, str]:
        text = PAY.format(folder=tmp_path, seconds=seconds)
        (folder / "money.py").write_text(text)
        return {"FUNCTIONS": str(folder)}

    return write


def cards(desk, ts):
    return [message for message in desk.replies(ts) if card_text(message)]


async def asked(desk, ts, count=1):
    """Wait until the turn has asked and let go."""
    await desk.slack.wait(lambda _: len(cards(desk, ts)) >= count)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "suspended")
    return cards(desk, ts)[0]


async def press(desk, card, verb):
    await desk.slack.click(ANN, f"approval.{verb}", channel=HELP, message_ts=card["ts"])


async def answered(desk, ts, text):
    await desk.slack.wait(lambda _: text in desk.said(ts))
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "active")


def paid(folder: Path) -> str:
    file = folder / "paid"
    return file.read_text() if file.exists() else ""


async def test_an_approval_outlives_a_crash(process, desk, functions, tmp_path):
    settings = functions()
    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue(calls=[("pay", {"amount": 1})])
    ts = await desk.ask("pay")
    card = await asked(desk, ts)
    await process.kill()
    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue("It is paid.")

    await press(desk, card, "approve")
    await answered(desk, ts, "It is paid.")

    assert paid(tmp_path) == "paid\n"
    assert len(cards(desk, ts)) == 1
    assert buttons(cards(desk, ts)[0]) == []


@pytest.mark.parametrize("verb", ["approve", "deny"])
async def test_a_click_that_slack_was_told_of_counts_whatever_happens(
    process, desk, functions, tmp_path, verb
):
    settings = functions()
    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue(calls=[("pay", {"amount": 1})])
    ts = await desk.ask("pay")
    card = await asked(desk, ts)
    await press(desk, card, verb)
    await process.kill()
    await process.start(**settings)

    await desk.slack.wait(lambda _: len(desk.asked()) == 2)
    await desk.slack.wait(lambda s: s.session(HELP, ts).status == "active")

    if verb == "deny":
        assert paid(tmp_path) == ""
    else:  # killed between the ledger's line and the payment, it is not begun again
        assert paid(tmp_path) == "paid\n" or "is unknown" in str(desk.asked()[-1])
    await desk.slack.wait(lambda _: buttons(cards(desk, ts)[0]) == [])
    assert ("Approved" if verb == "approve" else "Denied") in card_text(cards(desk, ts)[0])


async def test_a_crash_while_the_other_calls_run_asks_once(process, desk, functions, tmp_path):
    marker = tmp_path / "begun"
    await process.start(**functions(seconds=30))
    await connected(desk.slack)
    desk.model.enqueue(calls=[("pay", {"amount": 1}), ("slowly", {"marker": str(marker)})])
    ts = await desk.ask("pay")
    await desk.slack.wait(lambda _: cards(desk, ts))
    while not marker.exists():
        await asyncio.sleep(0.02)
    await process.kill()
    await process.start(**functions())
    await connected(desk.slack)
    card = await asked(desk, ts)
    desk.model.enqueue("Both are done.")

    await press(desk, card, "approve")
    await answered(desk, ts, "Both are done.")

    assert len(cards(desk, ts)) == 1
    assert paid(tmp_path) == "paid\n"


async def test_a_sigterm_while_it_waits_ends_at_once(process, desk, functions, tmp_path):
    settings = functions()
    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue(calls=[("pay", {"amount": 1})])
    ts = await desk.ask("pay")
    card = await asked(desk, ts)

    async with asyncio.timeout(15):
        assert await process.terminate() == 0

    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue("Later, then.")
    await press(desk, card, "deny")
    await answered(desk, ts, "Later, then.")
    assert paid(tmp_path) == ""


async def test_an_answer_after_a_decision_leaves_the_half_written_one_beside_it_alone(
    process, desk, functions, gate
):
    settings = functions()
    await process.start(**settings)
    await connected(desk.slack)
    desk.model.enqueue(calls=[("pay", {"amount": 1})])
    ts = await desk.ask("pay")
    card = await asked(desk, ts)
    desk.model.enqueue("one two three four", after=2, hold=gate)
    await desk.ask("count", thread_ts=ts)
    await desk.slack.wait(lambda _: any("one" in said for said in desk.said(ts)))
    await press(desk, card, "approve")
    await desk.slack.wait(lambda _: "Approved" in card_text(cards(desk, ts)[0]))
    await process.kill()
    desk.model.enqueue("It is paid.")
    desk.model.enqueue("one two three four")
    await process.start(**settings)

    await answered(desk, ts, "one two three four")

    assert {"It is paid.", "one two three four"} <= set(desk.said(ts))
