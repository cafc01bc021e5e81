"""Every environment variable of the bot, once: name, meaning, default, check.

`bot.environment` reads them. `.env.example` and `docs/settings.md` are held against this file by a
test. Only `app.py`, `clients.py` and the command line see a `Settings`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.credentials import Address, Credential, Models, Price, Proxy, sendable
from functions import Launch

PREFIX = r"^[a-z][a-z0-9_]{0,19}$"  # of the slash commands, as Slack takes them
_HOST = re.compile(r"\*|(\*\.)?[A-Za-z0-9.-]+|https?://[A-Za-z0-9.\[\]:_-]+")


class Settings(BaseSettings):
    """The bot's settings; each field is one environment variable in upper case."""

    model_config = SettingsConfigDict(
        extra="ignore", env_ignore_empty=True, frozen=True, str_strip_whitespace=True
    )

    slack_bot_token: SecretStr = Field(
        description="The bot's token (`xoxb-...`): OAuth & Permissions, after installing the app."
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="App-level token (`xapp-...`) with `connections:write`; turns on Socket Mode.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="Signing secret (Basic Information); needed in HTTP mode.",
    )
    slack_mode: Literal["socket", "http"] | None = Field(
        default=None,
        description="`socket` or `http`; when empty, `socket` if there is an app token.",
    )
    slack_api_url: Address = Field(
        default="https://slack.com/api/",
        description="Where Slack's Web API lives; another address serves tests and the playground.",
    )
    port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port of the HTTP server; empty means 3000 in HTTP mode and no server in "
        "Socket Mode (where it only serves `/health`, `/ready` and `/metrics`).",
    )
    listen_host: str = Field(
        default="",
        description="Address that the HTTP server listens on; when empty, all addresses in HTTP "
        "mode and 127.0.0.1 in Socket Mode.",
    )
    openai_api_key: SecretStr = Field(
        description="Key for the model's server; servers that need none take any text."
    )
    openai_admin_key: SecretStr | None = Field(
        default=None,
        description="Admin key of the organization (`sk-admin-...`), for the few operations that "
        "take one: permissions of checkpoints.",
    )
    openai_base_url: Address = Field(
        default="https://api.openai.com/v1",
        description="Any OpenAI-compatible server; ends in `/v1`.",
    )
    openai_org_id: str | None = Field(default=None, description="Organization sent with requests.")
    openai_project_id: str | None = Field(default=None, description="Project sent with requests.")
    openai_credentials: Annotated[dict[str, Credential], NoDecode] = Field(
        default={},
        description="Further credentials as JSON by name; the names `chat`, `files` (also models "
        "and fine-tuning), `images`, `audio`, `embeddings` and `moderation` serve that purpose, "
        "every name can be chosen with `--as NAME`; each may have `api_key`, `base_url`, "
        "`organization`, `project` and `admin_key`.",
    )
    openai_prices: Annotated[dict[str, Price], NoDecode] = Field(
        default={},
        description="Prices in dollars per million tokens as JSON, to show what a request cost: "
        '`{"MODEL": {"input": 0.1, "output": 0.5}}`, with `"training": 3` where it can be tuned.',
    )
    openai_models: Annotated[Models, NoDecode] = Field(
        default=Models(),
        description="Models of other operations as JSON: `images`, `transcription`, `subtitles`, "
        "`speakers`, `translation`, `speech`, `embeddings`, `moderation`; each has a default.",
    )
    openai_proxy: Proxy | None = Field(
        default=None, description="Proxy for requests to the model, as `http://host:port`."
    )
    openai_connect_timeout: float = Field(
        default=5, gt=0, description="Seconds to wait for a connection to the model's server."
    )
    openai_first_byte_timeout: float = Field(
        default=60, gt=0, description="Seconds to wait for the first byte of an answer."
    )
    openai_idle_timeout: float = Field(
        default=60, gt=0, description="Seconds of silence after which a stream counts as dead."
    )
    openai_total_timeout: float = Field(
        default=600, gt=0, description="Seconds that one request may take with all its retries."
    )
    openai_connections: int = Field(
        default=1000, ge=1, description="Most connections to the model's server at once."
    )
    openai_attempts: int = Field(
        default=3, ge=1, le=10, description="How often a request is tried while the server fails."
    )
    openai_circuit_failures: int = Field(
        default=8,
        ge=1,
        description="Failures in a row after which the model's server is left alone for a while.",
    )
    openai_compression: bool = Field(
        default=True, description="Whether answers may come compressed."
    )
    openai_ca_file: Path | None = Field(
        default=None,
        description="File with further authorities to trust, for your own server.",
    )
    openai_client_certificate: Path | None = Field(
        default=None, description="File with the certificate that we show to the server."
    )
    openai_client_key: Path | None = Field(
        default=None, description="File with the key of that certificate."
    )
    chat_model: str = Field(default="gpt-6-luna", description="Model that answers in Slack.")
    chat_prompt: str = Field(
        default="", description="Further instructions for the model, added to the bot's own."
    )
    chat_context_tokens: int = Field(
        default=32_000,
        ge=1_000,
        description="Most tokens of a request; "
        "fewer once the server has said that its model takes less.",
    )
    chat_answer_tokens: int | None = Field(
        default=None, ge=16, description="Most tokens of an answer; empty leaves it to the server."
    )
    chat_temperature: float | None = Field(
        default=None, ge=0, le=2, description="Sampling temperature; empty leaves it to the server."
    )
    chat_reasoning_effort: str | None = Field(
        default=None, description="`none` to `max` for reasoning models; empty leaves it out."
    )
    chat_tools: Literal["tools", "functions"] = Field(
        default="tools",
        description="`functions` for servers that only know the old function-calling fields.",
    )
    chat_tool_choice: str = Field(
        default="auto",
        description="`auto`, `none`, or the name of a function that each turn must call first.",
    )
    chat_rounds: int = Field(
        default=10, ge=1, le=100, description="Most rounds of function calls in one turn."
    )
    chat_turn_timeout: float = Field(
        default=600, gt=0, description="Seconds after which a turn is ended with what it has."
    )
    database_url: str = Field(
        default="sqlite:///data/callboard.db", description="Where conversations are kept."
    )
    database_keep_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which a conversation in which nothing has happened is removed; "
        "empty keeps all. What answers took in tokens is kept for a month at least.",
    )
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Slack user ids of the admins, comma separated."
    )
    command_prefix: str = Field(
        default="ai",
        pattern=PREFIX,
        description="First word of the slash commands (`/ai`, `/ai-files`, ...).",
    )
    functions: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further packages, folders or files with functions, comma separated.",
    )
    function_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",),
        description="Hosts that HTTP functions may call, comma separated; `*` is any public one.",
    )
    mcp_servers: Annotated[dict[str, Launch], NoDecode] = Field(
        default={},
        description="MCP servers to start as child processes, as JSON by name: "
        '`{"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", '
        '"/srv/files"]}}`, with `env` and `cwd` if need be; '
        "their tools are added with `/ai-functions mcp NAME`.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="`text` for people, `json` for log collectors."
    )

    _function_secrets: dict[str, SecretStr] = PrivateAttr(default_factory=dict)

    @field_validator("admins", "functions", "function_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return listed(value)
        return value

    @field_validator("mcp_servers", mode="before")
    @classmethod
    def _unwrapped(cls, value: object) -> object:
        """Take the whole file of another MCP client too; runs behind `_json`."""
        return value.get("mcpServers", value) if isinstance(value, dict) else value

    @field_validator(
        "openai_credentials", "openai_prices", "openai_models", "mcp_servers", mode="before"
    )
    @classmethod
    def _json(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError('it must be JSON such as {"NAME": ...}') from None

    @field_validator("openai_credentials")
    @classmethod
    def _words(cls, value: dict[str, Credential]) -> dict[str, Credential]:
        if wrong := [name for name in value if not re.fullmatch(r"[\w.-]+", name)]:
            raise ValueError(f"{wrong[0]!r} is no name: it is one word, for `--as NAME`")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_level", "log_format", "slack_mode", "chat_tools", mode="before")
    @classmethod
    def _stripped(cls, value: object) -> object:
        """Take off blanks, as of every text: pydantic does not where there is a choice of words."""
        return value.strip() if isinstance(value, str) else value

    @field_validator("admins")
    @classmethod
    def _user_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [user for user in value if not re.fullmatch(r"[UW][A-Z0-9]{2,}", user)]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)} is not a Slack user id; in a profile, open the menu with the "
                "three dots and choose 'Copy member ID' (it looks like U012ABCDEF)"
            )
        return value

    @field_validator("function_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [entry for entry in value if not _HOST.fullmatch(entry)]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)} is not like api.example.com, *.example.com, * or "
                "http://host:port"
            )
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return _starting(value, ("xoxb-", "xoxe.xoxb-"), "the bot token from OAuth & Permissions")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        where = "an app-level token from Basic Information, or leave it empty for HTTP mode"
        return value and _starting(value, ("xapp-",), where)

    @field_validator("openai_api_key")
    @classmethod
    def _openai_key(cls, value: SecretStr) -> SecretStr:
        return _own(value, ("sk-",), "a key of the model's server, or any text where it wants none")

    _sendable = field_validator(
        "slack_bot_token",
        "slack_app_token",
        "openai_api_key",
        "openai_admin_key",
        "openai_org_id",
        "openai_project_id",
    )(sendable)

    @field_validator("slack_api_url")
    @classmethod
    def _slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith("sqlite:///"):
            raise ValueError("it must look like sqlite:///data/callboard.db")
        return value

    @model_validator(mode="after")
    def _mode_has_its_secret(self) -> "Settings":
        given = (self.slack_mode, self.slack_app_token, self.slack_signing_secret)
        if lacks := lacking(*given):
            raise ValueError(lacks)
        return self

    def with_function_secrets(self, secrets: Mapping[str, SecretStr]) -> "Settings":
        """Return the same settings with the values of FUNCTION_SECRET_NAME, by name."""
        settings = self.model_copy()
        settings._function_secrets = dict(secrets)
        return settings

    @property
    def function_secrets(self) -> Mapping[str, SecretStr]:
        """Return the values of FUNCTION_SECRET_NAME by name, in lower case."""
        return self._function_secrets

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the logs to strike out."""
        values = (getattr(self, name) for name in type(self).model_fields)
        secrets = [value for value in values if isinstance(value, SecretStr)]
        named = self.openai_credentials.values()
        secrets += [key for one in named for key in (one.api_key, one.admin_key) if key]
        secrets += self.function_secrets.values()
        secrets += [value for one in self.mcp_servers.values() for value in one.env.values()]
        return tuple(secret.get_secret_value() for secret in secrets)

    @property
    def training_prices(self) -> dict[str, float]:
        """Return what training costs, in dollars per million tokens, by base model."""
        prices = self.openai_prices.items()
        return {name: one.training for name, one in prices if one.training is not None}

    @property
    def mode(self) -> Literal["socket", "http"]:
        """Return how Slack reaches the bot."""
        return self.slack_mode or ("socket" if self.slack_app_token else "http")

    @property
    def http_port(self) -> int | None:
        """Return the port of the HTTP server, or None where there is to be none."""
        return 3000 if self.port is None and self.mode == "http" else self.port

    @property
    def address(self) -> str:
        """Return the address of the HTTP server: open to the network only when Slack calls it."""
        return self.listen_host or ("0.0.0.0" if self.mode == "http" else "127.0.0.1")  # noqa: S104 - Slack and balancers must reach the HTTP mode


def _own(value: SecretStr, prefixes: tuple[str, ...], where: str) -> SecretStr:
    if value.get_secret_value() in [f"{prefix}..." for prefix in prefixes]:
        raise ValueError(f"it is still the example of .env.example: take {where}")
    return value


def _starting(value: SecretStr, prefixes: tuple[str, ...], where: str) -> SecretStr:
    _own(value, prefixes, where)
    if not value.get_secret_value().startswith(prefixes):
        raise ValueError(f"it must start with {prefixes[0]}: take {where}")
    return value


def lacking(mode: str | None, app_token: object, signing_secret: object) -> str:
    """Return what the way to Slack still needs, or nothing."""
    if mode == "socket" and not app_token:
        return (
            "SLACK_APP_TOKEN is missing: Socket Mode needs an app-level token (xapp-...) with "
            "connections:write from Basic Information"
        )
    if mode == "http" and not signing_secret:
        return (
            "SLACK_SIGNING_SECRET is missing: HTTP mode needs the signing secret from Basic "
            "Information"
        )
    if not mode and not app_token and not signing_secret:
        return (
            "Set SLACK_APP_TOKEN (xapp-..., for Socket Mode) or SLACK_SIGNING_SECRET (for "
            "HTTP mode), so that Slack and the bot can talk"
        )
    return ""


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a comma separated text."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
