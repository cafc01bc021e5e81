"""The desk: takes invocations from the inbox, runs their commands, and answers their persons.

An event is finished only after its person was told. Forms are looked at before that, too: Slack
shows what is wrong in one only if it is told in the acknowledgement.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.desk import forms
from bot.desk.catalogue import Catalogue
from bot.desk.confirmations import kept_order, why_not
from bot.desk.errors import CommandError, UsageError
from bot.desk.failing import misunderstood, plain_message
from bot.desk.order import Order, order_of, parsed, verb_of
from bot.desk.request import INTERRUPTED, Equipment
from bot.desk.run import Run
from bot.desk.visit import Visit
from bot.desk.words import plain
from bot.errors import BotError, TryAgain
from bot.slack import explain
from bot.slack.inbound.invocation import Invocation, restored
from bot.slack.outbound.respond import Responder
from storage import StorageError
from storage.records import Decision, DecisionState, Event, Ticket

_RUN_S = 900.0  # that a command may take
_AGAIN = "Slack took too long to bring this to me; please press it once more."


class Desk:
    """Runs commands; one for the process. `respond` makes what answers an invocation."""

    def __init__(
        self,
        catalogue: Catalogue,
        equipment: Equipment,
        respond: Callable[[Invocation], Responder],
    ) -> None:
        self._catalogue = catalogue
        self._equipment = equipment
        self._respond = respond

    async def answer(self, ticket: Ticket, event: Event) -> Event | None:
        """Run the command of one event, tell its person, and mark the event as done.

        Returns what waits behind it, if anything.
        """
        visit = self._visit(ticket, restored(event))
        try:
            async with asyncio.timeout(_RUN_S):
                await _serve(visit)
        except (asyncio.CancelledError, StorageError, TryAgain):
            raise
        except BotError as error:
            await visit.show(plain_message(str(error)), fresh=True)
        except Exception as error:
            await visit.show(plain_message(explain.explained(error, "")))
        return await self._equipment.storage.inbox.finish(ticket, event.id)

    async def apologise(self, event: Event, error: BaseException) -> None:
        """Tell a person that their command is given up."""
        shown = plain_message(explain.explained(error, ""))
        await self._respond(restored(event)).result(shown)

    def named(self, text: str) -> bool:
        """Tell whether a message that starts with `!` names a command in full."""
        return self._catalogue.names(plain(text))

    async def check(self, invocation: Invocation) -> dict[str, str]:
        """Return what is wrong in a form, by its inputs; asked before it is acknowledged."""
        meta, values = invocation.pressed, forms.given(invocation.values)
        decisions = self._equipment.storage.decisions
        if verb_of(invocation) == "typed":
            decision = await decisions.get(str(meta.get("id")))
            if decision and values.get("typed", "").strip() != decision.must_type:
                return {"typed": f"Type exactly this: {decision.must_type}"}
            return {}
        try:
            order = await kept_order(decisions, invocation.user, meta.get("order"))
            found = self._catalogue.find("", order.line)
        except CommandError as error:
            return dict.fromkeys(values, str(error))
        return forms.faults(found.sub, values) if found.sub else {}

    def _visit(self, ticket: Ticket, invocation: Invocation) -> Visit:
        responder = self._respond(invocation)
        return Visit(self._catalogue, self._equipment, ticket, invocation, responder)


async def _serve(visit: Visit) -> None:
    """Do what was pressed or written."""
    pressed = visit.invocation.pressed
    match verb_of(visit.invocation):
        case None:
            await _start(visit)
        case "run":
            order = order_of(visit.invocation, str(pressed.get("line", "")))
            await Run(visit, order, int(pressed.get("page") or 0)).go()
        case "open":
            await Run(visit, await _kept(visit)).go()
        case "fill":
            order = await _kept(visit)
            filled = {**order.values, **forms.given(visit.invocation.values)}
            await Run(visit, replace(order, values=filled)).go()
        case "ask":
            await _ask_to_type(visit, str(pressed.get("id")))
        case "yes" | "typed":
            await _accepted(visit, str(pressed.get("id")))
        case "no":
            await _declined(visit, str(pressed.get("id")))


async def _start(visit: Visit) -> None:
    invocation, catalogue = visit.invocation, visit.catalogue
    try:
        found = catalogue.find(invocation.command, plain(invocation.text))
    except UsageError as error:
        await visit.show(misunderstood(error, None, visit.slash))
        return
    await Run(visit, order_of(invocation, found.line)).go()


async def _kept(visit: Visit) -> Order:
    """Return the order that waited for the form that was opened or filled in."""
    to = visit.invocation
    return await kept_order(visit.decisions, to.user, to.pressed.get("order"))


async def _ask_to_type(visit: Visit, decision_id: str) -> None:
    decision = await visit.decisions.get(decision_id)
    waiting = decision and decision.state == "waiting" and decision.user == visit.invocation.user
    if decision is None or not waiting or decision.expires < visit.now:
        await _did_not_count(visit, decision_id)
        return
    meta = {**visit.place(), "id": decision_id}
    if not await visit.responder.open(forms.typing(decision.effect, decision.must_type, meta)):
        await visit.show(plain_message(_AGAIN), fresh=True)


async def _accepted(visit: Visit, decision_id: str) -> None:
    decision = await _decided(visit, decision_id, "accepted")
    if decision is None:
        await _did_not_count(visit, decision_id)
    elif await visit.equipment.storage.audit.get(decision_id):
        await visit.show(plain_message(await _fate(visit, decision_id)))
    else:
        await Run(visit, parsed(decision.line), decision=decision).go()


async def _fate(visit: Visit, act_id: str) -> str:
    """Say what became of an act that was begun before this click was taken up again."""
    audit = visit.equipment.storage.audit
    await audit.end(act_id, "failed", INTERRUPTED)
    act, look = await audit.get(act_id), f"`{visit.slash('ai audit')}` shows it"
    if act and act.state == "done":
        return f"This was done already, but what it brought could not be shown ({look})."
    why = act.detail if act else INTERRUPTED
    return f"{why} Look first ({look}), then ask again if needed."


async def _declined(visit: Visit, decision_id: str) -> None:
    if await _decided(visit, decision_id, "declined") is None:
        await _did_not_count(visit, decision_id)
    else:
        await visit.show(plain_message("Cancelled. Nothing was done."))


async def _decided(visit: Visit, decision_id: str, state: DecisionState) -> Decision | None:
    """Take an answer; None when it does not count."""
    to = visit.invocation
    return await visit.decisions.decide(decision_id, to.user, state, to.id)


async def _did_not_count(visit: Visit, decision_id: str) -> None:
    why = await why_not(visit, decision_id)
    await visit.show(plain_message(why), fresh=True)
