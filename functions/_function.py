"""`@function`: declare that the model may call something, and under which rules.

The decorator checks the options and returns a `Function`, which is still called as before. The
signature is read later, when a registry takes it in: types may be defined further down the file.
"""

import functools
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar, Unpack, get_args, overload

from functions._approval import Approve, Approvers, check_approve, check_approvers
from functions._errors import DeclarationError
from functions._faults import nearest
from functions._gate import Limit
from functions._ledger import Effect
from functions._permission import Where, Who, check_where, check_who

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
TIMEOUT = 30.0
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "title": ((str, type(None)), "a text"),
    "description": ((str, type(None)), "a text"),
    "limit": ((Limit, type(None)), "Limit(per_minute=...) or Limit(at_once=...)"),
    "parallel": ((bool,), "True or False"),
    "strict": ((bool, type(None)), "True or False"),
    "dry_run": ((bool,), "True or False"),
}

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an author declared beside the code."""

    name: str
    title: str
    description: str | None
    effect: Effect
    timeout: float
    who: Who
    where: Where
    limit: Limit | None = None
    parallel: bool = True
    strict: bool | None = None
    approve: Approve = "never"
    approvers: Approvers = "requester"
    dry_run: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Function(Generic[P, R]):
    """Something that the model may call; calling it here runs the original.

    `module` is where the decorator stood and `names` what was visible there, for annotations
    that are written as text.
    """

    wrapped: Callable[P, R]
    rules: Rules
    module: str
    names: Mapping[str, Any] = field(repr=False)

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the original."""
        return self.wrapped(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> "Function[..., Any]":
        """Bind a method, so that `box.open` can be offered where `Box.open` was declared."""
        bind = getattr(self.wrapped, "__get__", None)
        bound = bind(instance, owner) if bind else self.wrapped
        return (
            self if bound is self.wrapped else Function(bound, self.rules, self.module, self.names)
        )


class Options(TypedDict, total=False):
    """What can be said of a function; docs/functions.md tells what each option does."""

    name: str | None
    title: str | None
    description: str | None
    effect: Effect
    timeout: float
    who: str | Collection[str]
    where: str | Collection[str]
    limit: Limit | None
    parallel: bool
    strict: bool | None
    approve: Approve
    approvers: str | Collection[str]
    dry_run: bool


@overload
def function(call: Callable[P, R], /) -> Function[P, R]: ...


@overload
def function(**options: Unpack[Options]) -> Callable[[Callable[P, R]], Function[P, R]]: ...


def function(call: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a function that the model may call; see `Options` for what can be said of it."""
    frame = inspect.currentframe()
    module, names = _surroundings(frame.f_back if frame else None)

    def declare(given: Callable[..., Any]) -> Function[..., Any]:
        wrapped = _original(given)
        name = options.get("name")
        name = _name_of(given) if name is None else name
        return Function(wrapped, rules_of(**{**options, "name": name}), module, names)

    return declare if call is None else declare(call)


def rules_of(
    *,
    name: str,
    title: str | None = None,
    description: str | None = None,
    effect: Effect = "once",
    timeout: float = TIMEOUT,
    who: str | Collection[str] = "members",
    where: str | Collection[str] = "anywhere",
    approve: Approve = "never",
    approvers: str | Collection[str] = "requester",
    **others: Any,
) -> Rules:
    """Return checked rules, or raise `DeclarationError` for an option that means nothing."""
    _check_kinds(name, {"title": title, "description": description, **others})
    return Rules(
        name=_check_name(name),
        title=title or name.replace("_", " ").replace("-", " ").strip().capitalize() or name,
        description=description,
        effect=_check_effect(name, effect),
        timeout=_check_timeout(name, timeout),
        who=check_who(name, who),
        where=check_where(name, where),
        approve=check_approve(name, approve),
        approvers=check_approvers(name, approvers),
        **others,
    )


def _check_kinds(name: str, options: Mapping[str, Any]) -> None:
    for option, value in options.items():
        if option not in KINDS:
            likely = nearest(option, Options.__annotations__)
            hint = (
                f"did you mean {likely}?"
                if likely
                else "see docs/functions.md for those there are."
            )
            raise DeclarationError(f"{name}: {option} is no option of @function; {hint}")
        kinds, wanted = KINDS[option]
        if not isinstance(value, kinds):
            raise DeclarationError(f"{name}: {option} is {value!r}; give {wanted}.")


def _surroundings(frame: FrameType | None) -> tuple[str, dict[str, Any]]:
    """Return the module in which the decorator stands and, inside a function, its variables."""
    if frame is None:
        return "", {}
    inside = frame.f_locals is not frame.f_globals
    return frame.f_globals.get("__name__", ""), dict(frame.f_locals) if inside else {}


def _original(call: Callable[..., Any]) -> Callable[..., Any]:
    """Take off what an earlier `@function` put around it, also inside of a partial."""
    if isinstance(call, Function):
        return _original(call.wrapped)
    if isinstance(call, functools.partial):
        return functools.partial(_original(call.func), *call.args, **call.keywords)
    return call


def _name_of(wrapped: Callable[..., Any]) -> str:
    while isinstance(wrapped, functools.partial):
        wrapped = wrapped.func
    if isinstance(wrapped, Function):
        return wrapped.rules.name
    found = getattr(wrapped, "__name__", None)
    if not isinstance(found, str):
        raise DeclarationError(
            f"An object of {type(wrapped).__name__} has no name of its own: "
            'give it one with function(name="...").'
        )
    return found


def _check_name(name: Any) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        legal = re.sub(r"[^A-Za-z0-9_-]+", "_", str(name)).strip("_")[:64]
        raise DeclarationError(
            f"{name!r} cannot be a function's name for the model: use 1 to 64 letters a-z, digits, "
            f'_ or -, or give another with function(name="{legal or "..."}").'
        )
    return name


def _check_effect(name: str, effect: Effect) -> Effect:
    if effect not in get_args(Effect):
        raise DeclarationError(
            f'{name}: effect is {effect!r}; it must be "read" (changes nothing), "idempotent" '
            '(safe to repeat with the same key) or "once" (must never be repeated).'
        )
    return effect


def _check_timeout(name: str, timeout: Any) -> float:
    if type(timeout) not in (int, float) or not 0 < timeout <= 3600:
        raise DeclarationError(f"{name}: timeout is {timeout!r}; give seconds from 0 to 3,600.")
    return float(timeout)
