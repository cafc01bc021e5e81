"""What admins say of a function that has no Python behind it, and how the database keeps it.

HTTP functions and tools of MCP servers have in common what stands here; each kind adds where its
calls go.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from functions._errors import DeclarationError
from functions._faults import spell
from functions._ledger import Effect
from functions._rules import Rules, rules_of

CONFIG = ConfigDict(extra="forbid")


def _none_if_empty(parameters: Any) -> Any:
    """Take null and an empty list, as collections of functions write it, for no parameters."""
    return {} if parameters in (None, []) else parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHeader:
    """A header whose value is a secret of the settings, known here by its name alone.

    Where `put` says so it goes into the query or a cookie instead, and `header` is its name there.
    `beside` are those that go along with it, where a server wants several at once.
    """

    __pydantic_config__ = CONFIG

    secret: str
    header: str = "Authorization"
    prefix: str = "Bearer "
    put: Literal["header", "query", "cookie"] = "header"
    beside: "tuple[SecretHeader, ...]" = ()

    def __str__(self) -> str:
        """Tell where it goes."""
        if self.put == "header":
            return f"{self.header}: {self.prefix}".strip()
        return f"?{self.header}=" if self.put == "query" else f"Cookie: {self.header}="

    @property
    def every(self) -> "tuple[SecretHeader, ...]":
        """Return it and what goes along with it."""
        return (self, *(one for other in self.beside for one in other.every))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One such function; see docs/functions.md for what each field means.

    `kind` is the word by which the database tells what a stored one is. `dry_run` tells whether a
    call of it can be rehearsed.
    """

    __pydantic_config__ = CONFIG

    kind: ClassVar[str]
    dry_run: ClassVar[bool] = False

    name: str
    description: str
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

    @property
    def own_effect(self) -> Effect:
        """Return the effect, also if none was given."""
        return self.effect or "once"

    @property
    def own_approve(self) -> Literal["never", "always"]:
        """Return whether a person must approve: where something changes, if nothing was said."""
        return self.approve or ("never" if self.own_effect == "read" else "always")

    def dump(self) -> str:
        """Write it as the JSON that is stored, or refuse what none can hold."""
        try:
            return self._adapter().dump_json(self, exclude_defaults=True).decode()
        except PydanticSerializationError:
            raise DeclarationError("one of its texts contains half of a surrogate pair.") from None

    @classmethod
    def load(cls, body: str | bytes | dict[str, Any]) -> Self:
        """Read one from JSON or from a dict, or refuse it with every fault."""
        adapter = cls._adapter()
        try:
            found: Self = (
                adapter.validate_python(body)
                if isinstance(body, dict)
                else adapter.validate_json(body)
            )
        except ValidationError as error:
            raise DeclarationError(f"the function is wrong: {spelt(error)}.") from None
        return found

    @classmethod
    @cache
    def _adapter(cls) -> TypeAdapter[Any]:
        """Return what reads and writes it; made once for each kind, for that takes milliseconds."""
        return TypeAdapter(cls)

    def rules(self) -> Rules:
        """Return the rules for a call, or refuse those that mean nothing."""
        same = ("name", "title", "description", "timeout", "who", "where", "approvers", "dry_run")
        given = {one: getattr(self, one) for one in same}
        return rules_of(effect=self.own_effect, approve=self.own_approve, **given)


def spelt(error: ValidationError) -> str:
    """Return the faults of a value, each with where it is."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{spell(fault['loc']) or 'it'}: {fault['msg']}" for fault in faults[:10])
