"""What the settings say of credentials, prices and models: the shapes of their JSON."""

import re
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1)]
Text = TypeVar("Text")


def sendable(value: Text) -> Text:
    """Refuse what no header of a request can hold: it came from a wrong copy."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(text, str) and not (text.isascii() and text.isprintable()):
        raise ValueError("it has a line break or a letter in it that no key has: copy it anew")
    return value


def server(value: str) -> str:
    """Refuse what is not the address of a server."""
    fault = ValueError("it must be an address such as https://host/path")
    try:
        parts = urlsplit(value)
        served = parts.hostname and parts.port != 0  # a port that is none raises
    except ValueError:
        raise fault from None
    if parts.scheme not in ("http", "https") or not served or re.search(r"\s", value):
        raise fault
    return value


def open_server(value: str) -> str:
    """Refuse an address with a password in it, for addresses are told in findings and the log."""
    if "@" in urlsplit(server(value)).netloc:
        raise ValueError("it must have no name or password before the host")
    return value


Address = Annotated[str, AfterValidator(open_server)]
Proxy = Annotated[str, AfterValidator(server)]


class Credential(BaseModel):
    """Credentials for one server; what is left out is that of the main settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    api_key: SecretStr | None = None
    admin_key: SecretStr | None = None
    base_url: Address | None = None
    organization: str | None = None
    project: str | None = None

    _sendable = field_validator("api_key", "admin_key", "organization", "project")(sendable)

    @model_validator(mode="after")
    def _own_key_for_another_server(self) -> "Credential":
        if self.base_url and not self.api_key:
            raise ValueError("a base_url needs an api_key of its own, so that no key goes astray")
        return self


class Price(BaseModel):
    """What a model costs, in dollars per million tokens; `training` is for fine-tuning it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Dollars
    output: Dollars
    training: Dollars | None = None


class Models(BaseModel):
    """The models of the operations beside the conversation; commands can name others.

    `subtitles` writes srt, vtt and times, `speakers` tells who says what.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    images: Name = "gpt-image-2"
    transcription: Name = "gpt-transcribe"
    subtitles: Name = "whisper-1"
    speakers: Name = "gpt-4o-transcribe-diarize"
    translation: Name = "whisper-1"
    speech: Name = "gpt-4o-mini-tts"
    embeddings: Name = "text-embedding-3-small"
    moderation: Name = "omni-moderation-latest"
