"""Everything that can go wrong between us and a model's server.

    OpenAIError
      APIConnectionError            the server was not reached, or the connection broke
        APITimeoutError             it was reached too late: `phase` says where the time went
        IncompleteAnswerError       it answered, and stopped before the answer was whole
        CircuitOpenError            it failed too often just now; `retry_after` tells the next try
      APIStatusError                the server answered, and refused
        RedirectedError             300 to 399
        BadRequestError             400
          ContextLengthError        the conversation is too long; `limit` is the model's size
          ContentFilterError        the server's filter refused the text
          ToolsNotSupportedError    this model or server takes no tools at all
        AuthenticationError         401: no key, or a wrong one
        PermissionDeniedError       403
        NotFoundError               404
          ModelNotFoundError        no such model, or no longer
            UnfitModelError         the model is there, and is not for this operation
          OperationNotFoundError    the server lacks the operation, or the base URL is wrong
        ConflictError               409
        UnprocessableEntityError    422
        RateLimitError              429
          InsufficientQuotaError    no credit, or a spending limit: waiting does not help
        InternalServerError         500 and above
      APIResponseValidationError    an answer came, but not one of this API (HTML, junk, nothing)
      StreamError                   an answer broke off after its text had begun
      InvalidRequestError           a wrong value, refused here and not sent (a ValueError, too)

Names are OpenAI's where OpenAI has one. Texts never contain the key: `refusals` strikes it out.
"""

from collections.abc import Mapping
from typing import Any, Literal

from bot.openai.quoted import struck

_LONGEST = 500  # characters of a sentence in a log line
Phase = Literal["connect", "first_byte", "idle", "total"]


class OpenAIError(Exception):
    """Any failure of a request; what the server did not tell is None.

    `code`, `param` and `kind` (the API's `type`) are the server's own words, `status` its HTTP
    status, `request_id` its name for the request and `client_request_id` ours. `headers` are those
    that tell when and whether to try again and what is left of a limit, `sent` is the body that was
    sent.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.status = status
        self.request_id = request_id
        self.headers = dict(headers or {})
        self.client_request_id: str | None = None
        self.sent: Mapping[str, Any] = {}

    def fields(self) -> dict[str, object]:
        """Return what a log line tells of it; of the server's sentence its beginning.

        What that quotes of people's words is left out.
        """
        return {
            "error": type(self).__name__,
            "status": self.status,
            "code": self.code,
            "request_id": self.request_id,
            "client_request_id": self.client_request_id,
            "reason": struck(self.message[:_LONGEST], self.sent),
        }


class APIConnectionError(OpenAIError):
    """The server was not reached, or hung up before it answered.

    `reason` is one of refused, dns, tls, proxy, connect, disconnected, protocol, timeout,
    incomplete, circuit_open.
    """

    def __init__(self, message: str, *, host: str, reason: str) -> None:
        super().__init__(message)
        self.host = host
        self.reason = reason


class APITimeoutError(APIConnectionError):
    """The server took longer than we wait; `phase` says for what, `seconds` how long that is."""

    def __init__(self, message: str, *, host: str, phase: Phase, seconds: float) -> None:
        super().__init__(message, host=host, reason="timeout")
        self.phase = phase
        self.seconds = seconds


class IncompleteAnswerError(APIConnectionError):
    """The answer ended properly as far as the connection goes, but it is empty or not whole."""

    def __init__(self, message: str, *, host: str) -> None:
        super().__init__(message, host=host, reason="incomplete")


class CircuitOpenError(APIConnectionError):
    """The host failed so often just now that we leave it alone for `retry_after` seconds."""

    def __init__(self, message: str, *, host: str, retry_after: float) -> None:
        super().__init__(message, host=host, reason="circuit_open")
        self.retry_after = retry_after


class APIStatusError(OpenAIError):
    """The server answered with an error."""


class RedirectedError(APIStatusError):
    """300 to 399: the server is somewhere else, and a key is not carried there."""


class BadRequestError(APIStatusError):
    """400: the request is not one that this server or model takes."""


class ContextLengthError(BadRequestError):
    """The conversation is longer than the model's context; `limit` is its size in tokens.

    With `per_minute` it is longer than all that the account may send in a minute.
    """

    limit: int | None = None
    per_minute: bool = False


class ContentFilterError(BadRequestError):
    """The server's content filter refused the conversation."""


class ToolsNotSupportedError(BadRequestError):
    """This model, or the server as it was started, takes no tools."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or withdrawn."""


class PermissionDeniedError(APIStatusError):
    """403: the key is right and may not do this."""


class NotFoundError(APIStatusError):
    """404: what was asked for does not exist."""


class ModelNotFoundError(NotFoundError):
    """The model does not exist here, was shut down, or is not open to this key."""


class UnfitModelError(ModelNotFoundError):
    """The model is there, and is asked for what it does not do: to chat, or to go on."""


class OperationNotFoundError(NotFoundError):
    """The server does not have this operation, or the base URL points elsewhere."""


class ConflictError(APIStatusError):
    """409: somebody else is changing the same thing."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well formed and means nothing to this server."""


class RateLimitError(APIStatusError):
    """429: too many requests or tokens for now."""


class InsufficientQuotaError(RateLimitError):
    """The account has no credit left or has met a spending limit; trying again is of no use."""


class InternalServerError(APIStatusError):
    """500 and above: the server failed, not we."""


class APIResponseValidationError(OpenAIError):
    """The server answered 200 with something that this API does not know."""


class StreamError(OpenAIError):
    """A streamed answer broke off after some of it had been handed out; `__cause__` tells why."""

    def __init__(self, message: str, *, cause: OpenAIError) -> None:
        super().__init__(message)
        vars(self).update(vars(cause) | {"message": message})


class InvalidRequestError(OpenAIError, ValueError):
    """A value is against the specification, so nothing was sent: `field` and the `rule` it breaks.

    `param` is the field, as in the server's own refusals.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} {rule}.", param=field)
        self.field = field
        self.rule = rule
