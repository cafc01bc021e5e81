"""When to try again, and after how long. Pure: the error comes in, seconds or None go out.

The server's `code` decides before its status does, since OpenAI's 429 means both "wait a second"
and "your credit is spent". What the server asks for (`retry-after-ms`, `retry-after`,
`x-should-retry`) is obeyed up to a bound; above it the caller is better told at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from bot.openai.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    CircuitOpenError,
    InsufficientQuotaError,
    OpenAIError,
    StreamError,
)

SLOW_CODES = frozenset({"slow_down", "server_is_overloaded", "engine_overloaded", "overloaded"})
CHANCE_CODES = frozenset({"tool_use_failed"})  # Groq: the model has written a call badly
RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently to try; all times in seconds."""

    attempts: int = 3
    first_delay: float = 0.5
    longest_delay: float = 8.0
    slower: float = 4.0
    longest_wait: float = 60.0
    jitter: float = 0.25


def retry_delay(
    policy: RetryPolicy,
    error: OpenAIError,
    attempt: int,
    *,
    random: Callable[[], float],
    now: Callable[[], float],
) -> float | None:
    """Return how long to wait after the failed `attempt` (from 1), or None to give up."""
    if attempt >= policy.attempts or not is_passing(error, attempt):
        return None
    asked = retry_after(error.headers, now)
    if asked is not None:
        return asked if asked <= policy.longest_wait else None
    if isinstance(error, APIConnectionError) and error.reason == "disconnected" and attempt == 1:
        return 0.0  # an idle connection that the server had closed: a new one will do
    factor = policy.slower if error.code in SLOW_CODES else 1.0
    delay = min(policy.first_delay * 2.0 ** (attempt - 1), policy.longest_delay) * factor
    return delay * (1.0 - policy.jitter * random())


def is_passing(error: OpenAIError, attempt: int = 1) -> bool:
    """Tell whether the same request may succeed a little later."""
    if error.code in CHANCE_CODES:
        return True
    if isinstance(error, InsufficientQuotaError | BadRequestError | CircuitOpenError | StreamError):
        return False
    if isinstance(error, APITimeoutError):
        # A server that is slow to answer is working on the request: asking anew doubles its load.
        return error.phase == "connect" or (error.phase != "total" and attempt == 1)
    if isinstance(error, APIConnectionError):
        return error.reason not in ("tls", "proxy")
    told = error.headers.get("x-should-retry", "").lower()
    return told == "true" if told in ("true", "false") else error.status in RETRIED_STATUS


def failure_of(error: BaseException) -> BaseException:
    """Return what has broken a stream off, if that would break the next one off; else the error."""
    cause = error.__cause__ if isinstance(error, StreamError) else None
    lasts = isinstance(cause, APIStatusError | APITimeoutError) and not is_passing(cause)
    return cause if cause and lasts else error


def may_have_worked(error: OpenAIError) -> bool:
    """Tell whether the server may have done what it was asked in spite of this failure."""
    if isinstance(error, APITimeoutError):
        return error.phase != "connect"
    if isinstance(error, APIConnectionError):
        return error.reason in ("disconnected", "incomplete", "protocol")
    if isinstance(error, APIStatusError):
        return (error.status or 500) in (408, 500, 502, 504, 520, 522, 524)
    return True  # an answer that cannot be read


def retry_after(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """Return how many seconds the server asks us to wait, or None if it does not say."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000.0
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    return _until(value, now)


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else -1.0
    except ValueError:
        return None
    return number if number >= 0.0 else None


def _until(date: str, now: Callable[[], float]) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now())
