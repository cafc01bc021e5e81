"""The value of an HTTP function: what an admin fills in, and what the database keeps as JSON."""

from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, TypeAdapter

from functions._ledger import Effect
from functions._stored import loaded

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Put: TypeAlias = Literal["path", "query", "header", "body", "content", "form"]
Style: TypeAlias = Literal["", "commas", "spaces", "pipes", "tabs", "brackets", "json"]

CONFIG = ConfigDict(extra="forbid")


def _none_if_empty(parameters: Any) -> Any:
    """Take null and an empty list, as collections of functions write it, for no parameters."""
    return {} if parameters in (None, []) else parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHeader:
    """A header whose value is a secret of the settings, known here by its name alone.

    Where `put` says so it goes into the query or a cookie instead, and `header` is its name there.
    """

    __pydantic_config__ = CONFIG

    secret: str
    header: str = "Authorization"
    prefix: str = "Bearer "
    put: Literal["header", "query", "cookie"] = "header"

    def __str__(self) -> str:
        """Tell where it goes."""
        if self.put == "header":
            return f"{self.header}: {self.prefix}".strip()
        return f"?{self.header}=" if self.put == "query" else f"Cookie: {self.header}="


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an argument goes, when that is not what the method says.

    `name` is what the server calls it; `joined` writes a list as one text with commas, `style`
    a list otherwise, an object with its keys in brackets, or anything as JSON. `content` makes the
    argument the whole body.
    """

    __pydantic_config__ = CONFIG

    argument: str
    put: Put
    name: str = ""
    joined: bool = False
    style: Style = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFunction:
    """A function that is a request; see docs/functions.md for what each field means."""

    __pydantic_config__ = CONFIG

    name: str
    description: str
    url: str
    method: Method = "GET"
    parameters: Annotated[dict[str, Any], BeforeValidator(_none_if_empty)] = field(
        default_factory=dict
    )
    effect: Effect | None = None
    title: str = ""
    who: str | tuple[str, ...] = "members"
    where: str | tuple[str, ...] = "anywhere"
    approve: Literal["never", "always"] | None = None
    approvers: str | tuple[str, ...] = "requester"
    timeout: float = 30
    secret: SecretHeader | None = None
    headers: dict[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()

    @property
    def own_effect(self) -> Effect:
        """Return the effect: reading for GET and once for the rest, if none was given."""
        return self.effect or ("read" if self.method == "GET" else "once")

    @property
    def own_approve(self) -> Literal["never", "always"]:
        """Return whether a person must approve: where something changes, if nothing was said."""
        return self.approve or ("never" if self.own_effect == "read" else "always")


@cache
def adapter() -> TypeAdapter[HttpFunction]:
    """Return what reads and writes the value as JSON; made once, for that takes milliseconds."""
    return TypeAdapter(HttpFunction)


def dump(function: HttpFunction) -> str:
    """Write a function as the JSON that is stored."""
    return adapter().dump_json(function, exclude_defaults=True).decode()


def load(body: str | bytes | dict[str, Any]) -> HttpFunction:
    """Read a function from JSON or from a dict, or refuse it with every fault."""
    return loaded(adapter(), "HTTP function", body)
