"""From an error answer to its class."""

import json
from typing import Any

import pytest

from bot.openai import errors
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.refusals import refusal, refusal_inside

ENDPOINT = Endpoint("https://h/v1", "sk-secret-key-123")


def refused(status: int, body: Any, **headers: str) -> errors.APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(ENDPOINT, status, named, raw)


def said(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("status", "fields", "kind"),
    [
        (400, {}, errors.BadRequestError),
        (400, {"code": "context_length_exceeded"}, errors.ContextLengthError),
        (400, {"code": "content_filter"}, errors.ContentFilterError),
        (400, {"code": "model_not_found"}, errors.ModelNotFoundError),
        (401, {"code": "invalid_api_key"}, errors.AuthenticationError),
        (402, {"code": 402}, errors.InsufficientQuotaError),
        (403, {}, errors.PermissionDeniedError),
        (404, {"code": "model_not_found"}, errors.ModelNotFoundError),
        (404, {"code": "unknown_url"}, errors.OperationNotFoundError),
        (404, {}, errors.NotFoundError),
        (405, {}, errors.OperationNotFoundError),
        (409, {}, errors.ConflictError),
        (413, {}, errors.APIStatusError),
        (422, {}, errors.UnprocessableEntityError),
        (429, {"code": "rate_limit_exceeded"}, errors.RateLimitError),
        (429, {"type": "insufficient_quota"}, errors.InsufficientQuotaError),
        (429, {"code": "project_spend_limit_exceeded"}, errors.InsufficientQuotaError),
        (500, {}, errors.InternalServerError),
        (501, {}, errors.OperationNotFoundError),
        (503, {"code": "server_is_overloaded"}, errors.InternalServerError),
        (529, {}, errors.InternalServerError),
    ],
)
def test_each_refusal_has_its_class(status: int, fields: Any, kind: type[Exception]) -> None:
    assert type(refused(status, said("No.", **fields))) is kind


def test_an_error_keeps_all_that_the_server_said() -> None:
    error = refused(
        429,
        said("Slow.", type="tokens", param="x", code="rate_limit_exceeded"),
        x_request_id="req_1",
        retry_after="3",
        x_ratelimit_remaining_requests="0",
        set_cookie="secret",
    )

    assert (str(error), error.code, error.kind) == ("Slow.", "rate_limit_exceeded", "tokens")
    assert (error.param, error.status, error.request_id) == ("x", 429, "req_1")
    assert error.headers == {"retry-after": "3", "x-ratelimit-remaining-requests": "0"}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "The model `gpt-9` does not exist or you do not have access to it."),
        (404, "model 'llama9' not found"),
        (404, 'model "llama9" not found, try pulling it first'),
        (404, "models/gemini-9 is not found for API version v1main, or is not supported."),
        (404, "The API deployment for this resource does not exist."),
        (404, "model: claude-9"),
        (400, "/chat/completions: Invalid model name passed in model=gpt-9."),
        (400, "openai/gpt-9 is not a valid model ID"),
        (400, "Invalid model: mistral-9"),
        (400, "Model Not Exist"),
    ],
)
def test_an_unknown_model_is_known_by_its_text(status: int, message: str) -> None:
    assert isinstance(refused(status, said(message)), errors.ModelNotFoundError)


@pytest.mark.parametrize(
    "message",
    [
        "This is a chat model and not supported in the v1/completions endpoint. Did you mean to "
        "use v1/chat/completions?",
        "This model is only supported in v1/responses and not in v1/chat/completions.",
        "litellm.BadRequestError: This is not a chat model and thus not supported in the "
        "v1/chat/completions endpoint.",
    ],
)
def test_a_model_that_is_not_for_the_operation_is_told_from_one_that_is_not_there(
    message: str,
) -> None:
    assert type(refused(404, said(message))) is errors.UnfitModelError


def test_an_unknown_model_may_be_told_as_fastapi_tells_it() -> None:
    error = refused(404, {"detail": "The model `gpt-9` does not exist or is not accessible"})

    assert isinstance(error, errors.ModelNotFoundError)


@pytest.mark.parametrize(
    "message",
    [
        "This model does not support tool_choice: unknown parameter.",
        "Model gpt-9: the file file-1 was not found.",
        "Unsupported value: 'model' must be a text.",
    ],
)
def test_other_complaints_beside_a_model_do_not_mean_that_it_is_unknown(message: str) -> None:
    assert type(refused(400, said(message))) is errors.BadRequestError


@pytest.mark.parametrize(
    ("status", "fields", "kind"),
    [
        (429, {"message": "litellm.RateLimitError: You exceeded your current quota, please check "
                          "your plan and billing details."}, errors.InsufficientQuotaError),
        (429, {"message": "You exceeded your current quota.\n* Quota exceeded for metric: requests "
                          "of a minute.\nPlease retry in 38 s."}, errors.RateLimitError),
        (400, {"message": "Your credit balance is too low to access the Anthropic API."},
         errors.InsufficientQuotaError),
        (422, {"type": "budget_exceeded"}, errors.InsufficientQuotaError),
        (403, {"message": "Your chosen model requires moderation and your input was flagged"},
         errors.ContentFilterError),
        (400, {"message": "litellm.ContentPolicyViolationError: AzureException - No."},
         errors.ContentFilterError),
        (400, {"message": "litellm.ContextWindowExceededError: CohereException - too many tokens"},
         errors.ContextLengthError),
        (400, {"message": "The prompt triggered Azure OpenAI's content management policy."},
         errors.ContentFilterError),
        (400, {"message": "No connected db.", "type": "no_db_connection"},
         errors.AuthenticationError),
    ],
)  # fmt: skip
def test_what_gateways_hand_on_without_its_code_is_known_by_other_words(
    status: int, fields: dict[str, str], kind: type[Exception]
) -> None:
    assert type(refused(status, said(**{"message": "No.", "code": str(status), **fields}))) is kind


@pytest.mark.parametrize(
    "body", [b"<html>nginx</html>", b"", b"404 page not found", {"detail": "Not Found"}]
)
def test_a_404_that_is_not_of_this_api_is_a_missing_operation(body: Any) -> None:
    assert isinstance(refused(404, body), errors.OperationNotFoundError)


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("This model's maximum context length is 8192 tokens. However, you asked 9000.", 8192),
        ("This endpoint's maximum context length is 131,072 tokens.", 131072),
        ("Input tokens exceed the configured limit of 272000 tokens. You sent 300000.", 272000),
        ("request (131168 tokens) exceeds the available context size (131072 tokens)", 131072),
        ("Requested tokens (516) exceed context window of 512", 512),
        ("The input token count (1200000) exceeds the maximum tokens allowed (1048576).", 1048576),
        ("`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000", 4097),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200000),
        ("However, the model is loaded with context length of only 4096 tokens", 4096),
        (f"the maximum context length is {'9' * 5_000} tokens", 10**16 - 1),
        ("The decoder prompt (length 500) is longer than the maximum model length of 409.", 409),
        ("This model's maximum prompt length is 131072 but the request contains 136973.", 131072),
        ("Your request exceeded model token limit: 262144 (requested: 269030)", 262144),
        ("<400> InvalidParameter: Range of input length should be [1, 30720]", 30720),
        ("`inputs` must have less than 4095 tokens. Given: 5000", 4095),
        ("Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens).", 59862),
        ("prompt token count of 9000 exceeds the limit of 8192", 8192),
        ("invalid params, context window exceeds limit (2013)", None),
        ("Prompt exceeds max length", None),
        ("Please reduce the length of the messages or completion.", None),
        ("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000", None),
    ],
)
def test_a_conversation_too_long_tells_the_limit(message: str, limit: int | None) -> None:
    error = refused(400, said(message))

    assert isinstance(error, errors.ContextLengthError)
    assert error.limit == limit


def test_a_picture_that_is_too_large_is_no_conversation_too_long() -> None:
    error = refused(400, said("The input image exceeds the maximum size."))

    assert type(error) is errors.BadRequestError


@pytest.mark.parametrize(
    "raw",
    [
        "Input tokens exceed the configured limit of 8192 tokens.",
        json.dumps(said("prompt is too long: 9000 tokens > 8192 maximum")),
        said("too much", code="context_length_exceeded"),
    ],
)
def test_what_a_gateway_hands_on_of_the_provider_behind_it_counts(raw: Any) -> None:
    body = said("Provider returned error", code=400, metadata={"raw": raw, "provider_name": "A"})

    assert isinstance(refused(400, body), errors.ContextLengthError)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): "
              "Limit 30000, Requested 45000. The input or output tokens must be reduced."),
        (413, "Request too large for model `llama` on tokens per minute (TPM): Limit 30,000, "
              "Requested 45000, please reduce your message size and try again."),
    ],
)  # fmt: skip
def test_what_no_minute_has_room_for_is_too_long(status: int, message: str) -> None:
    error = refused(status, said(message, type="tokens", code="rate_limit_exceeded"))

    assert isinstance(error, errors.ContextLengthError)
    assert (error.limit, error.per_minute) == (30000, True)


def test_a_limit_on_the_tokens_of_a_request_is_read() -> None:
    words = "Request body too large for gpt-4o model. Max size: 8000 tokens."

    error = refused(413, said(words, code="tokens_limit_reached"))

    assert isinstance(error, errors.ContextLengthError)
    assert error.limit == 8000


def test_the_limit_may_stand_beside_the_message() -> None:
    body = said("the request exceeds it", type="exceed_context_size_error", n_ctx=256, code=500)

    error = refused(500, body)

    assert isinstance(error, errors.ContextLengthError)
    assert error.limit == 256


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "registry.ollama.ai/library/gemma3:4b does not support tools"),
        (404, "No endpoints found that support tool use."),
        (500, "tools param requires --jinja flag"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'),
        (400, "Tools are not supported for this model."),
        (400, "Function calling is not supported by this server"),
        (400, "Function calling is not enabled for models/gemma-3-27b-it"),
    ],
)
def test_servers_without_tools_are_understood(status: int, message: str) -> None:
    assert isinstance(refused(status, said(message)), errors.ToolsNotSupportedError)


@pytest.mark.parametrize(
    "message",
    [
        "Parallel function calls are not supported by this model.",
        "Unsupported value: 'tool_choice' does not support 'required' with this model.",
        "An assistant message with 'tool_calls' must be followed by tool messages.",
    ],
)
def test_other_complaints_about_tools_do_not_mean_no_tools(message: str) -> None:
    assert type(refused(400, said(message))) is errors.BadRequestError


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "no such thing"}, "no such thing"),
        ({"message": "no"}, "no"),
        ([{"error": {"message": "no", "code": 400}}], "no"),
        ({"detail": [{"loc": ["body", "x"], "msg": "m"}]}, '"loc": ["body", "x"]'),
        (b"<html>Bad Gateway</html>", "400 Bad Request"),
        (b"null", "None"),
    ],
)
def test_any_shape_of_body_gives_a_message(body: Any, message: str) -> None:
    assert message in refused(400, body, content_type="text/html").message


def test_the_field_is_told_where_the_body_is_of_fastapi() -> None:
    wrong = {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "m"}]}

    assert refused(422, wrong).param == "messages.0.role"


def test_the_key_does_not_come_back_in_an_error() -> None:
    error = refused(401, said("Incorrect API key provided: sk-secret-key-123."))

    assert str(error) == "Incorrect API key provided: [key]."


@pytest.mark.parametrize(
    "message", ["API key not valid. Please pass a valid API key.", "API key expired."]
)
def test_a_wrong_key_may_be_told_with_400(message: str) -> None:
    body = [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]

    assert isinstance(refused(400, body), errors.AuthenticationError)


def test_a_redirect_says_where_to() -> None:
    error = refused(308, b"", location="https://h/v1/")

    assert isinstance(error, errors.RedirectedError)
    assert "https://h/v1/" in error.message


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ({"message": "x", "code": 502}, errors.InternalServerError, 502),
        ({"message": "x", "code": "429"}, errors.RateLimitError, 429),
        ({"message": "x", "type": "invalid_request_error"}, errors.BadRequestError, 400),
        ({"message": "x", "code": "9" * 5_000}, errors.InternalServerError, 500),
        ({"message": "x", "code": "rate_limit_exceeded"}, errors.RateLimitError, 429),
        ({"message": "x", "code": "insufficient_quota"}, errors.InsufficientQuotaError, 429),
        ("overloaded", errors.InternalServerError, 500),
    ],
)
def test_errors_inside_a_200_find_their_class(
    content: Any, kind: type[Exception], status: int
) -> None:
    error = refusal_inside(ENDPOINT, content, {})

    assert (type(error), error.status) == (kind, status)
