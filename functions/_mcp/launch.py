"""How the operator has a server started: a command of the settings, never of a chat."""

from dataclasses import dataclass, field

from pydantic import ConfigDict, SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One entry of MCP_SERVERS, in the form that other MCP clients take too."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    command: str
    args: tuple[str, ...] = ()
    env: dict[str, SecretStr] = field(default_factory=dict)
    cwd: str | None = None
