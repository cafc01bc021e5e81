"""Refusals in OpenAI's shape: `{"error": {message, type, param, code}}` with a status."""

from typing import Any

TYPES = {
    429: "requests",
    500: "server_error",
    502: "server_error",
    503: "service_unavailable_error",
}
CODE_TYPES = {"insufficient_quota": "insufficient_quota", "slow_down": "rate_limit_error"}


class ApiError(Exception):
    """A request refused, as OpenAI says it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind or CODE_TYPES.get(code or "") or TYPES.get(status, "invalid_request_error")
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Give the JSON body."""
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """Refuse a request for its content."""
    return ApiError(400, message, param=param, code=code)


def missing(param: str) -> ApiError:
    """Refuse a request that lacks a required parameter."""
    text = f"Missing required parameter: '{param}'."
    return bad_request(text, param, "missing_required_parameter")


def unsupported(param: str, hint: str = "") -> ApiError:
    """Refuse a parameter that the model does not take."""
    text = f"Unsupported parameter: '{param}' is not supported with this model.{hint}"
    return bad_request(text, param, "unsupported_parameter")


def wrong_key(key: str) -> ApiError:
    """Refuse a key; only its ends are repeated, as OpenAI does."""
    shown = f"{key[:4]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * len(key)
    return ApiError(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def lacks_scope(scope: str) -> ApiError:
    """Refuse a key that has not the right to do this."""
    return ApiError(
        403,
        f"You have insufficient permissions for this operation. Missing scopes: {scope}. Check "
        "that you have the correct role in your organization, and if you're using a restricted "
        "API key, that it has the necessary scopes.",
        code="missing_scope",
    )


def no_key() -> ApiError:
    """Refuse a request without a key."""
    return ApiError(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    )


def no_model(name: str) -> ApiError:
    """Refuse a model that is not on the list."""
    return ApiError(
        404,
        f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def no_url(method: str, path: str) -> ApiError:
    """Refuse an address that is not served."""
    return ApiError(404, f"Invalid URL ({method} {path})", code="unknown_url")
