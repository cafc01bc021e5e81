"""When a failed request is worth another try, and how long to wait for it."""

from email.utils import formatdate

import pytest

from bot.openai import errors
from bot.openai.wire.retry import RetryPolicy, failure_of, may_have_worked, retry_delay

NOW = 1_790_000_000.0


def delay(
    error: errors.OpenAIError, attempt: int = 1, random: float = 0.0, **policy: float
) -> float | None:
    return retry_delay(
        RetryPolicy(**policy),
        error,
        attempt,
        random=lambda: random,
        now=lambda: NOW,
    )


def limited(code: str | None = "rate_limit_exceeded", **headers: str) -> errors.RateLimitError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return errors.RateLimitError("slow", code=code, status=429, headers=named)


def failed(status: int, code: str | None = None) -> errors.InternalServerError:
    return errors.InternalServerError("oops", status=status, code=code)


def unreached(reason: str) -> errors.APIConnectionError:
    return errors.APIConnectionError("gone", host="h", reason=reason)


def late(phase: errors.Phase) -> errors.APITimeoutError:
    return errors.APITimeoutError("late", host="h", phase=phase, seconds=1.0)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_passing_statuses_are_tried_again(status: int) -> None:
    assert delay(errors.APIStatusError("x", status=status)) == 0.5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422, 501])
def test_lasting_statuses_are_not(status: int) -> None:
    assert delay(errors.APIStatusError("x", status=status)) is None


@pytest.mark.parametrize(
    "error",
    [
        errors.InsufficientQuotaError("x", status=429, headers={"retry-after": "1"}),
        errors.ContextLengthError("x", status=500),
        errors.ToolsNotSupportedError("x", status=500),
        errors.CircuitOpenError("x", host="h", retry_after=1.0),
        errors.StreamError("x", cause=failed(500)),
        errors.APIResponseValidationError("html", status=200),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_waiting_does_not_mend_is_given_up(error: errors.OpenAIError) -> None:
    assert delay(error) is None


def broken(cause: errors.OpenAIError) -> errors.StreamError:
    error = errors.StreamError("x", cause=cause)
    error.__cause__ = cause
    return error


def test_what_would_break_the_next_stream_off_is_told_and_all_else_is_a_broken_stream() -> None:
    spent = errors.InsufficientQuotaError("x", status=429)
    late = errors.APITimeoutError("x", host="h", phase="total", seconds=1)
    assert [failure_of(broken(cause)) for cause in (spent, late)] == [spent, late]

    silent = broken(errors.APITimeoutError("x", host="h", phase="idle", seconds=1))
    overloaded = broken(failed(503))
    assert [failure_of(one) for one in (silent, overloaded)] == [silent, overloaded]


def test_call_that_the_model_has_written_badly_is_asked_for_again() -> None:
    assert delay(errors.BadRequestError("x", status=400, code="tool_use_failed")) == 0.5


def test_waits_double_up_to_a_bound_and_jitter_shortens_them() -> None:
    waits = [delay(failed(500), n, attempts=9) for n in range(1, 7)]

    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert delay(failed(500), random=1.0) == 0.375


def test_attempts_are_bounded() -> None:
    assert [delay(failed(500), n) is None for n in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize("code", ["slow_down", "server_is_overloaded"])
def test_overloaded_servers_get_more_time(code: str) -> None:
    assert delay(failed(503, code)) == 2.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": formatdate(NOW + 20, usegmt=True)}, 20.0),
        ({"retry_after": formatdate(NOW - 20, usegmt=True)}, 0.0),
        ({"retry_after": formatdate(NOW + 20)[:-6]}, 20.0),
        ({"retry_after": "soon"}, 0.5),
        ({"retry_after": "Mon, 01 Jan 2024 00:00:00 +99999999999999"}, 0.5),
        ({"retry_after": "-3"}, 0.5),
        ({"retry_after": "nan"}, 0.5),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "9" * 400}, None),
        ({"retry_after": "3600"}, None),
    ],
)
def test_the_server_says_when(headers: dict[str, str], seconds: float | None) -> None:
    assert delay(limited(**headers)) == seconds


@pytest.mark.parametrize(("told", "again"), [("true", True), ("false", False), ("maybe", True)])
def test_the_server_says_whether(told: str, again: bool) -> None:
    assert (delay(limited(x_should_retry=told)) is not None) is again


@pytest.mark.parametrize("reason", ["refused", "dns", "connect"])
def test_an_unreached_host_is_tried_again(reason: str) -> None:
    assert delay(unreached(reason)) == 0.5


@pytest.mark.parametrize("reason", ["tls", "proxy"])
def test_a_wrongly_set_up_connection_is_not(reason: str) -> None:
    assert delay(unreached(reason)) is None


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (late("connect"), False),
        (late("first_byte"), True),
        (unreached("refused"), False),
        (unreached("disconnected"), True),
        (failed(503), False),
        (failed(500), True),
        (errors.APIResponseValidationError("html", status=200), True),
    ],
)
def test_what_may_have_worked_is_told(error: errors.OpenAIError, may: bool) -> None:
    assert may_have_worked(error) is may


def test_a_stale_connection_is_replaced_at_once() -> None:
    assert [delay(unreached("disconnected"), n) for n in (1, 2)] == [0.0, 1.0]


def test_slow_servers_are_asked_anew_once_at_most() -> None:
    assert [delay(late("connect"), n) for n in (1, 2)] == [0.5, 1.0]
    assert [delay(late("first_byte"), n) for n in (1, 2)] == [0.5, None]
    assert delay(late("total")) is None


def test_an_incomplete_answer_is_worth_another_try() -> None:
    assert delay(errors.IncompleteAnswerError("x", host="h")) == 0.5
