"""Calls to which a person must say yes first: the port through which they are asked.

Without the port such a call is refused, never run: what cannot be asked was not approved.
"""

from dataclasses import dataclass
from typing import Protocol

from functions._ledger import Effect


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be approved; the arguments are checked, and exactly these will run."""

    call_id: str
    name: str
    title: str
    arguments: str
    effect: Effect


class Approval(Protocol):
    """Who asks people."""

    async def refusal(self, question: Question) -> str | None:
        """Return why it was not approved, in a sentence for the model, or None if it was."""
