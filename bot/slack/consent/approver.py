"""Takes the clicks on Approve and Deny: may this person, is it still open, what do people see.

The first click counts; what else happened is told to whoever clicked, and to nobody else.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.slack.consent import approval_card as card
from bot.slack.consent.approval import GOOD_FOR_MS, Approvals
from bot.slack.inbound.invocation import Invocation
from bot.slack.workspace.rights import Rights
from storage.records import Approval, ApprovalState, Ticket

logger = logging.getLogger(__name__)

_VERDICTS: dict[str, ApprovalState] = {"approve": "approved", "deny": "denied"}
_GONE = "I do not know this question any more, so nothing was run."


@dataclass(frozen=True, slots=True)
class Approver:
    """Decides by clicks; `start` works on the thread of a turn that goes on."""

    approvals: Approvals
    rights: Rights
    start: Callable[[Ticket], None]

    async def decide(self, click: Invocation) -> str:
        """Decide; return what only the person who clicked is told, or nothing."""
        verdict = _VERDICTS.get(click.pressed["do"])
        kept = self.approvals.storage.approvals
        approval = await kept.get(click.pressed["id"])
        if approval is None or verdict is None or approval.team != click.team:
            return _GONE
        if not await self._may(approval, click.user):
            logger.info("approval_refused", extra={"approval": approval.id, "user": click.user})
            return f"Your click does not count: only {card.approvers(approval)} can decide this."
        decided = await kept.decide(approval.id, click.user, verdict, click.id)
        if decided is None:
            return await self._too_late(approval.id, click)
        logger.info("approval_decided", extra={"approval": approval.id, "state": verdict})
        if decided.ticket:
            self.start(decided.ticket)
        await self._show(decided.approval, click)
        return ""

    async def _may(self, approval: Approval, user: str) -> bool:
        if approval.approvers == ("admins",):
            return (await self.rights.of(user)).standing == "admin"
        return user in (approval.approvers or (approval.user,))

    async def _show(self, approval: Approval, click: Invocation) -> None:
        """Let the card that was clicked say how it ended, also where its post seemed to fail."""
        await self.approvals.show(replace(approval, ts=approval.ts or click.message_ts))

    async def _too_late(self, approval_id: str, click: Invocation) -> str:
        approval = await self.approvals.storage.approvals.get(approval_id)
        if approval is None:
            return _GONE
        if approval.state == "pending":  # its time is up, and that is about to be noted
            minutes = GOOD_FOR_MS // 60_000
            return f"It was open for {minutes} minutes, which are over: it counts as denied."
        if not approval.shown:
            await self._show(approval, click)
        return f"This is decided already: {card.ending(approval)}."
