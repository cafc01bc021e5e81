"""Calls to which a person must say yes first: what is asked, and the port that asks people.

Without the port such a call is refused, never run: what cannot be asked was not approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What is to be approved; the arguments are checked, and exactly these will run.

    `defaults` are the values, as JSON, of what was not given. `approvers` names who may decide:
    nobody means the person who asked, else `admins` or ids of Slack users.
    `digest` binds all of it and how the function is declared. `redacted` is fit for a log.
    """

    call_id: str
    name: str
    title: str
    arguments: str
    defaults: Mapping[str, Any]
    approvers: tuple[str, ...]
    origin: str
    digest: str
    redacted: str


class Approval(Protocol):
    """Who asks people."""

    def knows(self, call_id: str) -> bool:
        """Tell whether people were asked about this call, whether or not that was needed."""

    async def refusal(self, request: ApprovalRequest) -> str | None:
        """Return why it was not approved, in a sentence for the model, or None if it was."""
