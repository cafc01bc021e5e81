"""More functions than a request may carry: the likely ones are offered, the rest are searched."""

from pathlib import Path

import pytest_asyncio

from tests.scenarios.conftest import Desk

BEAST = '''
@function(effect="read")
def feed_{number}(beast: str) -> str:
    """Feed a beast of the zoo."""
    return "fed"
'''
WIRE = '''
@function(effect="read")
def wire_money(amount: int) -> str:
    """Transfer a sum to a bank account."""
    return f"{amount} sent"
'''


@pytest_asyncio.fixture
async def zoo(stage: Desk, tmp_path: Path) -> Desk:
    folder = tmp_path / "functions"
    folder.mkdir()
    beasts = "".join(BEAST.format(number=number) for number in range(140))
    (folder / "zoo.py").write_text(f"from functions import function\n{beasts}{WIRE}")
    await stage.start(FUNCTIONS=str(folder))
    return stage


def offered(desk: Desk, request: int) -> list[str]:
    body = desk.model.requests[request].json
    assert body is not None
    return [tool["function"]["name"] for tool in body["tools"]]


async def test_a_function_that_was_found_is_offered_in_the_next_request_of_the_turn(zoo):
    zoo.model.enqueue(calls=[("find_functions", {"about": "transferring money"})])
    zoo.model.enqueue(calls=[("wire_money", {"amount": 5})])
    zoo.model.enqueue("Five are on their way.")

    assert await zoo.answer("feed the beasts of the zoo") == "Five are on their way."

    assert "wire_money" not in offered(zoo, 0)
    assert "wire_money" in offered(zoo, 1)
    assert [len(offered(zoo, request)) for request in range(3)] == [128, 128, 128]
    assert zoo.asked()[2][-1]["content"] == "5 sent"


async def test_functions_leave_room_for_what_was_said(zoo):
    await zoo.leave()
    await zoo.start(CHAT_CONTEXT_TOKENS="8000")
    zoo.model.enqueue("Long.")
    question = f"wire money: {'word ' * 900}the end"

    await zoo.answer(question)

    assert zoo.asked()[0][-1]["content"].endswith("the end")
    assert zoo.asked()[0][-1]["content"].count("word") == 900
    assert {"wire_money", "find_functions"} < set(offered(zoo, 0))
    assert len(offered(zoo, 0)) < 128


async def test_a_function_called_before_in_the_thread_is_offered_again(zoo):
    zoo.model.enqueue(calls=[("wire_money", {"amount": 5})])
    zoo.model.enqueue("Done.")
    ts = await zoo.ask("send five to the bank")
    await zoo.answered(ts)
    zoo.model.enqueue("Again.")

    await zoo.ask("once more, then feed the beasts of the zoo", thread_ts=ts)
    await zoo.answered(ts, 2)

    assert "wire_money" in offered(zoo, 2)


async def test_the_function_that_each_turn_must_call_is_always_offered(zoo):
    await zoo.leave()
    await zoo.start(CHAT_TOOL_CHOICE="wire_money")
    zoo.model.enqueue(calls=[("wire_money", {"amount": 5})])
    zoo.model.enqueue("Sent.")

    assert await zoo.answer("feed the beasts of the zoo") == "Sent."

    assert zoo.model.requests[0].json["tool_choice"]["function"]["name"] == "wire_money"
