"""Calls to which a person must say yes first: how that is declared, and the port that asks people.

Without the port such a call is refused, never run: what cannot be asked was not approved.
"""

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from functions._callables import is_async
from functions._errors import DeclarationError
from functions._ids import word_or_ids
from functions._ledger import Effect

logger = logging.getLogger(__name__)

Given: TypeAlias = Mapping[str, Any]
Approve: TypeAlias = Literal["never", "always"] | Callable[[Given], bool]
Approvers: TypeAlias = str | frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be approved; the arguments are checked, and exactly these will run.

    `defaults` are the values, as JSON, of what was not given. `approvers` names who may decide:
    nobody means the person who asked, else `admins` or ids of Slack users.
    `digest` binds all of it and how the function is declared. `redacted` is fit for a log.
    """

    call_id: str
    name: str
    title: str
    arguments: str
    effect: Effect
    defaults: Mapping[str, Any]
    approvers: tuple[str, ...]
    origin: str
    digest: str
    redacted: str


class Approval(Protocol):
    """Who asks people."""

    def knows(self, call_id: str) -> bool:
        """Tell whether people were asked about this call, whether or not that was needed."""

    async def refusal(self, question: Question) -> str | None:
        """Return why it was not approved, in a sentence for the model, or None if it was."""


def must_ask(name: str, approve: Approve, given: Given) -> bool:
    """Tell whether these arguments need a person's consent; in doubt they do."""
    if not callable(approve):
        return approve == "always"
    try:
        return bool(approve(given))
    except BaseException:  # whatever it wants, it is asked within the loop of the bot
        logger.exception("approval_not_judged", extra={"function": name})
        return True


def check_approve(name: str, approve: Any) -> Approve:
    """Return the rule as it is kept, or refuse one that means nothing."""
    if approve in ("never", "always") or (callable(approve) and _is_predicate(approve)):
        found: Approve = approve
        return found
    raise DeclarationError(
        f'{name}: approve is {approve!r}; it must be "never", "always" or a plain function that '
        "gets the arguments as a dict and returns whether a person must approve."
    )


def check_approvers(name: str, approvers: Any) -> Approvers:
    """Return the rule as it is kept, or refuse one that means nothing."""
    allowed = '"requester" (the person who asked), "admins" or a list of ids of Slack users'
    return word_or_ids(name, "approvers", approvers, ("requester", "admins"), "UW", allowed)


def _is_predicate(call: Callable[..., Any]) -> bool:
    """Say whether a call takes the arguments as one dict, and answers at once."""
    try:
        inspect.signature(call).bind({})
    except TypeError:
        return False
    except ValueError:  # it does not tell what it takes
        pass
    return not is_async(call)
