"""What the specification says about a request's fields, and the refusal of what is against it.

A request is a TypedDict whose fields carry their rules (`Annotated[float | None, number(0, 2)]`),
or mean one by their type (`bool`, `Literal["low", "high"]`, another TypedDict), so type checkers,
readers and `checked` all read one declaration. A rule takes the field's name and its value and
returns the value as it is to be sent, or raises `InvalidRequestError`. Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    TypedDict,
    Union,
    get_args,
    get_origin,
    is_typeddict,
)
from typing import get_type_hints as hints_of

from bot.openai.errors import InvalidRequestError

Rule = Callable[[str, Any], Any]


class Options(TypedDict, total=False):
    """What every request takes besides its fields.

    `extra_body` is for fields of other servers and goes unchecked, `timeout` replaces the time to
    the first byte, in seconds.
    """

    extra_body: Mapping[str, Any] | None
    timeout: float | None


NOT_SENT = frozenset(Options.__annotations__)


def checked(kind: type, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that these parameters make; None leaves a field out."""
    fields = {name: value for name, value in parameters.items() if name not in NOT_SENT}
    return _shaped(kind, "", fields) | dict(parameters.get("extra_body") or {})


def number(
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    whole: bool = False,
) -> Rule:
    """Return the rule for a number in a range; `above` is a lower bound that is not reached."""
    kind = "a whole number" if whole else "a number"
    wanted = f"must be {kind}{_range_words(low, high, above)}"

    def rule(field: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise InvalidRequestError(field, wanted)
        if not _within(value, low, high, above):
            raise InvalidRequestError(field, wanted)
        return value

    return rule


def whole(low: int | None = None, high: int | None = None) -> Rule:
    """Return the rule for a whole number in a range."""
    return number(low, high, whole=True)


def text(shortest: int = 0, longest: int | None = None, *, like: str = "", says: str = "") -> Rule:
    """Return the rule for a text: its length, and the pattern that it must match."""
    pattern = re.compile(like) if like else None

    def rule(field: str, value: Any) -> Any:
        if not isinstance(value, str):
            raise InvalidRequestError(field, "must be a text")
        if len(value) < shortest:
            needs = "must not be empty" if shortest == 1 else f"needs {shortest} characters"
            raise InvalidRequestError(field, needs)
        if longest is not None and len(value) > longest:
            raise InvalidRequestError(
                field, f"may have {longest:,} characters and has {len(value):,}"
            )
        if pattern is not None and not pattern.fullmatch(value):
            raise InvalidRequestError(field, says)
        return value

    return rule


def choice(*words: str) -> Rule:
    """Return the rule for a word out of a closed list."""

    def rule(field: str, value: Any) -> Any:
        if not isinstance(value, str) or value not in words:
            raise InvalidRequestError(field, f"must be one of {', '.join(words)}")
        return value

    return rule


def flag(field: str, value: Any) -> Any:
    """Check a yes-or-no field."""
    if not isinstance(value, bool):
        raise InvalidRequestError(field, "must be true or false")
    return value


def anything(field: str, value: Any) -> Any:
    """Take a field that the server alone can judge."""
    return value


def several(item: Rule, fewest: int = 0, most: int | None = None) -> Rule:
    """Return the rule for a list: how many, and the rule for each."""

    def rule(field: str, value: Any) -> Any:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise InvalidRequestError(field, "must be a list")
        if len(value) < fewest:
            needs = "must not be empty" if fewest == 1 else f"needs at least {fewest} entries"
            raise InvalidRequestError(field, needs)
        if most is not None and len(value) > most:
            raise InvalidRequestError(field, f"may have {most:,} entries and has {len(value):,}")
        return [item(f"{field}[{place}]", entry) for place, entry in enumerate(value)]

    return rule


def shape(kind: type) -> Rule:
    """Return the rule for an object that is a TypedDict with rules itself."""

    def rule(field: str, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise InvalidRequestError(field, "must be an object")
        return _shaped(kind, f"{field}.", value)

    return rule


def pairs(most: int, longest_key: int | None, value_rule: Rule) -> Rule:
    """Return the rule for a free mapping: how many pairs, how long its keys, what its values."""
    key_rule = text(1, longest_key)

    def rule(field: str, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise InvalidRequestError(field, "must be pairs of key and value")
        if len(value) > most:
            raise InvalidRequestError(field, f"may have {most} pairs and has {len(value)}")
        return {
            key_rule(f"a key of {field}", key): value_rule(f"{field}.{key}", entry)
            for key, entry in value.items()
        }

    return rule


def either(says: str, *rules: Rule) -> Rule:
    """Return the rule for a field that may be several things; `says` is the whole sentence."""

    def rule(field: str, value: Any) -> Any:
        for one in rules:
            try:
                return one(field, value)
            except InvalidRequestError:
                continue
        raise InvalidRequestError(field, says)

    return rule


def auto_or(rule: Rule) -> Rule:
    """Return the rule for a value that may be left to the server with the word auto."""

    def or_auto(field: str, value: Any) -> Any:
        if value == "auto":
            return value
        try:
            return rule(field, value)
        except InvalidRequestError as error:
            raise InvalidRequestError(field, f"{error.rule}, or auto") from error

    return or_auto


def _shaped(kind: type, prefix: str, value: Mapping[str, Any]) -> dict[str, Any]:
    rules = rules_of(kind)
    for name in value:
        if name not in rules:
            raise InvalidRequestError(f"{prefix}{name}", "is no field of this request")
    given = {name: entry for name, entry in value.items() if entry is not None}
    required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    if not required <= given.keys():
        missing = next(name for name in rules if name in required and name not in given)
        raise InvalidRequestError(f"{prefix}{missing}", "is required")
    return {name: rules[name](f"{prefix}{name}", entry) for name, entry in given.items()}


@cache
def rules_of(kind: type) -> dict[str, Rule]:
    """Return the rule of each field of a request, or of a part of one."""
    hints = hints_of(kind, include_extras=True)
    return {name: _rule_of(hint) for name, hint in hints.items() if name not in NOT_SENT}


def _rule_of(hint: Any) -> Rule:
    """Return the rule that a type carries, or else means."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        rule: Rule = inside[1]
        return rule
    if origin in (Required, NotRequired):
        return _rule_of(inside[0])
    if origin in (Union, UnionType):
        kinds = [one for one in inside if one is not NoneType]
        return _rule_of(kinds[0]) if len(kinds) == 1 else anything
    if origin is Literal:
        return choice(*inside)
    if origin is Sequence:
        return several(_rule_of(inside[0]))
    return shape(hint) if is_typeddict(hint) else _MEANT.get(hint, anything)


def _within(value: float, low: float | None, high: float | None, above: float | None) -> bool:
    return (
        (low is None or value >= low)
        and (high is None or value <= high)
        and (above is None or value > above)
        and isfinite(value)
    )


def _range_words(low: float | None, high: float | None, above: float | None) -> str:
    if above is not None:
        return f" above {above:g}" + (f" and at most {high:g}" if high is not None else "")
    if low is not None and high is not None:
        return f" between {_plain(low)} and {_plain(high)}"
    if low is not None:
        return f" of at least {_plain(low)}"
    return f" of at most {_plain(high)}" if high is not None else ""


def _plain(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


_MEANT: Mapping[Any, Rule] = {bool: flag, str: text(), int: whole(), float: number()}
Filled = Annotated[str, text(1)]
"""A text that is not empty."""
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""How much a model reasons."""
METADATA = pairs(16, 64, text(0, 512))
SEED = whole(-(2**63), 2**63 - 1)
STOP = either("must be a text or 1 to 4 texts", text(), several(text(), 1, 4))
