"""The value of an HTTP function: what an admin fills in, and what the database keeps as JSON."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from functions._held.definition import CONFIG, Definition
from functions._ledger import Effect

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Put: TypeAlias = Literal["path", "query", "header", "body", "content", "form"]
Style: TypeAlias = Literal["", "commas", "spaces", "pipes", "tabs", "brackets", "json"]


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

    @property
    def wire(self) -> str:
        """Return what the server calls it."""
        return self.name or self.argument


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFunction(Definition):
    """A function that is a request."""

    kind: ClassVar[str] = "http"
    dry_run: ClassVar[bool] = True

    url: str
    method: Method = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()

    @property
    def own_effect(self) -> Effect:
        """Return the effect: reading for GET and once for the rest, if none was given."""
        return self.effect or ("read" if self.method == "GET" else "once")
