"""The values: a tool as its server describes it, and the function that an admin made of it."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from functions._http.value import CONFIG, SecretHeader
from functions._ledger import Effect
from functions._stored import loaded

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class McpTool:
    """A tool as its server describes it now; `hints` are its annotations, which prove nothing.

    `problem` tells what is wrong with a description that cannot be read.
    """

    name: str
    description: str = ""
    title: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

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
class McpFunction:
    """A function that is a tool of a server; see docs/functions.md for what each field means.

    `server` is a URL, or the name of a server in the operator's MCP_SERVERS. `pin` is the hash of
    the tool's description when it was approved; `changed` says how its server was found to
    describe it otherwise since, and keeps it off until an admin takes it anew.
    """

    __pydantic_config__ = CONFIG

    name: str
    description: str
    server: str
    tool: str
    pin: str
    parameters: dict[str, Any] = field(default_factory=dict)
    effect: Effect = "once"
    title: str = ""
    who: str | tuple[str, ...] = "members"
    where: str | tuple[str, ...] = "anywhere"
    approve: Literal["never", "always"] = "always"
    approvers: str | tuple[str, ...] = "requester"
    timeout: float = TIMEOUT
    secret: SecretHeader | None = None
    changed: str = ""


@cache
def adapter() -> TypeAdapter[McpFunction]:
    """Return what reads and writes the value as JSON; made once, for that takes milliseconds."""
    return TypeAdapter(McpFunction)


def dump(function: McpFunction) -> str:
    """Write a function as the JSON that is stored."""
    return adapter().dump_json(function, exclude_defaults=True).decode()


def load(body: str | bytes | dict[str, Any]) -> McpFunction:
    """Read a function from JSON or from a dict, or refuse it with every fault."""
    return loaded(adapter(), "MCP function", body)
