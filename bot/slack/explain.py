"""What people are told when an answer fails: one plain sentence and a reference id.

The sentence says what happened and what to do; it never carries the text of an exception, which may
hold addresses, keys or other people's words. The reference id stands in the log beside the details.
"""

import logging
import math
import secrets
import time
from datetime import UTC, datetime
from http import HTTPStatus

from bot.chat.events import TurnFinished
from bot.errors import TryAgain
from bot.openai.errors import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    CircuitOpenError,
    ContentFilterError,
    ContextLengthError,
    IncompleteAnswerError,
    InsufficientQuotaError,
    InternalServerError,
    ModelNotFoundError,
    OpenAIError,
    OperationNotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RedirectedError,
    StreamError,
    ToolsNotSupportedError,
    UnfitModelError,
)
from bot.openai.models import Model
from bot.openai.wire.retry import retry_after
from storage.records import Person

logger = logging.getLogger(__name__)

REFUSED = "The model's server refused the request. An admin finds the reason in the log."

_SENTENCES: list[tuple[type[BaseException], str]] = [  # the first that fits is said
    (
        AuthenticationError,
        "The model's server does not accept my key. An admin needs to check OPENAI_API_KEY.",
    ),
    (
        UnfitModelError,
        "The model `{model}` is not one for conversations by chat completions. "
        "An admin needs to choose another one in CHAT_MODEL.",
    ),
    (
        ModelNotFoundError,
        "The model `{model}` does not exist on the model's server, or this key may not use it. "
        "An admin needs to choose another one in CHAT_MODEL.",
    ),
    (
        OperationNotFoundError,
        "The model's server has no chat completions at the address it was given. "
        "An admin needs to check OPENAI_BASE_URL (it usually ends in /v1).",
    ),
    (
        InsufficientQuotaError,
        "The account at the model's server has no credit left or has met its spending limit. "
        "An admin needs to look at its billing page; trying again will not help.",
    ),
    (
        RateLimitError,
        "The model's server is getting too many requests right now. Please ask again in a minute.",
    ),
    (
        ContextLengthError,
        "This conversation is longer than the model can read, even shortened. "
        "Please start a new thread or send a shorter message.",
    ),
    (
        ContentFilterError,
        "The content filter of the model's server refused this conversation. "
        "Please put it in other words.",
    ),
    (
        ToolsNotSupportedError,
        "The model `{model}` cannot call functions. An admin needs to choose another one in "
        "CHAT_MODEL, or set CHAT_TOOL_CHOICE=none.",
    ),
    (
        PermissionDeniedError,
        "The model's server does not let this key use `{model}`. "
        "An admin needs to check the key's permissions.",
    ),
    (
        CircuitOpenError,
        "The model's server has not been reachable for a while, so I am giving it a short rest. "
        "Please ask again in a minute.",
    ),
    (
        APITimeoutError,
        "The model's server took too long to answer. Please ask again in a moment.",
    ),
    (
        IncompleteAnswerError,
        "The model's server broke off without an answer. Please ask again in a moment.",
    ),
    (
        APIConnectionError,
        "I cannot reach the model's server. Please ask again in a minute; if it goes on, "
        "an admin needs to check OPENAI_BASE_URL and whether that server runs.",
    ),
    (
        StreamError,
        "The connection to the model's server broke off in the middle of my answer, several "
        "times. Please ask again.",
    ),
    (
        InternalServerError,
        "The model's server has a problem of its own right now. Please ask again in a minute.",
    ),
    (
        APIResponseValidationError,
        "Something answered at the model's address, but not a model. "
        "An admin needs to check OPENAI_BASE_URL.",
    ),
    (
        RedirectedError,
        "The model's server has moved to another address, which is in the log. "
        "An admin needs to check OPENAI_BASE_URL.",
    ),
    (
        APIStatusError,
        REFUSED,
    ),
    (
        OpenAIError,
        "The model's server could not answer. Please ask again in a moment.",
    ),
    (
        TimeoutError,
        "This answer took longer than a turn may take, so I stopped here. "
        "Please ask for a part of it.",
    ),
    (  # parts of the bot are imported when they are needed first
        ImportError,
        "My program has been changed since I was started. An admin needs to start me again.",
    ),
]
_BY_REASON = {  # of a server that was not reached, where only a change of settings helps
    "tls": "I cannot agree with the model's server on a secure connection: its certificate is not "
    "trusted, or it speaks no TLS. An admin needs to check OPENAI_BASE_URL and, where the server "
    "has an authority of its own, OPENAI_CA_FILE.",
    "proxy": "The proxy does not let me through to the model's server. "
    "An admin needs to check OPENAI_PROXY.",
}
_HOUR, _DAY = 60, 1440  # in minutes
_SOON = 30  # days until a model is shut down, from which that is told
_PAUSED = (
    "The model's server has had as many requests as it takes for now, and asks for a pause of "
    "{pause}. Please ask again then; if it goes on, an admin needs to look at the limits of its "
    "account."
)
_UNKNOWN = "Something went wrong on my side, and I could not finish. Please ask again."
_EMPTY = "The model gave an empty answer. Please ask again, perhaps in other words."
_SILENT = "The model said nothing after its function calls. Please ask what came of them."
_BY_ENDING = {  # of a turn that ended so without an answer
    "rounds": "I called functions as often as one turn allows and still have no answer. "
    "Please ask for a smaller step.",
    "length": "The model used up the length that an answer may have, perhaps by thinking, before "
    "it said a word. Please ask for a smaller step; an admin may allow longer answers with "
    "CHAT_ANSWER_TOKENS, or less thinking with CHAT_REASONING_EFFORT.",
    "content_filter": "The content filter of the model's server let nothing of the answer through. "
    "Please put it in other words.",
}


def advice(error: BaseException, model: str) -> str:
    """Return what happened and what to do about it."""
    text = next((text for kind, text in _SENTENCES if isinstance(error, kind)), _UNKNOWN)
    return (_by_reason(error) or _by_pause(error) or text).format(model=model)


def _by_pause(error: BaseException) -> str | None:
    """Return words about a limit that lasts longer than a minute, as the server says."""
    if not isinstance(error, RateLimitError) or isinstance(error, InsufficientQuotaError):
        return None
    minutes = math.ceil((retry_after(error.headers, time.time) or 0.0) / 60)
    return _PAUSED.format(pause=_in_words(minutes)) if minutes > 1 else None


def _in_words(minutes: int) -> str:
    if minutes > 365 * _DAY:
        return "more than a year"
    units = ((_DAY, "days"), (_HOUR, "hours"), (1, "minutes"))
    length, unit = next(one for one in units if minutes >= 2 * one[0])
    return f"{math.ceil(minutes / length)} {unit}"


def _by_reason(error: BaseException) -> str | None:
    if (
        isinstance(error, APIStatusError)
        and error.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
    ):
        return _BY_REASON["proxy"]
    return _BY_REASON.get(error.reason) if isinstance(error, APIConnectionError) else None


def unreachable(error: BaseException, host: str) -> str:
    """Return what an operator should check when nothing answers at the model's address."""
    return _by_reason(error) or (
        f"The model's server did not answer at {host}. Check the network, OPENAI_PROXY and "
        "OPENAI_BASE_URL."
    )


def ending(model: Model) -> str | None:
    """Return what to do about a model that its server says it shuts down soon."""
    left = model.days_left(datetime.now(UTC).date())
    if left is None or left > _SOON:
        return None
    return (
        f"The model `{model.id}` is shut down on {model.shutdown_date}. "
        "An admin needs to choose another one in CHAT_MODEL before."
    )


def explained(error: BaseException, model: str) -> str:
    """Return what to tell people about a failure; the details go to the log.

    What a server refused or left undone is one line there: a traceback would only tell of our own
    calls.
    """
    reference = _reference()
    extra: dict[str, object] = {"reference": reference}
    cause = error.__cause__ if isinstance(error, TryAgain) and error.__cause__ else error
    if isinstance(cause, OpenAIError):
        logger.error("failure_explained", extra=extra | cause.fields())
    elif cause is not error:
        logger.error("failure_explained", extra=extra | {"reason": f"{error}: {cause}"})
    else:
        logger.error("failure_explained", exc_info=cause, extra=extra)
    return f"{advice(cause, model)} (reference `{reference}`)"


def unanswered(reason: str, *, called: bool) -> str:
    """Return words about a turn that ended without an answer, with a reference that is logged.

    Where functions were `called`, to ask the same again might do the same again.
    """
    reference = _reference()
    logger.warning("answer_empty", extra={"reference": reference, "reason": reason})
    empty = _SILENT if called else _EMPTY
    return f"{_BY_ENDING.get(reason, empty)} (reference `{reference}`)"


def _reference() -> str:
    """Return a new reference id: short, and easy to read out."""
    return secrets.token_hex(4)


def footer(outcome: TurnFinished, asker: Person, last: str) -> str | None:
    """Return what people should know about how the answer came about, and its `last` words."""
    if outcome.finish_reason == "length":
        return "The answer was cut here: it met the length that an answer may have."
    if outcome.finish_reason == "content_filter":
        return "The model's content filter cut the answer here."
    if not last.strip():
        return "The model said nothing more after its function calls."
    if outcome.without_tools:
        return f"Written without functions: {outcome.model} takes none."
    if not asker.fetched:
        return "Written without functions: Slack did not tell who you are. Please ask again."
    if outcome.without_files:
        return f"Written without a look at every file: {outcome.model} did not take them."
    return None
