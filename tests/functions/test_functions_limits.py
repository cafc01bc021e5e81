"""Limits of calls: by minute, at once, alone, and how often the same failure is met."""

import asyncio
import contextlib
import json
import threading
from typing import Any

import pytest

from functions import FunctionError, Limit, function, testing
from functions._errors import Refused
from functions._gate import SHARE, Gate
from tests.functions.conftest import registry


async def test_a_call_that_fails_again_and_again_is_stopped() -> None:
    runs: list[str] = []

    def fail(city: str) -> None:
        runs.append(city)
        raise FunctionError("no")

    one = registry(fail)
    context = testing.fake_context()
    for _ in range(4):
        last = await one.call("fail", '{"city": "a"}', context)
    await one.call("fail", '{"city": "b"}', context)
    await one.call("fail", '{"city": "a"}', testing.fake_context(event="E2"))

    assert runs == ["a", "a", "b", "a"]
    assert "has failed 2 times" in last.text


async def test_a_call_that_succeeds_may_be_made_again_and_again() -> None:
    def look() -> str:
        return "ok"

    one, context = registry(look), testing.fake_context()

    assert [(await one.call("look", "", context)).text for _ in range(4)] == ["ok"] * 4


async def test_a_call_that_fails_otherwise_each_time_may_go_on() -> None:
    shares = iter(range(10, 100, 10))

    def ready() -> None:
        raise FunctionError(f"Not yet: {next(shares)} percent.")

    one, context = registry(ready), testing.fake_context()
    notes = [(await one.call("ready", "", context)).note for _ in range(5)]

    assert notes == ["failed"] * 5


async def test_a_call_that_crashes_each_time_is_stopped() -> None:
    def crash() -> None:
        raise ValueError

    one, context = registry(crash), testing.fake_context()
    notes = [(await one.call("crash", "", context)).note for _ in range(3)]

    assert notes[-1] == "given up after the same failure"


async def test_the_same_arguments_written_otherwise_are_the_same_call() -> None:
    @function(effect="read")
    def look(a: int, b: int) -> None:
        raise FunctionError("There is nothing.")

    offered, context = registry(look), testing.fake_context()
    texts = ('{"a":1,"b":2}', '{"b": 2, "a": 1}', '{"a": 1,\n"b": 2}', '{"a":1,"b":3}')
    notes = [(await offered.call("look", text, context)).note for text in texts]

    assert notes == ["failed", "failed", "given up after the same failure", "failed"]


async def test_a_call_that_came_too_soon_has_not_failed() -> None:
    now = [0.0]

    @function(limit=Limit(per_minute=1))
    def look() -> str:
        return "seen"

    offered, context = registry(look, clock=lambda: now[0]), testing.fake_context()
    notes = [(await offered.call("look", "", context)).note for _ in range(3)]
    now[0] = 500

    assert notes == ["", "too many calls", "too many calls"]
    assert (await offered.call("look", "", context)).ok


async def test_who_was_denied_twice_is_not_asked_again() -> None:
    @function(approve="always")
    def pay() -> str:
        return "paid"

    approval = testing.Approves("pay was not run: denied.")
    offered, context = registry(pay), testing.fake_context(approval=approval)
    notes = [(await offered.call("pay", "", context)).note for _ in range(3)]

    assert notes == ["not approved", "not approved", "given up after the same failure"]
    assert await offered.approval_request("pay", "", context) is None


@pytest.mark.parametrize("function_name", ["look", "await_it"])
async def test_a_call_that_gets_no_thread_keeps_no_place(
    monkeypatch: pytest.MonkeyPatch, function_name: str
) -> None:
    def look() -> str:
        return "seen"

    async def await_it() -> str:
        return "seen"

    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    offered = registry(look, await_it, threads=1)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        called = await offered.call(function_name, "", testing.fake_context())

    assert called.ok == (function_name == "await_it")
    assert (await offered.call("look", "", testing.fake_context(event="E2"))).ok
    assert (await offered.call("await_it", "", testing.fake_context(event="E2"))).ok


@pytest.mark.parametrize("text", ["{", 5, b"\xff", "[" * 20_000, "x" * 100_000])
async def test_broken_arguments_are_given_up_too(text: Any) -> None:
    offered, context = registry(function(name="look")(lambda: 1)), testing.fake_context()

    notes = [(await offered.call("look", text, context)).note for _ in range(3)]

    assert notes == ["wrong arguments", "wrong arguments", "given up after the same failure"]


async def test_a_function_that_hangs_leaves_threads_to_the_others() -> None:
    release = threading.Event()

    @function(effect="read", timeout=0.3)
    def stuck(number: int) -> None:
        release.wait()

    def quick() -> str:
        return "fine"

    both, context = registry(stuck, quick), testing.fake_context()
    hanging = [both.call("stuck", f'{{"number": {n}}}', context) for n in range(60)]
    *stopped, unharmed = await asyncio.gather(*hanging, both.call("quick", "", context))
    release.set()

    assert unharmed.text == "fine"
    assert {result.note for result in stopped} == {"timed out", "too many calls"}


async def test_many_functions_that_hang_leave_threads_to_the_others() -> None:
    release = threading.Event()
    stuck = [
        function(lambda: release.wait(10), name=f"stuck{n}", effect="read", timeout=0.2)
        for n in range(3)
    ]
    offered = registry(*stuck, function(lambda: "fine", name="quick"), threads=4)
    calls = [
        offered.call(one.rules.name, "", testing.fake_context(call_id=f"E1:{n}:0"))
        for one in stuck
        for n in range(4)
    ]
    await asyncio.gather(*calls)

    assert (await offered.call("quick", "", testing.fake_context())).text == "fine"
    release.set()


async def test_what_is_async_needs_no_thread_and_has_no_share_of_them() -> None:
    inside, all_inside = [], asyncio.Event()

    async def meet() -> None:
        inside.append(1)
        if len(inside) == SHARE + 1:
            all_inside.set()
        await all_inside.wait()

    one = registry(meet)
    calls = (one.call("meet", "", testing.fake_context(event=f"E{n}")) for n in range(SHARE + 1))
    async with asyncio.timeout(5):
        results = await asyncio.gather(*calls)

    assert all(result.ok for result in results)


async def test_calls_per_minute_are_limited() -> None:
    now = [0.0]

    @function(limit=Limit(per_minute=2))
    def ping() -> str:
        return "pong"

    one = registry(ping, clock=lambda: now[0])
    context = testing.fake_context()
    results = [await one.call("ping", "", context) for _ in range(3)]
    now[0] = 60.0
    later = await one.call("ping", "", context)

    assert [result.ok for result in results] == [True, True, False]
    assert "again in 60 seconds" in results[2].text
    assert later.ok


async def test_calls_at_once_are_limited() -> None:
    inside, most = [0], [0]

    @function(limit=Limit(at_once=2))
    async def busy() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        await asyncio.sleep(0)
        inside[0] -= 1

    one = registry(busy)
    context = testing.fake_context()
    results = await asyncio.gather(*(one.call("busy", "", context) for _ in range(9)))

    assert most == [2]
    assert all(result.ok for result in results)


async def test_a_call_that_waits_too_long_for_its_place_is_told() -> None:
    release = asyncio.Event()

    @function(limit=Limit(at_once=1), timeout=0.05)
    async def hold() -> None:
        await release.wait()

    one = registry(hold)
    context = testing.fake_context()
    async with asyncio.timeout(30):
        results = await asyncio.gather(*(one.call("hold", "", context) for _ in range(2)))

    assert {result.note for result in results} <= {"timed out", "too many calls"}


@pytest.mark.parametrize("is_async", [False, True])
async def test_calls_left_behind_count_to_those_that_may_run_at_once(is_async: bool) -> None:
    release, runs = threading.Event(), [0]

    def hold() -> None:
        runs[0] += 1
        release.wait(30)

    async def hold_on() -> None:
        runs[0] += 1
        while not release.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0)

    held = function(name="hold", limit=Limit(at_once=2), timeout=0.2)(hold_on if is_async else hold)
    one = registry(held)
    calls = (one.call("hold", "", testing.fake_context()) for _ in range(5))
    notes = [result.note for result in await asyncio.gather(*calls)]
    most = runs[0]
    release.set()
    while not (last := await one.call("hold", "", testing.fake_context(event="E2"))).ok:
        await asyncio.sleep(0)

    assert sorted(notes) == ["timed out", "timed out", *["too many calls"] * 3]
    assert most == 2
    assert last.ok


async def test_a_function_that_is_not_parallel_runs_alone_in_its_conversation() -> None:
    order: list[str] = []

    async def step(name: str) -> None:
        order.append(f"{name} in")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        order.append(f"{name} out")

    both = registry(function(name="together")(step), function(name="alone", parallel=False)(step))
    context = testing.fake_context()
    calls = [("together", "a"), ("together", "b"), ("alone", "c"), ("together", "d")]
    await asyncio.gather(
        *(both.call(name, json.dumps({"name": said}), context) for name, said in calls)
    )

    assert order[:2] == ["a in", "b in"]
    assert order[4:] == ["c in", "c out", "d in", "d out"]


async def test_another_conversation_does_not_wait() -> None:
    release = asyncio.Event()

    @function(parallel=False)
    async def hold(wait: bool) -> str:
        if wait:
            await release.wait()
        return "done"

    one = registry(hold)
    first = asyncio.create_task(one.call("hold", '{"wait": true}', testing.fake_context()))
    await asyncio.sleep(0)
    other = await one.call("hold", '{"wait": false}', testing.fake_context(thread="2.0"))
    release.set()

    assert other.ok
    assert (await first).ok


@pytest.mark.parametrize("number", [0, "5", 1.5])
def test_limits_that_let_nothing_through_or_are_none_are_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="a whole number of at least 1"):
        Limit(per_minute=number)


async def test_a_limit_that_has_changed_counts_at_once() -> None:
    gate = Gate()

    async with gate.limited("f", Limit(at_once=1), 0.01):
        with pytest.raises(Refused):
            await gate.limited("f", Limit(at_once=1), 0.01).__aenter__()
        await gate.limited("f", Limit(at_once=2), 0.01).__aenter__()


async def test_a_call_that_waits_for_a_thread_in_vain_has_not_begun() -> None:
    release, ledger = threading.Event(), testing.FakeLedger()
    long = function(name="long", timeout=20)(lambda: release.wait(20))
    short = function(name="short", timeout=0.05)(lambda: "done")
    both = registry(long, short, threads=1)
    at_work = asyncio.create_task(both.call("long", "", testing.fake_context()))

    while not (late := await both.call("short", "", testing.fake_context(ledger=ledger))).note:
        ledger.lines.clear()
    release.set()
    await at_work

    assert (late.note, ledger.lines) == ("too many calls", {})


async def test_a_call_that_waited_for_a_thread_has_all_of_its_time() -> None:
    release = threading.Event()

    def work(hold: bool) -> str:
        if hold:
            release.wait(5)
        else:
            threading.Event().wait(0.4)
        return "done"

    one = registry(function(work, timeout=0.6), threads=1)
    calls = [
        one.call("work", json.dumps({"hold": hold}), testing.fake_context(call_id=f"E1:0:{hold}"))
        for hold in (True, False)
    ]
    asyncio.get_running_loop().call_later(0.4, release.set)
    results = await asyncio.gather(*calls)

    assert [result.text for result in results] == ["done", "done"]
