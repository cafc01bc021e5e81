"""What the settings say of credentials, prices and models: the shapes of their JSON."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Credential(BaseModel):
    """Credentials for one server; what is left out is that of the main settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: SecretStr | None = None
    admin_key: SecretStr | None = None
    base_url: str | None = None
    organization: str | None = None
    project: str | None = None

    @model_validator(mode="after")
    def _own_key_for_another_server(self) -> "Credential":
        if self.base_url and not self.api_key:
            raise ValueError("a base_url needs an api_key of its own, so that no key goes astray")
        return self


class Price(BaseModel):
    """What a model costs, in dollars per million tokens; `training` is for fine-tuning it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    training: float | None = Field(default=None, ge=0)


class Models(BaseModel):
    """The models of the operations beside the conversation; commands can name others.

    `subtitles` writes srt, vtt and times, `speakers` tells who says what.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    images: str = "gpt-image-2"
    transcription: str = "gpt-transcribe"
    subtitles: str = "whisper-1"
    speakers: str = "gpt-4o-transcribe-diarize"
    translation: str = "whisper-1"
    speech: str = "gpt-4o-mini-tts"
    embeddings: str = "text-embedding-3-small"
    moderation: str = "omni-moderation-latest"
