"""The desk: takes invocations from the inbox, runs their commands, and answers their persons.

An event is finished only after its person was told. Forms are looked at before that, too: Slack
shows what is wrong in one only if it is told in the acknowledgement.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.desk import forms
from bot.desk.blocks import plain_message
from bot.desk.catalogue import Catalogue
from bot.desk.confirmations import kept_order, why_not
from bot.desk.errors import CommandError
from bot.desk.order import Order, order_of, parsed
from bot.desk.request import INTERRUPTED, Equipment, Request
from bot.desk.run import run
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
        self, catalogue: Catalogue, equipment: Equipment, respond: Callable[[Invocation], Responder]
    ) -> None:
        self._catalogue = catalogue
        self._equipment = equipment
        self._respond = respond

    async def answer(self, ticket: Ticket, event: Event) -> bool:
        """Run the command of one event, tell its person, and mark the event as done.

        Tells whether more waits behind it.
        """
        invocation = restored(event)
        request = Request(self._equipment, ticket, invocation, self._respond(invocation))
        try:
            async with asyncio.timeout(_RUN_S):
                await self._serve(request)
        except (asyncio.CancelledError, StorageError, TryAgain):
            raise
        except BotError as error:
            await request.say(str(error), fresh=True)
        except Exception as error:
            await request.say(explain.explained(error, ""))
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
        if meta.get("do") == "typed":
            decision = await decisions.get(str(meta.get("id")))
            if decision and values.get("typed", "").strip() != decision.must_type:
                return {"typed": f"Type exactly this: {decision.must_type}"}
            return {}
        try:
            order = await kept_order(decisions, invocation.user, meta.get("order"))
            return forms.faults(self._catalogue.find(order.line)[0], values)
        except CommandError as error:
            return dict.fromkeys(values, str(error))

    async def _serve(self, request: Request) -> None:
        """Do what was pressed or written."""
        to = request.invocation
        decision_id = str(to.pressed.get("id"))
        match request.verb:
            case None:
                await self._run(request, order_of(to, f"{to.command} {plain(to.text)}"))
            case "run":
                request.page = int(to.pressed.get("page") or 0)
                await self._run(request, order_of(to, str(to.pressed.get("line", ""))))
            case "open":
                await self._run(request, await _kept(request))
            case "fill":
                order = await _kept(request)
                filled = {**order.values, **forms.given(to.values)}
                await self._run(request, replace(order, values=filled))
            case "ask":
                await _ask_to_type(request, decision_id)
            case "yes" | "typed":
                await self._accepted(request, decision_id)
            case "no":
                await _declined(request, decision_id)

    async def _run(self, request: Request, order: Order) -> None:
        request.order = order
        await run(self._catalogue, request)

    async def _accepted(self, request: Request, decision_id: str) -> None:
        decision = request.decision = await _decided(request, decision_id, "accepted")
        if decision is None:
            await _did_not_count(request, decision_id)
        elif await request.storage.audit.get(decision_id):
            await request.say(await _fate(request, decision_id))
        else:
            await self._run(request, parsed(decision.line))


async def _kept(request: Request) -> Order:
    """Return the order that waited for the form that was opened or filled in."""
    to = request.invocation
    return await kept_order(request.storage.decisions, to.user, to.pressed.get("order"))


async def _ask_to_type(request: Request, decision_id: str) -> None:
    decision = await request.storage.decisions.get(decision_id)
    waiting = decision and decision.state == "waiting" and decision.user == request.invocation.user
    if decision is None or not waiting or decision.expires < request.equipment.clock():
        await _did_not_count(request, decision_id)
        return
    meta = {**request.invocation.place, "id": decision_id}
    if not await request.responder.open(forms.typing(decision.effect, decision.must_type, meta)):
        await request.say(_AGAIN, fresh=True)


async def _fate(request: Request, act_id: str) -> str:
    """Say what became of an act that was begun before this click was taken up again."""
    audit = request.storage.audit
    await audit.end(act_id, "failed", INTERRUPTED)
    act, look = await audit.get(act_id), f"`{request.slash('ai audit')}` shows it"
    if act and act.state == "done":
        return f"This was done already, but what it brought could not be shown ({look})."
    why = act.detail if act else INTERRUPTED
    return f"{why} Look first ({look}), then ask again if needed."


async def _declined(request: Request, decision_id: str) -> None:
    if await _decided(request, decision_id, "declined") is None:
        await _did_not_count(request, decision_id)
    else:
        await request.say("Cancelled. Nothing was done.")


async def _decided(request: Request, decision_id: str, state: DecisionState) -> Decision | None:
    """Take an answer; None when it does not count."""
    to = request.invocation
    return await request.storage.decisions.decide(decision_id, to.user, state, to.id)


async def _did_not_count(request: Request, decision_id: str) -> None:
    await request.say(await why_not(request, decision_id), fresh=True)
