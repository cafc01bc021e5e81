"""Turn what a server answered instead of a result into the right error. Pure.

OpenAI's own shape is `{"error": {message, type, param, code}}`; others put a text, a list, a number
as code or FastAPI's `detail` there, or send HTML from a proxy. The code decides first, then the
wording where servers have no code for it, then the status.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from bot.openai import errors
from bot.openai.wire.endpoint import Endpoint

BY_CODE: Mapping[str | None, type[errors.APIStatusError]] = {
    "insufficient_quota": errors.InsufficientQuotaError,
    "credit_balance_exhausted": errors.InsufficientQuotaError,
    "organization_spend_limit_exceeded": errors.InsufficientQuotaError,
    "project_spend_limit_exceeded": errors.InsufficientQuotaError,
    "organization_usage_limit_exceeded": errors.InsufficientQuotaError,
    "billing_hard_limit_reached": errors.InsufficientQuotaError,
    "billing_not_active": errors.InsufficientQuotaError,
    "budget_exceeded": errors.InsufficientQuotaError,  # LiteLLM's own
    "context_length_exceeded": errors.ContextLengthError,
    "exceed_context_size_error": errors.ContextLengthError,
    "tokens_limit_reached": errors.ContextLengthError,  # GitHub Models
    "content_filter": errors.ContentFilterError,
    "content_policy_violation": errors.ContentFilterError,
    "moderation_blocked": errors.ContentFilterError,
}
UNKNOWN_BY_CODE: Mapping[str | None, type[errors.APIStatusError]] = {  # with 400 or 404
    "model_not_found": errors.ModelNotFoundError,
    "unknown_url": errors.OperationNotFoundError,
    "no_db_connection": errors.AuthenticationError,  # LiteLLM, of a key that is not its master's
}
KEPT_HEADERS = ("retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms")
LONGEST_MESSAGE = 2000  # characters

TOO_LONG = re.compile(
    r"maximum (?:context|prompt|model) length|context (?:size|length|window|limit)"
    r"|(?:prompt|input) is too long|too long to fit into the model|too many tokens"
    r"|reduce the length of the messages|exceeded model token limit|range of input length"
    r"|input (?:tokens?|length).{0,30}exceed|prompt\b.{0,30} exceeds (?:the )?(?:max|limit)"
    r"|ContextWindowExceededError"
    r"|max_new_tokens` must be|`inputs` must have less than",
    re.IGNORECASE,
)
TOO_MUCH = re.compile(
    r"request too large\b.{0,300}?\blimit (\d[\d,]{0,15})", re.IGNORECASE | re.DOTALL
)
LIMITS = (
    TOO_MUCH,
    re.compile(
        r"(?:maximum (?:context|prompt|model|allowed) length (?:is |of |\()|configured limit of "
        r"|tokens allowed \(?|tokens > |must be <= ?|must have less than |model token limit: "
        r"|input length should be \[1, ?|max size: |exceeds the limit of )(\d[\d,]{0,15})",
        re.IGNORECASE,
    ),
    re.compile(  # MiniMax's "exceeds limit (2013)" is the number of its error
        r"context (?:size|length|window)\D{0,20}?(?<!exceeds limit \()(\d[\d,]{0,15})", re.I
    ),
)
NO_TOOLS = re.compile(
    r"does not support (?:tools?|function|tool use)\b|no endpoints found that support tool use"
    r"|tools? param requires|tool choice requires --enable-auto-tool-choice"
    r"|(?<!parallel )(?:tools?|function call(?:s|ing)?|tool use) (?:is|are) not supported"
    r" (?:by|for|with|on) th|function calling is not enabled",
    re.IGNORECASE,
)
NO_MODEL = re.compile(
    r"\b(?:models?|deployment)\b.{0,200}?(?:does not exist|not found|not exist|unknown)"
    r"|(?:no such|unknown|invalid) model|^model: ",
    re.IGNORECASE | re.DOTALL,
)
NO_SUCH_MODEL = re.compile(  # with 400, which speaks of much else: LiteLLM, OpenRouter, DeepSeek
    r"(?:no such|unknown|invalid) model\b|\bmodel(?: \S{1,100})? (?:does not exist|not exist)"
    r"|is not a valid model id",
    re.IGNORECASE,
)
NO_CREDIT = re.compile(  # gateways hand on the words and not the code; Gemini's are no such quota
    r"exceeded your current quota(?!.*(?:quota exceeded for metric|retry in))"
    r"|credit balance is too low",
    re.IGNORECASE | re.DOTALL,
)
FILTERED = re.compile(
    r"content management policy|ContentPolicyViolationError|our safety system|input was flagged"
)
WRONG_KEY = re.compile(r"\bAPI key (?:is )?(?:not valid|invalid|expired)", re.IGNORECASE)
UNFIT = re.compile(r"not supported in the v1/|only supported in v1/", re.IGNORECASE)
WRONG_URL = re.compile(r"^Invalid URL")
BY_TEXT: tuple[tuple[tuple[int, ...], re.Pattern[str], type[errors.APIStatusError]], ...] = (
    ((413, 429), TOO_MUCH, errors.ContextLengthError),
    ((400, 404, 413, 422, 500), NO_TOOLS, errors.ToolsNotSupportedError),
    ((400, 413, 422, 500), TOO_LONG, errors.ContextLengthError),
    ((400, 429), NO_CREDIT, errors.InsufficientQuotaError),
    ((400, 403), FILTERED, errors.ContentFilterError),
    ((400,), WRONG_KEY, errors.AuthenticationError),
    ((400, 404), UNFIT, errors.UnfitModelError),
    ((400,), NO_SUCH_MODEL, errors.ModelNotFoundError),
    ((404,), WRONG_URL, errors.OperationNotFoundError),
    ((404,), NO_MODEL, errors.ModelNotFoundError),
)
BY_STATUS: dict[int, type[errors.APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    402: errors.InsufficientQuotaError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    405: errors.OperationNotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
    501: errors.OperationNotFoundError,
}
STATUS_OF_KIND = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "service_unavailable_error": 503,
    "insufficient_quota": 429,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What an error body says, in one shape; `spoken` is false when it is not this API's."""

    message: str
    code: str | None = None
    kind: str | None = None
    param: str | None = None
    number: int | None = None
    limit: int | None = None
    spoken: bool = True


def refusal(
    endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes
) -> errors.APIStatusError:
    """Return the error that an answer with an error status means."""
    return _error(endpoint, _said(body, status, headers), status, headers)


def refusal_inside(
    endpoint: Endpoint, content: Any, headers: Mapping[str, str]
) -> errors.APIStatusError:
    """Return the error that an `error` object inside a 200 or a stream means."""
    said = _said_of({"error": content})
    words = (said.code or "", said.kind or "")
    status = said.number or next((STATUS_OF_KIND[w] for w in words if w in STATUS_OF_KIND), 500)
    return _error(endpoint, said, status, headers)


def _error(
    endpoint: Endpoint, said: Said, status: int, headers: Mapping[str, str]
) -> errors.APIStatusError:
    message = endpoint.redact(said.message)[:LONGEST_MESSAGE]
    error = _class_of(said, status)(
        message,
        code=said.code,
        param=said.param,
        kind=said.kind,
        status=status,
        request_id=headers.get("x-request-id"),
        headers=_kept(headers),
    )
    if isinstance(error, errors.ContextLengthError):
        error.limit = said.limit or _limit_in(said.message)
        error.per_minute = TOO_MUCH.search(said.message) is not None
    return error


def _class_of(said: Said, status: int) -> type[errors.APIStatusError]:
    if known := BY_CODE.get(said.code) or BY_CODE.get(said.kind):
        return known
    for statuses, pattern, kind in BY_TEXT:
        if status in statuses and pattern.search(said.message):
            return kind
    if status in (400, 404) and (unknown := UNKNOWN_BY_CODE.get(said.code or said.kind)):
        return unknown
    if status == 404 and not said.spoken:
        return errors.OperationNotFoundError
    return _class_by_status(status)


def _class_by_status(status: int) -> type[errors.APIStatusError]:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return errors.InternalServerError
    if 300 <= status < 400:
        return errors.RedirectedError
    return errors.APIStatusError


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() in KEPT_HEADERS or name.lower().startswith("x-ratelimit-")
    }


def _limit_in(message: str) -> int | None:
    for pattern in LIMITS:
        if found := pattern.search(message):
            return int(found[1].replace(",", ""))
    return None


def _said(body: bytes, status: int, headers: Mapping[str, str]) -> Said:
    try:
        return _said_of(json.loads(body))
    except (ValueError, RecursionError):
        return Said(_status_line(status, headers), spoken=False)


def _said_of(content: Any) -> Said:
    if isinstance(content, list) and content:
        content = content[0]
    if not isinstance(content, dict):
        return Said(str(content), spoken=False)
    inner = content.get("error", content)
    if not isinstance(inner, dict):
        return Said(str(inner), code=_text(content.get("code")))
    message = inner.get("message") or inner.get("detail") or inner
    number = _number(inner.get("code"))
    said = Said(
        message=message if isinstance(message, str) else json.dumps(message, ensure_ascii=False),
        code=None if number else _text(inner.get("code")),
        kind=_text(inner.get("type")),
        param=_text(inner.get("param")) or _place(message),
        number=number,
        limit=_number(inner.get("n_ctx")),
        spoken="error" in content or "message" in content or isinstance(message, list | dict),
    )
    return _from_behind(said, inner.get("metadata"))


def _from_behind(said: Said, metadata: Any) -> Said:
    """Return what a gateway says with what the provider behind it said (OpenRouter)."""
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if not raw:
        return said
    try:
        behind = _said_of(json.loads(raw) if isinstance(raw, str) else raw)
    except (ValueError, RecursionError):
        behind = Said(str(raw))
    return replace(
        said,
        message=f"{said.message}: {behind.message}",
        code=said.code or behind.code,
        kind=said.kind or behind.kind,
        param=said.param or behind.param,
    )


def _place(detail: Any) -> str | None:
    """Return the field that FastAPI's list of what is wrong begins with."""
    first = detail[0] if isinstance(detail, list) and detail else None
    place = first.get("loc") if isinstance(first, dict) else None
    if not isinstance(place, list):
        return None
    return ".".join(str(part) for part in place if part != "body") or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and value >= 100 else None


def _status_line(status: int, headers: Mapping[str, str]) -> str:
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if 300 <= status < 400 and (location := headers.get("location")):
        return f"The server sends us elsewhere ({phrase}): {location}"
    kind = headers.get("content-type", "").partition(";")[0] or "nothing"
    return f"The server answered {phrase} with {kind}."
