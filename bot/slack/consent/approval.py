"""Asks people in the thread whether a function call may run, and tells the turn what they decided.

A turn asks by a row in storage and a card in the thread; then it ends, and waits without holding
anything (`storage.parking`). Whoever decides, or the time that is up, or Stop, wakes it; the same
call comes again, meets the same row, and runs only if that says `approved` of exactly these
arguments. A card that nobody can be shown is a call that nobody approved.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.chat.turn import Consent
from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.send import FateUnknown, Refused, Sender, reason_of
from bot.slack.consent import approval_card as card
from bot.slack.inbound.invocation import Invocation
from bot.slack.reply.reply import Reply
from bot.slack.workspace.files import FileError, Files
from bot.slack.workspace.rights import Rights
from functions import ApprovalRequest, call_id
from storage import Storage
from storage.records import Approval, ApprovalState, Message, Ticket

logger = logging.getLogger(__name__)

_GOOD_FOR_MS = 15 * 60 * 1000

_VERDICTS: dict[str, ApprovalState] = {"approve": "approved", "deny": "denied"}
_GONE = "I do not know this question any more, so nothing was run."
_STOPPED = "Not run: the person stopped it before anybody had approved it."
_ENDED = {
    "expired": "nobody approved it in time.",
    "cancelled": "nobody could be asked to approve it, or it was stopped.",
    "pending": "it still waits for approval.",
}


@dataclass(frozen=True, slots=True)
class Approvals:
    """Shows what is asked, takes the decision, shows how it ended; one for the process.

    The first click of a person who may decide counts; what else happened is told to whoever
    clicked, and to nobody else. `start` works on the thread of a turn that goes on.
    """

    storage: Storage
    sender: Sender
    files: Files
    rights: Rights
    start: Callable[[Ticket], None]

    async def post(self, approval: Approval, place: Place, *, again: bool) -> None:
        """Post the card, or end an approval that cannot be asked for.

        With `again` an earlier run may have posted it.
        """
        key = _key(approval)
        try:
            ts = await posting.find(self.sender, place.since, key) if again else None
            if ts is None:
                await self._attach(approval, place)
                await self.sender.budget.take(posting.POST, place.channel)
                ts = await posting.post(self.sender, place, key, _content(approval))
        except (Refused, FateUnknown, FileError) as error:
            logger.warning("approval_not_asked", extra={"reason": reason_of(error)})
            await self.storage.approvals.cancel(approval.id)
        else:
            await self.storage.approvals.posted(approval.id, ts)

    async def show(self, approval: Approval) -> None:
        """Let the card say how it ended; a failure is no matter."""
        where = (approval.channel, approval.ts, _key(approval))
        if await posting.redraw(self.sender, *where, _content(approval)):
            await self.storage.approvals.shown(approval.id)

    async def _attach(self, approval: Approval, place: Place) -> None:
        """Send the arguments as a file where the card has no room for them."""
        content = card.file(approval)
        if content is not None:
            name = f"arguments-of-{approval.name}.json"
            await self.files.share(place.channel, place.thread_ts, [(name, content)])

    # What people decide

    async def decide(self, click: Invocation) -> str:
        """Decide; return what only the person who clicked is told, or nothing."""
        verdict = _VERDICTS.get(click.pressed["do"])
        kept = self.storage.approvals
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
        await self._ended(decided.approval, click)
        return ""

    async def _may(self, approval: Approval, user: str) -> bool:
        if approval.approvers == ("admins",):
            return (await self.rights.of(user)).standing == "admin"
        return user in (approval.approvers or (approval.user,))

    async def _ended(self, approval: Approval, click: Invocation) -> None:
        """Let the card that was clicked say how it ended, also where its post seemed to fail."""
        await self.show(replace(approval, ts=approval.ts or click.message_ts))

    async def _too_late(self, approval_id: str, click: Invocation) -> str:
        approval = await self.storage.approvals.get(approval_id)
        if approval is None:
            return _GONE
        if approval.state == "pending":  # its time is up, and that is about to be noted
            minutes = _GOOD_FOR_MS // 60_000
            return f"It was open for {minutes} minutes, which are over: it counts as denied."
        if not approval.shown:
            await self._ended(approval, click)
        return f"This is decided already: {card.ending(approval)}."


@dataclass(eq=False, repr=False)
class TurnApprovals:
    """What one turn asks: the port `Approval` of `functions`, and the turn's end of it.

    Its cards stand below what the `reply` has said.
    """

    every: Approvals
    reply: Reply
    _rows: dict[str, Approval] = field(init=False, default_factory=dict)
    _showing: list[asyncio.Task[None]] = field(init=False, default_factory=list)

    @property
    def place(self) -> Place:
        """Return where the turn answers."""
        return self.reply.place

    async def load(self) -> None:
        """Take up what an earlier run of this turn has asked, and mend its cards."""
        rows = await self.every.storage.approvals.of_event(self.place.event)
        self._rows = {row.call: row for row in rows}
        for row in rows:
            if row.state == "pending" and row.ts is None:
                self._show(self.every.post(row, self.place, again=True))
            elif row.state in ("expired", "cancelled") and not row.shown:
                self._show(self.every.show(row))

    def knows(self, call_id: str) -> bool:
        """Tell whether people were asked about this call."""
        return call_id in self._rows

    async def consent(self, request: ApprovalRequest) -> Consent:
        """Tell what people say to a call, and ask them if nobody has.

        What they did not want is not asked again in the same turn.
        """
        row = self._rows.get(request.call_id) or self._unwanted(request) or await self._ask(request)
        self._rows[request.call_id] = row
        if row.state == "pending":
            return "awaited"
        return "given" if row.state == "approved" else "refused"

    async def refusal(self, request: ApprovalRequest) -> str | None:
        """Return why a call was not approved, for the model; None if it was, exactly as it is."""
        row = self._rows.get(request.call_id)
        if row is None:
            return (
                f"{request.name} was not run: it must be approved, and nobody who could is in this "
                "conversation. The person may ask in a channel."
            )
        if row.digest != request.digest:
            return (
                f"{request.name} was not run: the function is no longer the one that people were "
                "asked about. Call it again if it is still needed, and they are asked again."
            )
        return None if row.state == "approved" else f"{row.name} was not run: {_why_not(row)}"

    async def count_awaited(self) -> int:
        """Wait until everybody is asked; return for how many decisions the turn waits."""
        await self.settle()
        return sum(row.state == "pending" for row in self._rows.values())

    def stopped(self, said: Sequence[Message]) -> list[Message]:
        """Return results for the calls of the newest round that nobody is asked about any more."""
        rounds = [message for message in said if message.tool_calls]
        calls = enumerate(rounds[-1].tool_calls if rounds else ())
        event, step = self.place.event, len(rounds)
        answered = {message.tool_call_id for message in said}
        return [
            Message(role="tool", content=_STOPPED, tool_call_id=call.id)
            for index, call in calls
            if self.knows(call_id(event, step, index)) and call.id not in answered
        ]

    async def close(self) -> None:
        """Let the cards show what the end of the turn has cancelled."""
        if self._rows:
            await self.settle()
            await self.load()
            await self.settle()

    async def settle(self) -> None:
        """Wait until the cards show what they should; a Stop meanwhile leaves them on their way."""
        if self._showing:
            await asyncio.wait(self._showing)
        showing, self._showing = self._showing, []
        await asyncio.gather(*showing)

    def _unwanted(self, request: ApprovalRequest) -> Approval | None:
        asked = (row for row in self._rows.values() if row.digest == request.digest)
        return next((row for row in asked if row.state in ("denied", "expired")), None)

    async def _ask(self, request: ApprovalRequest) -> Approval:
        asked = Approval(
            id=secrets.token_hex(12),
            call=request.call_id,
            event=self.place.event,
            team=self.place.team,
            channel=self.place.channel,
            thread_ts=self.place.thread_ts,
            name=request.name,
            title=request.title,
            arguments=request.arguments,
            defaults=json.dumps(request.defaults),
            origin=request.origin,
            digest=request.digest,
            user=self.place.user,
            approvers=request.approvers,
            redacted=request.redacted,
        )
        row = await self.every.storage.approvals.ask(self.place.ticket, asked, _GOOD_FOR_MS)
        self._show(self._post(row, again=row.id != asked.id))
        logger.info("approval_asked", extra={"function": row.name, "approval": row.id})
        return row

    async def _post(self, row: Approval, *, again: bool) -> None:
        await self.reply.stands()
        await self.every.post(row, self.place, again=again)

    def _show(self, work: Coroutine[Any, Any, None]) -> None:
        self._showing.append(asyncio.create_task(work, name="approval card"))


def _why_not(row: Approval) -> str:
    if row.state != "denied":
        return _ENDED[row.state]
    who = "the person who asked" if row.decided_by == row.user else "the person who may approve it"
    return f"{who} denied it. Do not call it again unless you are asked to."


def _key(approval: Approval) -> str:
    return f"approval:{approval.id}"


def _content(approval: Approval) -> dict[str, object]:
    return {"text": card.text(approval), "blocks": card.blocks(approval)}
