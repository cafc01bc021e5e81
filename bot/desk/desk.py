"""The desk: takes invocations from the inbox, runs their commands, and answers their persons.

A run goes: whose line is it and what does it mean; may this person; read the arguments; call the
function; show what it returned. A function that must first ask (a confirmation, a form) ends its
run by raising that, and the person's answer runs the same line again. Whatever goes wrong becomes
one sentence; an event is finished only after its person was told.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import forms, guide
from bot.desk.advice import advice
from bot.desk.attached import attached
from bot.desk.blocks import button, draw, section
from bot.desk.catalogue import Catalogue, Found
from bot.desk.command import Sub
from bot.desk.delivering import delivered
from bot.desk.errors import (
    CommandError,
    Missing,
    NeedsForm,
    RefusedError,
    Unconfirmed,
    UsageError,
)
from bot.desk.failing import changeable, misunderstood, said
from bot.desk.order import Order, order_of, parsed
from bot.desk.pace import Pace
from bot.desk.questions import Questions
from bot.desk.reading import Read, check, read
from bot.desk.request import Equipment, Request
from bot.desk.rights import require
from bot.desk.values import (
    Fields,
    File,
    Listing,
    Markdown,
    Shared,
    Table,
    Text,
    Value,
    code,
)
from bot.desk.words import plain
from bot.errors import BotError
from bot.openai.accounts import UnknownAccount
from bot.openai.errors import OpenAIError
from bot.slack import explain
from bot.slack.invocation import Invocation, restored
from bot.slack.respond import Responder, Said
from bot.slack.rights import Asker
from storage import Lost, StorageError
from storage.records import Decision, Event, Ticket

logger = logging.getLogger(__name__)

_SECONDS = 900.0
_BROKEN = "it broke off; the log tells why"
_AGAIN = "Slack took too long to bring this to me; please press it once more."
_VALUES = (Text, Fields, Table, Listing, Markdown, File, Shared)


class Desk:
    """Runs commands; one for the process."""

    def __init__(self, client: AsyncWebClient, catalogue: Catalogue, equipment: Equipment) -> None:
        self._client = client
        self._catalogue = catalogue
        self._equipment = equipment
        self._questions = Questions(equipment.storage)

    async def answer(self, ticket: Ticket, event: Event) -> Event | None:
        """Run the command of one event, tell its person, and mark the event as done.

        Returns what waits behind it, if anything.
        """
        invocation = restored(event)
        responder = Responder(self._client, invocation)
        try:
            async with asyncio.timeout(_SECONDS):
                await self._handle(invocation, responder)
        except (asyncio.CancelledError, StorageError, Lost):
            raise
        except BotError as error:
            await responder.result(said(str(error)), fresh=True)
        except Exception as error:
            reference = explain.reference()
            logger.exception("command_failed", extra={"reference": reference})
            await responder.result(said(explain.sentence(error, "", reference)))
        return await self._equipment.storage.inbox.finish(ticket, event.id, then_next=True)

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        """Tell a person that their command is given up."""
        responder = Responder(self._client, restored(event))
        await responder.result(said(explain.sentence(error, "", explain.reference())))

    def named(self, text: str) -> bool:
        """Tell whether a message that starts with `!` names a command in full."""
        return self._catalogue.names(plain(text))

    # Forms, before they are acknowledged

    async def check(self, invocation: Invocation) -> dict[str, str]:
        """Return what is wrong in a form, by its inputs."""
        meta, values = invocation.button, forms.given(invocation.values)
        if meta.get("do") == "typed":
            decision = await self._questions.get(str(meta.get("id")))
            if decision and values.get("typed", "").strip() != decision.typed:
                return {"typed": f"Type exactly this: {decision.typed}"}
            return {}
        try:
            order = await self._questions.parked(invocation, str(meta.get("order")))
        except Missing as error:
            return dict.fromkeys(values, str(error))
        found = self._catalogue.find("", order.line)
        return forms.faults(found.sub, values) if found.sub else {}

    # What was pressed or written

    async def _handle(self, invocation: Invocation, responder: Responder) -> None:
        pressed = invocation.button
        match pressed.get("do"):
            case None:
                await self._start(invocation, responder)
            case "run":
                order = Order(str(pressed.get("line", "")))
                await self._run(invocation, responder, order, page=int(pressed.get("page") or 0))
            case "open":
                order = await self._questions.parked(invocation, str(pressed.get("order")))
                await self._run(invocation, responder, order)
            case "fill":
                order = await self._questions.parked(invocation, str(pressed.get("order")))
                filled = {**order.values, **forms.given(invocation.values)}
                await self._run(invocation, responder, replace(order, values=filled))
            case "ask":
                await self._ask_to_type(invocation, responder, str(pressed.get("id")))
            case "yes" | "typed":
                await self._accepted(invocation, responder, str(pressed.get("id")))
            case "no":
                await self._declined(invocation, responder, str(pressed.get("id")))

    async def _start(self, invocation: Invocation, responder: Responder) -> None:
        try:
            found = self._catalogue.find(invocation.command, plain(invocation.text))
        except UsageError as error:
            message = invocation.via == "message"
            prefix = self._catalogue.prefix
            await responder.result(misunderstood(error, None, prefix, message=message))
            return
        await self._run(invocation, responder, order_of(invocation, found.line))

    async def _ask_to_type(
        self, invocation: Invocation, responder: Responder, decision_id: str
    ) -> None:
        decision = await self._questions.get(decision_id)
        waiting = decision and decision.state == "waiting" and decision.user == invocation.user
        if decision is None or not waiting or decision.expires < self._equipment.clock():
            await self._did_not_count(invocation, responder, decision_id)
            return
        meta = {**_place(invocation), "id": decision_id}
        view = forms.typing(decision.effect, decision.typed, meta)
        if not await self._open(invocation, view):
            await responder.result(said(_AGAIN), fresh=True)

    async def _accepted(
        self, invocation: Invocation, responder: Responder, decision_id: str
    ) -> None:
        decision = await self._questions.accept(invocation, decision_id)
        if decision is None:
            await self._did_not_count(invocation, responder, decision_id)
            return
        await self._run(invocation, responder, parsed(decision.line), decision=decision)

    async def _declined(
        self, invocation: Invocation, responder: Responder, decision_id: str
    ) -> None:
        if await self._questions.decline(invocation, decision_id) is None:
            await self._did_not_count(invocation, responder, decision_id)
        else:
            await responder.result(said("Cancelled. Nothing was done."))

    async def _did_not_count(
        self, invocation: Invocation, responder: Responder, decision_id: str
    ) -> None:
        why = await self._questions.why_not(invocation, decision_id, self._equipment.clock())
        await responder.result(said(why), fresh=True)

    # One run

    async def _run(
        self,
        invocation: Invocation,
        responder: Responder,
        order: Order,
        *,
        page: int = 0,
        decision: Decision | None = None,
    ) -> None:
        """Run an order and show what it brings, or what it asks, or what is wrong with it."""
        asker = await self._equipment.rights.of(invocation.team, invocation.user)
        found: Found | None = None
        try:
            found = self._catalogue.find("", order.line)
            if found.sub is None:
                await responder.result(self._help(found, invocation), fresh=not page)
                return
            await self._call(found, invocation, responder, asker, order, page, decision)
        except NeedsForm as asked:
            await self._form(invocation, responder, found, asked, order)
        except UnknownAccount as error:
            names = ", ".join(code(name) for name in error.known)
            await responder.result(said(f"No credentials are called {code(error.name)}: {names}."))
        except BotError as error:
            await responder.result(await self._refused(error, found, invocation, order))

    def _help(self, found: Found, invocation: Invocation) -> Said:
        message = invocation.via == "message"
        named = found.command.find(found.rest)
        if named is not None:
            shown = guide.of_sub(named[0], self._catalogue.prefix, message=message)
        elif found.command is self._catalogue.root and not found.rest:
            shown = guide.overview(self._catalogue, message=message)
        else:
            shown = guide.of_command(found.command, self._catalogue.prefix, message=message)
        return draw([shown], "")

    async def _call(
        self,
        found: Found,
        invocation: Invocation,
        responder: Responder,
        asker: Asker,
        order: Order,
        page: int,
        decision: Decision | None,
    ) -> None:
        sub = found.sub
        if sub is None:
            return
        line = read(sub, found.rest)
        if line.help:
            shown = guide.of_sub(sub, self._catalogue.prefix, message=invocation.via == "message")
            await responder.result(draw([shown], ""))
            return
        require(asker, sub)
        line.values |= self._filled(sub, order)
        line.values |= await attached(sub, self._equipment.files, invocation, order)
        async with Pace(responder) as pace:
            request = Request(
                self._equipment,
                invocation,
                asker,
                line=found.line,
                account=line.account,
                order=order,
                decision=decision,
                tell=pace.tell,
            )
            values = await self._attempt(sub, request, line)
        fresh = invocation.button.get("do") == "run" and not page
        if isinstance(values, Said):
            await responder.result(values, fresh=fresh)
            return
        values = [await delivered(value, request) for value in values]
        drawn = draw(values, found.line, page or line.page, self._note(request))
        await responder.result(drawn, fresh=fresh)

    async def _attempt(self, sub: Sub, request: Request, line: Read) -> Sequence[Value] | Said:
        """Call the function; see to it that the audit tells how an act ended."""
        try:
            made = await sub.run(request, line.values)
        except Unconfirmed as asking:
            return await self._questions.ask(
                request.invocation,
                asking.question,
                request.order,
                self._equipment.clock(),
                again=request.reasked,
            )
        except OpenAIError as error:
            text = advice(error, sub.command, sub.name, request.used)
            logger.warning("command_refused", exc_info=error, extra={"status": error.status})
            await request.ended("failed", text)
            raise CommandError(text) from error
        except BaseException as error:
            sentence = str(error) if isinstance(error, BotError) else _BROKEN
            await asyncio.shield(request.ended("failed", sentence))
            raise
        await request.ended("done")
        return [made] if isinstance(made, _VALUES) else list(made)

    def _filled(self, sub: Sub, order: Order) -> dict[str, Any]:
        """Return what a form gave, checked like words of a line."""
        return {
            one.name: check(one, order.values[one.name])
            for one in sub.parameters
            if one.name in order.values and not one.files
        }

    async def _form(
        self,
        invocation: Invocation,
        responder: Responder,
        found: Found | None,
        asked: NeedsForm,
        order: Order,
    ) -> None:
        if found is None or found.sub is None:
            return
        if asked.line:
            found = self._catalogue.find("", asked.line)
            order = replace(order, line=asked.line)
        order = replace(order, values={**order.values, **asked.keep})
        if found.sub and invocation.trigger_id and invocation.via != "form":
            held = replace(order, values=_unasked(found.sub, asked, order.values))
            kept = await self._questions.park(invocation, held, self._equipment.clock())
            meta = {**_place(invocation), "order": kept}
            if await self._open(invocation, forms.form(found.sub, asked, meta)):
                return
        kept = await self._questions.park(invocation, order, self._equipment.clock())
        press = button(asked.title, "open", {"order": kept}, "primary")
        text = asked.intro or "Slack opens a form only from a button:"
        blocks = (section(text), {"type": "actions", "elements": [press]})
        await responder.result(Said(text, blocks))

    async def _open(self, invocation: Invocation, view: dict[str, Any]) -> bool:
        """Open a form; False when Slack does not, as three seconds after what asked for it."""
        try:
            await self._client.views_open(trigger_id=invocation.trigger_id or "", view=view)
        except SlackApiError as error:
            logger.warning("form_not_opened", extra={"reason": error.response.get("error")})
            return False
        return True

    def _note(self, request: Request) -> str:
        several = len(self._equipment.accounts.names) > 1
        return f"Credentials: {code(request.used)}" if several and request.used else ""

    # What was not taken

    async def _refused(
        self, error: BotError, found: Found | None, invocation: Invocation, order: Order
    ) -> Said:
        """Return what is wrong; who filled in a form gets a way back to it."""
        filled = found and found.sub and found.sub.form and order.values
        if filled and not isinstance(error, RefusedError):
            kept = await self._questions.park(invocation, order, self._equipment.clock())
            return changeable(said(f":warning: {error}"), kept)
        if isinstance(error, UsageError):
            prefix, message = self._catalogue.prefix, invocation.via == "message"
            return misunderstood(error, found, prefix, message=message)
        return said(str(error))


def _unasked(sub: Sub, asked: NeedsForm, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the form does not give; what is emptied in it is gone."""
    given = asked.fields or tuple(one.name for one in sub.parameters)
    kept = {one.name for one in sub.parameters if one.files or one.name not in given}
    return {name: value for name, value in values.items() if name in kept}


def _place(invocation: Invocation) -> dict[str, Any]:
    """Return where the answer to a form belongs, for the form's metadata."""
    place = {
        "channel": invocation.channel,
        "thread_ts": invocation.thread_ts,
        "response_url": invocation.response_url,
        "original": invocation.original,
        "is_dm": invocation.is_dm,
    }
    return {name: value for name, value in place.items() if value}
