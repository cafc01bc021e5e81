"""Coroutine functions that do not give way: their time limit holds all the same."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from types import FunctionType
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from functions import Context, Registry, function, testing
from functions._calling.guard import Guard


async def sleeps() -> None:
    time.sleep(30)


async def computes() -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            sum(range(1000))
        except Exception:
            return


async def lets_another_sleep() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(sleeps())


async def gives_what_takes_long() -> Any:
    return (time.sleep(0.1) for _ in range(300))


async def gives_one_by_one() -> AsyncIterator[None]:
    for _ in range(300):
        yield time.sleep(0.1)


STUBBORN = [sleeps, computes, lets_another_sleep, gives_what_takes_long, gives_one_by_one]


@pytest.mark.parametrize("stubborn", STUBBORN)
async def test_a_function_that_holds_up_the_loop_is_ended_in_time(stubborn: Any) -> None:
    offered = Registry(
        [function(stubborn, name="stubborn", timeout=0.1), function(name="quick")(lambda: 1)]
    )
    began = time.monotonic()
    late, quick = await asyncio.gather(
        offered.call("stubborn", "", testing.fake_context()),
        offered.call("quick", "", testing.fake_context(call_id="E1:0:1")),
    )

    assert (late.note, quick.ok) == ("timed out", True)
    assert time.monotonic() - began < 15
    assert (await offered.call("quick", "", testing.fake_context(call_id="E1:1:0"))).ok


async def test_so_is_one_that_tidies_up_without_end_when_its_time_is_over() -> None:
    async def tidies_up() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            time.sleep(30)

    began = time.monotonic()
    result = await testing.call(function(timeout=0.1)(tidies_up))
    await asyncio.sleep(0.01)

    assert result.note == "timed out"
    assert time.monotonic() - began < 15


async def test_so_is_what_checks_arguments_or_judges_of_approval() -> None:
    def waits(value: Any) -> Any:
        if value != 1:  # which is looked at when the function is declared
            time.sleep(30)
        return value

    def pay(amount: Annotated[int, AfterValidator(waits)] = 1) -> None: ...

    offered = Registry([function(pay, timeout=0.1, approve=waits)])
    began = time.monotonic()
    checked = await offered.call("pay", '{"amount": 2}', testing.fake_context())
    judged = await offered.call("pay", "", testing.fake_context(call_id="E1:0:1"))

    assert (checked.note, judged.note) == ("timed out", "not approved")
    assert time.monotonic() - began < 15


async def test_our_own_code_is_never_interrupted() -> None:
    async def slow(text: str) -> None:
        time.sleep(0.4)

    report = FunctionType(slow.__code__, {"__name__": "storage.slow", "time": time})

    @function(timeout=0.1)
    async def tell(context: Context) -> str:
        await context.progress("so far")
        return "told"

    assert (await testing.call(tell, "", testing.fake_context(report=report))).text == "told"


async def test_nothing_watches_when_no_call_is_left() -> None:
    guard, before = Guard(), set(threading.enumerate())

    with guard.watching(time.monotonic() + 0.05):
        (watcher,) = set(threading.enumerate()) - before
    await asyncio.to_thread(watcher.join, 5)

    assert not watcher.is_alive()


async def test_in_another_thread_functions_are_trusted() -> None:
    offered = Registry([function(sleeps, timeout=5, name="sleeps"), function(name="f")(lambda: 1)])

    result = await asyncio.to_thread(
        lambda: asyncio.run(offered.call("f", "", testing.fake_context()))
    )

    assert result.ok


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
async def test_a_task_of_a_function_cannot_end_the_process(end: type[BaseException]) -> None:
    async def leave() -> None:
        raise end

    @function
    async def both() -> str:
        found = await asyncio.gather(leave(), asyncio.sleep(0), return_exceptions=True)
        return str([type(one).__name__ for one in found])

    assert (await testing.call(both, {})).text == "['Ended', 'NoneType']"
