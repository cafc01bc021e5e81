"""The values: a server's start, its tools as described, and functions made of them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from functions._errors import FunctionError
from functions._held.definition import CONFIG, Definition
from functions._ledger import Effect

TIMEOUT = 60.0
UNREADABLE = "callboard/unreadable"  # in place of hints: what nobody can read of a tool

Note = Callable[[FunctionError | None], None]  # takes why the last request failed, if it did


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A command of the operator's MCP_SERVERS, in the form that other MCP clients take too."""

    __pydantic_config__ = CONFIG

    command: str
    args: tuple[str, ...] = ()
    env: dict[str, SecretStr] = field(default_factory=dict)
    cwd: str | None = None


@dataclass(frozen=True, slots=True)
class McpTool:
    """A tool as its server describes it now; `hints` are its annotations, which prove nothing."""

    name: str
    description: str = ""
    title: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)

    @property
    def pin(self) -> str:
        """Return the hash of everything that the description says."""
        said = [self.name, self.description, self.title, self.schema, self.hints]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def effect(self) -> Effect:
        """Return the effect that the hints propose."""
        if self.hints.get("readOnlyHint") is True:
            return "read"
        return "idempotent" if self.hints.get("idempotentHint") is True else "once"


@dataclass(frozen=True, slots=True, kw_only=True)
class McpFunction(Definition):
    """A function that is a tool of a server.

    `server` is a URL, or the name of a server in the operator's MCP_SERVERS. `pin` is the hash of
    the tool's description when it was approved; `changed` says how its server was found to
    describe it otherwise since, and keeps it off until an admin takes it anew.
    """

    kind: ClassVar[str] = "mcp"

    server: str
    tool: str
    pin: str
    effect: Effect = "once"
    approve: Literal["never", "always"] = "always"
    timeout: float = TIMEOUT
    changed: str = ""
