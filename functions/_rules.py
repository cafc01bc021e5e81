"""What can be said of a function beside its code: the options of `@function`, each checked.

The same hold for HTTP functions and tools of MCP servers.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypedDict, get_args

from functions._callables import signature_of
from functions._errors import DeclarationError
from functions._faults import nearest
from functions._gate import Limit
from functions._ledger import Effect

Given: TypeAlias = Mapping[str, Any]
Approve: TypeAlias = Literal["never", "always"] | Callable[[Given], bool]
Ids: TypeAlias = frozenset[str]

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
LISTED = ("who", "where", "approvers")
DOUBT = " It may have taken effect nevertheless: do not repeat it unasked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The options as they are kept; docs/functions.md tells what each does."""

    name: str
    title: str
    description: str | None = None
    effect: Effect = "once"
    timeout: float = 30
    who: str | Ids = "members"
    where: str | Ids = "anywhere"
    limit: Limit | None = None
    parallel: bool = True
    strict: bool | None = None
    approve: Approve = "never"
    approvers: str | Ids = "requester"
    dry_run: bool = False

    @property
    def doubt(self) -> str:
        """Return what to say of a call whose end is not known."""
        return "" if self.effect == "read" else DOUBT


def _of(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _word_or_ids(words: Collection[str], kinds: str) -> Callable[[Any], bool]:
    """Take one of the words, or ids of Slack that begin with one of these letters."""
    id = re.compile(f"[{kinds}][A-Z0-9]+")

    def fits(value: Any) -> bool:
        if isinstance(value, str) or not isinstance(value, Collection):
            return value in words
        return bool(value) and all(isinstance(one, str) and id.fullmatch(one) for one in value)

    return fits


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value <= 3600


def _is_approve(value: Any) -> bool:
    """Say whether it is a word, or a call that takes the arguments as one dict, and answers."""
    if not callable(value):
        return value in ("never", "always")
    signature = signature_of(value)  # None where it does not tell what it takes
    try:
        if signature is not None:
            signature.bind({})
    except TypeError:
        return False
    return True


class Must(NamedTuple):
    """What an option takes, and how that is told."""

    fits: Callable[[Any], bool]
    be: str


_TEXT = Must(_of(str, type(None)), "a text")
_SWITCH = Must(_of(bool), "True or False")
_APPROVE = Must(
    _is_approve,
    '"never", "always" or a function that gets the arguments as a dict and returns whether a '
    "person must approve",
)
_EFFECT = Must(
    lambda value: value in get_args(Effect),
    '"read" (changes nothing), "idempotent" (safe to repeat with the same key) or "once" (must '
    "never be repeated)",
)
_WHO = Must(
    _word_or_ids(("everyone", "members", "admins"), "UWS"),
    '"members" (people of this workspace who are no guests), "everyone" (guests too), "admins" or '
    'a list of ids of Slack users and user groups, such as "U0ANN"',
)
_WHERE = Must(
    _word_or_ids(("anywhere", "channels", "dms"), "CDG"),
    '"anywhere", "channels", "dms" (direct messages) or a list of channel ids, such as "C0GENERAL"',
)
_APPROVERS = Must(
    _word_or_ids(("requester", "admins"), "UW"),
    '"requester" (the person who asked), "admins" or a list of ids of Slack users',
)
_LIMIT = Must(_of(Limit, type(None)), "Limit(per_minute=...) or Limit(at_once=...)")


class Options(TypedDict, total=False):
    """The options as they are given, each with what it must be."""

    name: str | None
    title: Annotated[str | None, _TEXT]
    description: Annotated[str | None, _TEXT]
    effect: Annotated[Effect, _EFFECT]
    timeout: Annotated[float, Must(_is_time, "a number of seconds, more than 0 and at most 3,600")]
    who: Annotated[str | Collection[str], _WHO]
    where: Annotated[str | Collection[str], _WHERE]
    limit: Annotated[Limit | None, _LIMIT]
    parallel: Annotated[bool, _SWITCH]
    strict: Annotated[bool | None, Must(_of(bool, type(None)), "True or False")]
    approve: Annotated[Approve, _APPROVE]
    approvers: Annotated[str | Collection[str], _APPROVERS]
    dry_run: Annotated[bool, _SWITCH]


def rules_of(name: Any, **options: Any) -> Rules:
    """Return checked rules, or raise `DeclarationError` for an option that means nothing."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        legal = re.sub(r"[^A-Za-z0-9_-]+", "_", str(name)).strip("_")[:64]
        raise DeclarationError(
            f"{name!r} cannot be a function's name for the model: use 1 to 64 letters a-z, digits, "
            f'_ or -, or give another with function(name="{legal or "..."}").'
        )
    for option, value in options.items():
        _check(option, value)
    if "approvers" in options and "approve" not in options:
        raise DeclarationError(
            'approvers says who may approve, not that anybody must: add approve="always", or a '
            "function of the arguments."
        )
    for option in LISTED:
        if not isinstance(options.get(option, ""), str):
            options[option] = frozenset(options[option])
    plain = re.sub(r"[_-]|(?<=[a-z0-9])(?=[A-Z])", " ", name).strip().capitalize()
    return Rules(name=name, **{**options, "title": options.get("title") or plain or name})


def _check(option: str, value: Any) -> None:
    if option not in Options.__annotations__:
        likely = nearest(option, Options.__annotations__)
        hint = f"did you mean {likely}?" if likely else "see docs/functions.md for those there are."
        raise DeclarationError(f"{option} is no option of @function; {hint}")
    must: Must = get_args(Options.__annotations__[option])[1]
    if not must.fits(value):
        raise DeclarationError(f"{option} is {value!r}; it must be {must.be}.")


def unique(wanted: str, taken: Any) -> str:
    """Return a name that is not taken, near to the one that is wanted."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[:58]}_{number}", number + 1
    return name
