import asyncio
from dataclasses import replace
from typing import Any

import pytest

from functions import Context, File, FunctionError, Limit, Line, Registry, Result, function, testing
from functions._ledger import Effect, State


def pay(effect: Effect, runs: list[str]) -> Registry:
    @function(name="pay", effect=effect)
    async def call(amount: int, context: Context) -> str:
        runs.append(context.key)
        return f"paid {amount}"

    return Registry([call])


def line(effect: Effect, state: State, amount: int = 5) -> Line:
    context = testing.fake_context()
    arguments = f'{{"amount": {amount}}}'
    return Line(
        context.call_id, context.event, "pay", arguments, effect, context.key, "U0ANN", state,
        None if state == "started" else f"before: {state}",
    )  # fmt: skip


async def again(earlier: Line, effect: Effect) -> tuple[Result, list[str]]:
    runs: list[str] = []
    ledger = testing.FakeLedger({earlier.id: earlier})
    context = testing.fake_context(ledger=ledger)
    return await pay(effect, runs).call("pay", '{"amount": 5}', context), runs


async def test_a_call_is_written_down_before_it_runs_and_when_it_ended() -> None:
    ledger = testing.FakeLedger()
    states: list[str] = []

    @function(effect="idempotent")
    async def pay(amount: int, context: Context) -> str:
        states.append(ledger.lines[context.call_id].state)
        return f"paid {amount}"

    context = testing.fake_context(ledger=ledger)
    await testing.call(pay, {"amount": 5}, context)

    assert states == ["started"]
    [after] = ledger.lines.values()
    assert after == Line(
        "E1:0:0", "E1", "pay", '{"amount": 5}', "idempotent", context.key, "U0ANN", "done", "paid 5"
    )


@pytest.mark.parametrize("effect", ["read", "idempotent", "once"])
async def test_a_finished_call_gives_its_stored_result(effect: Effect) -> None:
    result, runs = await again(line(effect, "done"), effect)

    assert (result.text, result.ok, runs) == ("before: done", True, [])


@pytest.mark.parametrize("state", ["started", "unknown"])
async def test_a_once_call_that_had_begun_is_not_run_again(state: State) -> None:
    result, runs = await again(line("once", state), "once")

    assert runs == []
    assert not result.ok
    assert "unknown" in result.text


@pytest.mark.parametrize("effect", ["read", "idempotent"])
async def test_what_is_declared_otherwise_by_now_repeats_no_once_call(effect: Effect) -> None:
    result, runs = await again(line("once", "started"), effect)

    assert runs == []
    assert "unknown" in result.text


@pytest.mark.parametrize("effect", ["read", "idempotent"])
async def test_other_calls_that_had_begun_run_again_with_the_same_key(effect: Effect) -> None:
    earlier = line(effect, "started")

    result, runs = await again(earlier, effect)

    assert result.text == "paid 5"
    assert runs == [earlier.key]


@pytest.mark.parametrize("state", ["started", "done", "failed", "unknown"])
async def test_a_once_call_does_not_follow_one_that_was_put_otherwise(state: State) -> None:
    result, runs = await again(line("once", state, amount=6), "once")

    assert runs == []
    assert '{"amount": 6}' in result.text


async def test_an_idempotent_call_with_other_arguments_gets_another_key() -> None:
    earlier = line("idempotent", "done", amount=6)

    result, runs = await again(earlier, "idempotent")

    assert result.text == "paid 5"
    assert runs != [earlier.key]


def test_keys_are_stable_and_differ_between_calls() -> None:
    context = testing.fake_context()
    keys = {context.for_call("E", step, index).key for step in range(3) for index in range(3)}

    assert len(keys) == 9
    assert context.for_call("E", 1, 2).key == testing.fake_context().for_call("E", 1, 2).key


@pytest.mark.parametrize(
    ("error", "state"),
    [(FunctionError("no"), "failed"), (ValueError("no"), "failed"), (None, "unknown")],
)
async def test_failures_and_timeouts_are_recorded(error: Exception | None, state: str) -> None:
    ledger = testing.FakeLedger()

    @function(timeout=0.02)
    async def f() -> None:
        if error:
            raise error
        await asyncio.Event().wait()

    await testing.call(f, "", testing.fake_context(ledger=ledger))

    assert [one.state for one in ledger.lines.values()] == [state]


def deep_group() -> Exception:
    error: Exception = ValueError()
    for _ in range(3000):
        error = ExceptionGroup("more", [error])
    return error


async def test_errors_in_groups_however_deep_are_recorded() -> None:
    ledger = testing.FakeLedger()

    @function(effect="once")
    def pay() -> None:
        raise deep_group()

    result = await testing.call(pay, {}, testing.fake_context(ledger=ledger))

    assert "failed unexpectedly" in result.text
    assert "do not repeat it" in result.text
    assert [one.state for one in ledger.lines.values()] == ["failed"]


async def test_refused_calls_are_not_in_the_ledger() -> None:
    ledger = testing.FakeLedger()

    @function(who="admins")
    async def f(a: int) -> None: ...

    context = testing.fake_context(ledger=ledger)
    await testing.call(f, {"a": 1}, context)
    await testing.call(f, {"a": "x"}, replace(context, user=testing.ADMIN))

    assert ledger.lines == {}


async def test_without_its_line_a_call_does_not_run() -> None:
    class Broken(testing.FakeLedger):
        async def begin(self, line: Line) -> Any:
            raise OSError("disk full")

    runs: list[str] = []
    result = await pay("once", runs).call(
        "pay", '{"amount": 5}', testing.fake_context(ledger=Broken())
    )

    assert runs == []
    assert not result.ok
    assert "disk full" not in result.text


async def test_a_result_is_told_even_if_its_end_could_not_be_recorded() -> None:
    class Broken(testing.FakeLedger):
        async def end(self, *ended: Any) -> None:
            raise OSError("disk full")

    context = testing.fake_context(ledger=Broken())

    assert (await pay("once", []).call("pay", '{"amount": 5}', context)).text == "paid 5"


async def refused_after_restart(state: State, **rules: Any) -> Result:
    """Call what ran before the restart, and may not be called any more."""
    earlier = line("once", state)
    ledger = testing.FakeLedger({earlier.id: earlier})
    runs: list[int] = []

    @function(name="pay", effect="once", **rules)
    def call(amount: int) -> None:
        runs.append(amount)

    offered = Registry([call])
    if "limit" in rules:
        await offered.call("pay", '{"amount": 1}', testing.fake_context(call_id="E0:0:0"))
        runs.clear()
    result = await offered.call("pay", '{"amount": 5}', testing.fake_context(ledger=ledger))
    assert runs == []
    return result


@pytest.mark.parametrize(
    "rules", [{"who": "admins"}, {"approve": "always"}, {"limit": Limit(per_minute=1)}]
)
@pytest.mark.parametrize("state", ["started", "done", "failed", "unknown"])
async def test_what_ran_before_a_restart_is_told_although_it_may_not_run_now(
    state: State, rules: dict[str, Any]
) -> None:
    result = await refused_after_restart(state, **rules)

    assert result.ok == (state == "done")
    assert ("is unknown" if state == "started" else f"before: {state}") in result.text


@pytest.mark.parametrize(("name", "text"), [("gone", "{}"), ("pay", '{"amount": "much"}')])
async def test_what_ran_before_a_restart_is_told_although_it_is_gone_or_takes_others(
    name: str, text: str
) -> None:
    earlier = replace(line("once", "done"), name=name)
    context = testing.fake_context(ledger=testing.FakeLedger({earlier.id: earlier}))

    assert (await pay("once", []).call(name, text, context)).text == "before: done"


async def test_the_files_of_a_call_are_kept_and_come_again_after_a_restart() -> None:
    @function(effect="once")
    def draw() -> Any:
        return File("a.png", b"png")

    context = testing.fake_context(ledger=testing.FakeLedger())
    first, again = [await testing.call(draw, "", context) for _ in range(2)]

    assert first.files == again.files == (File("a.png", b"png", "image/png"),)
