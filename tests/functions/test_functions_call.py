import asyncio
import contextvars
import datetime
import json
import logging
import threading
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BeforeValidator

from functions import Context, FunctionError, Registry, Result, RetryCall, function, testing
from tests.functions.conftest import registry

SECRET = "postgres://admin:hunter2@db"
NAME: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="")


async def test_unknown_names_never_run_and_the_nearest_is_named() -> None:
    async def send_mail() -> None: ...

    result = await registry(send_mail).call("send_mial", "{}", testing.fake_context())

    assert not result.ok
    assert "Did you mean send_mail?" in result.text


@pytest.mark.parametrize(
    "name", ["", "os.system", "__init__", "call", "\ud800", "x" * 100_000, "a\nb", None, ["a"]]
)
async def test_names_that_a_model_makes_up_are_answered_briefly(name: Any) -> None:
    def lone() -> None: ...

    result = await registry(lone).call(name, "{}", testing.fake_context())

    assert not result.ok
    assert len(result.text.encode()) < 500


async def raised(error: BaseException, *, sync: bool) -> Result:
    def plain() -> None:
        raise error

    async def coroutine() -> None:
        raise error

    return await testing.call(function(name="f")(plain if sync else coroutine))


@pytest.mark.parametrize("sync", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        SystemExit(SECRET),
        KeyboardInterrupt(SECRET),
        GeneratorExit(SECRET),
        asyncio.CancelledError(SECRET),
        StopIteration(SECRET),
        RecursionError(SECRET),
        TimeoutError(SECRET),
        BaseExceptionGroup(SECRET, [KeyboardInterrupt()]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_unforeseen_errors_are_told_as_a_reference_only(
    error: BaseException, sync: bool, caplog: pytest.LogCaptureFixture
) -> None:
    result = await raised(error, sync=sync)

    assert not result.ok
    assert SECRET not in result.text + result.note
    [record] = [one for one in caplog.records if one.message == "function_failed"]
    assert record.reference in result.text
    assert record.exc_info


@pytest.mark.parametrize("sync", [True, False])
async def test_deliberate_errors_are_told_to_the_model(sync: bool) -> None:
    failed = await raised(FunctionError("the printer is out of paper"), sync=sync)
    again = await raised(RetryCall("give a city"), sync=sync)

    assert failed.text == "f failed: the printer is out of paper"
    assert again.text == "f asks for better arguments: give a city"
    assert not failed.ok
    assert not again.ok


async def test_errors_that_cannot_speak_are_no_trouble() -> None:
    class MuteError(FunctionError):
        def __str__(self) -> str:
            raise ValueError(SECRET)

    assert "no reason" in (await raised(MuteError(), sync=True)).text
    assert len((await raised(FunctionError("\ud800" * 99_999), sync=True)).text) < 5000


async def test_siblings_are_unharmed_by_a_crash() -> None:
    started = asyncio.Event()

    async def crash() -> None:
        started.set()
        raise SystemExit

    async def live() -> str:
        await started.wait()
        await asyncio.sleep(0)
        return "alive"

    both = registry(crash, live)
    context = testing.fake_context()
    results = await asyncio.gather(both.call("live", "", context), both.call("crash", "", context))

    assert [result.ok for result in results] == [True, False]


async def test_a_sync_function_that_never_ends_is_answered_on_time() -> None:
    release = threading.Event()

    @function(timeout=0.05)
    def stuck() -> None:
        release.wait()

    clock = asyncio.get_running_loop().time
    started = clock()
    result = await testing.call(stuck)
    taken = clock() - started
    release.set()

    assert "did not answer within 0.05 seconds" in result.text
    assert result.note == "timed out"
    assert taken < 1


async def test_a_coroutine_that_ignores_cancellation_is_answered_on_time() -> None:
    release = asyncio.Event()

    @function(timeout=0.05)
    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    clock = asyncio.get_running_loop().time
    started = clock()
    result = await testing.call(stubborn)
    taken = clock() - started
    release.set()
    await asyncio.sleep(0)

    assert not result.ok
    assert taken < 1


async def test_functions_with_abandoned_calls_are_not_started_again() -> None:
    release = threading.Event()
    starts: list[int] = []

    @function(timeout=0.02)
    def stuck(number: int) -> None:
        starts.append(number)
        release.wait()

    def other() -> str:
        return "fine"

    both = registry(stuck, other)
    context = testing.fake_context()
    results = [await both.call("stuck", f'{{"number": {n}}}', context) for n in range(6)]
    unharmed = await both.call("other", "", context)
    release.set()

    assert starts == [0, 1, 2, 3]
    assert [result.note for result in results] == ["timed out"] * 4 + ["busy"] * 2
    assert unharmed.ok


async def test_threads_are_bounded() -> None:
    inside: list[int] = []
    most: list[int] = []
    both = threading.Barrier(2)

    def slow(number: int) -> None:
        inside.append(number)
        most.append(len(inside))
        both.wait()
        inside.remove(number)

    two = registry(slow, threads=2)
    context = testing.fake_context()
    await asyncio.gather(*(two.call("slow", f'{{"number": {n}}}', context) for n in range(6)))

    assert max(most) == 2


async def test_cancelling_a_call_cancels_the_function_and_raises() -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    task = asyncio.create_task(registry(wait).call("wait", "", testing.fake_context()))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(cancelled.wait(), 30)


async def test_context_variables_reach_threads() -> None:
    NAME.set("Ann")

    def who() -> str:
        return NAME.get()

    assert (await testing.call(function(who))).text == "Ann"


async def test_a_plain_def_may_return_something_to_await() -> None:
    async def later() -> str:
        return "later"

    def now() -> Any:
        return later()

    assert (await testing.call(function(now))).text == "later"


async def test_progress_is_shown_as_one_line_and_its_failure_does_no_harm() -> None:
    progress = testing.Progress()

    async def broken(text: str) -> None:
        raise OSError

    @function
    async def work(context: Context) -> str:
        await context.progress("half\n done" + "x" * 1000)
        return "done"

    assert (await testing.call(work, "", testing.fake_context(report=progress))).ok
    assert (await testing.call(work, "", testing.fake_context(report=broken))).ok
    assert progress.texts[0].startswith("half done")
    assert len(progress.texts[0]) == 200


async def test_secrets_are_asked_for_by_name() -> None:
    @function
    async def key(context: Context) -> int:
        return len(context.secret("WEATHER_KEY"))

    known = await testing.call(key, "", testing.fake_context(secrets={"WEATHER_KEY": "abc"}))
    unknown = await testing.call(key)

    assert known.text == "3"
    assert "WEATHER_KEY is not set; an admin has to add FUNCTION_SECRET_WEATHER_KEY" in unknown.text


async def test_what_is_logged_holds_no_arguments(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(text: str) -> str:
        return text

    await testing.call(function(echo), {"text": SECRET})

    assert [record.message for record in caplog.records] == ["function_called"]
    assert SECRET not in str(vars(caplog.records[0]))


@given(
    text=st.one_of(
        st.none(),
        st.text(),
        st.binary(),
        st.dictionaries(
            st.sampled_from(["number", "word", "other"]),
            st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
        ).map(json.dumps),
    )
)
async def test_whatever_comes_as_arguments_nothing_invalid_runs(text: str | bytes | None) -> None:
    runs: list[Any] = []

    @function
    async def take(number: int, word: str = "") -> str:
        runs.append((number, word))
        return "taken"

    result = await registry(take).call("take", text, testing.fake_context())

    assert result.ok == bool(runs)
    assert len(result.text.encode()) <= 4096
    for number, word in runs:
        assert type(number) is int
        assert type(word) is str


@given(st.text(min_size=12, alphabet=st.characters(codec="utf-8")))
async def test_faults_do_not_repeat_what_was_sent(text: str) -> None:
    @function
    async def take(number: int, choice: Literal["a", "b"], day: datetime.date) -> None: ...

    said = {"number": text, "choice": text, "day": text}
    result = await testing.call(take, said)

    assert not result.ok
    assert text not in result.text


async def test_faults_are_told_all_at_once_and_bounded() -> None:
    @function
    async def take(numbers: list[int]) -> None: ...

    many = {"numbers": ["x"] * 5000, **{f"key{n}": 1 for n in range(500)}}
    result = await testing.call(take, many)

    assert "numbers[3]: should be a valid integer (got string)" in result.text
    lines = result.text.splitlines()
    assert lines[-1] == f"- and {300 - (len(lines) - 2)} more"
    assert len(result.text.encode()) <= 4096


async def test_an_error_that_wants_to_end_the_process_when_it_speaks_is_told() -> None:
    class Rude(FunctionError):
        def __str__(self) -> str:
            raise SystemExit(3)

    @function
    def leave() -> None:
        raise Rude

    assert (await testing.call(leave, {})).text == "leave failed: it gave no reason."


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([FunctionError("no ink"), FunctionError("no paper")], "both failed: no ink\nno paper"),
        ([RetryCall("Which city?")], "both asks for better arguments: Which city?"),
        ([FunctionError("No ink."), ValueError("hunter2")], "both failed unexpectedly"),
    ],
)
async def test_errors_of_a_task_group_are_told_as_if_they_were_raised(
    errors: list[Exception], told: str
) -> None:
    @function(effect="read")
    async def both() -> None:
        raise ExceptionGroup("unhandled errors in a TaskGroup", errors)

    text = (await testing.call(both, {})).text

    assert text.startswith(told)
    assert "hunter2" not in text


def leave(_: Any) -> Any:
    raise SystemExit(3)


async def test_validators_and_predicates_cannot_end_the_process() -> None:
    @function
    def checked(a: Annotated[int, BeforeValidator(leave)]) -> None: ...

    @function(approve=leave)
    def asked() -> None: ...

    context = testing.fake_context(approval=None)

    assert "failed unexpectedly" in (await testing.call(checked, {"a": 1})).text
    assert await Registry([checked]).approval_request("checked", '{"a": 1}', context) is None
    assert "must be approved" in (await testing.call(asked, {}, context)).text
