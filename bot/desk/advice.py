"""What a person is told when a model's server refuses what a command asked of it.

The sentences of `bot.slack.explain` are for answers; here operations are named, since hosts lack
some of them, and admins may read the server's own short word (its code), never its whole text.
"""

from bot.desk.values import code, escape
from bot.openai.accounts import MAIN
from bot.openai.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InsufficientQuotaError,
    InvalidRequestError,
    ModelNotFoundError,
    NotFoundError,
    OpenAIError,
    OperationNotFoundError,
    PermissionDeniedError,
    UnfitModelError,
    UnprocessableEntityError,
)
from bot.slack import explain

_NOUNS = {
    "files": "files",
    "complete": "completions",
    "compare": "chat completions",
    "models": "list of models",
    "finetunes": "fine-tuning",
    "image": "operation for images",
    "transcribe": "transcription",
    "translate-audio": "translation of speech",
    "speak": "speech",
    "embed": "embeddings",
    "moderate": "moderation",
}


def advice(error: OpenAIError, command: str, sub: str, account: str) -> str:
    """Return what happened and what to do, for the command that asked."""
    noun = _NOUNS.get(sub.partition(" ")[0]) or _NOUNS.get(command) or "such operation"
    match error:
        case InvalidRequestError():
            return f"{code(error.field)} {escape(error.rule)}. Nothing was sent."
        case InsufficientQuotaError() | AuthenticationError():
            return of_account(explain.advice(error, ""), account)
        case UnfitModelError():
            return f"This model does not do that.{_of_server(error, message=True)}"
        case ModelNotFoundError():
            return "The server has no such model, or this key may not use it." + _of_server(error)
        case OperationNotFoundError():
            return (
                f"This server has no {noun}. Another one can be used for it: an admin adds it to "
                "OPENAI_CREDENTIALS, and names it with `--as NAME`."
            )
        case PermissionDeniedError():
            return (
                "This server does not let this key do that. OpenAI answers so for keys "
                "without the permission, and where the operation is closed to the organization."
                + _of_server(error)
            )
        case NotFoundError():
            text = "The server knows nothing by this name; was it deleted?"
            return text + _of_server(error, message=True)
        case ConflictError():
            return "Somebody else is changing the same thing. Please try again." + _of_server(error)
        case BadRequestError() | UnprocessableEntityError():
            return f"The server did not take this request.{_of_server(error, message=True)}"
    return of_account(explain.advice(error, ""), account)


def of_account(text: str, account: str) -> str:
    """Return advice with the settings that these credentials are from."""
    if account in ("", MAIN):
        return text
    for name, key in (("OPENAI_API_KEY", "api_key"), ("OPENAI_BASE_URL", "base_url")):
        text = text.replace(name, f"`{key}` of {code(account)} in OPENAI_CREDENTIALS")
    return text


def _of_server(error: OpenAIError, *, message: bool = False) -> str:
    """Return the server's own words: the code and the field always, the text where it helps."""
    words = " ".join((error.message or "").split())[:300] if message else ""
    parts = [code(part) for part in (words, error.code) if part]
    text = f" It says {', '.join(parts)}." if parts else ""
    return text + (f" It is about {code(error.param)}." if error.param and not words else "")
