"""One run of an order: find what it means, ask whether this person may, read, call and show.

A function that must first ask (a confirmation, a form) ends its run by raising that, and the
person's answer runs the same order again. Whatever goes wrong becomes one sentence.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.desk import forms, guide
from bot.desk.advice import advice
from bot.desk.attached import attached
from bot.desk.blocks import button, draw
from bot.desk.catalogue import Found
from bot.desk.command import Sub
from bot.desk.confirmations import ask, keep_order
from bot.desk.delivering import delivered
from bot.desk.errors import (
    CommandError,
    NeedsForm,
    RefusedError,
    Unconfirmed,
    UsageError,
)
from bot.desk.failing import changeable, misunderstood, plain_message
from bot.desk.order import Order, verb_of
from bot.desk.pace import paced
from bot.desk.reading import check, read
from bot.desk.request import INTERRUPTED, Request
from bot.desk.rights import allows, require
from bot.desk.values import Fields, Table, Text, Value, code
from bot.desk.visit import Visit
from bot.errors import BotError
from bot.openai.accounts import UnknownAccount
from bot.openai.errors import OpenAIError
from bot.slack.outbound.respond import SlackMessage
from bot.slack.text.blocks import actions, section
from bot.slack.workspace.rights import Asker
from storage.records import Decision

logger = logging.getLogger(__name__)

_BROKEN = "It broke off; the log tells why."


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `page` is that of a list, `decision` the person's yes to what they were asked."""

    visit: Visit
    order: Order
    page: int = 0
    decision: Decision | None = None

    async def go(self) -> None:
        """Run the order and show what it brings, or what it asks, or what is wrong with it."""
        found: Found | None = None
        try:
            found = self.visit.catalogue.find("", self.order.line)
            if found.sub is None:
                await self.visit.show(self._help(found), fresh=not self.page)
                return
            await self._call(found, found.sub)
        except Unconfirmed as asked:
            await self._confirmation(asked)
        except NeedsForm as asked:
            if found and found.sub:
                await self._form(found.sub, asked)
        except UnknownAccount as error:
            names = ", ".join(code(name) for name in error.known)
            text = f"No credentials are called {code(error.name)}. There are: {names}."
            await self.visit.show(plain_message(text))
        except BotError as error:
            await self.visit.show(await self._refused(error, found))

    def _help(self, found: Found) -> SlackMessage:
        catalogue, slash = self.visit.catalogue, self.visit.slash
        named = found.command.find(found.rest)
        if named is not None:
            shown = guide.of_sub(named[0], slash)
        elif found.command is catalogue.root and not found.rest:
            shown = guide.overview(catalogue, slash)
        else:
            shown = guide.of_command(found.command, slash)
        return draw([shown], "")

    # The call

    async def _call(self, found: Found, sub: Sub) -> None:
        visit, line = self.visit, read(sub, found.rest)
        if line.help:
            await visit.show(draw([guide.of_sub(sub, visit.slash)], ""))
            return
        asker = await visit.equipment.rights.of(visit.invocation.user)
        require(asker, sub)
        line.values |= self._filled(sub)
        line.values |= await attached(sub, visit.equipment.files, visit.invocation, self.order)
        async with paced(visit.responder) as tell:
            request = Request(
                equipment=visit.equipment,
                ticket=visit.ticket,
                invocation=visit.invocation,
                asker=asker,
                given=sub.completed(line.values),
                line=found.line,
                account=line.account,
                order=self.order,
                decision=self.decision,
                progress=tell,
            )
            values = await _attempt(sub, request)
        await self._show(values, request, self.page or line.page)

    def _filled(self, sub: Sub) -> dict[str, Any]:
        """Return what a form gave, checked like words of a line."""
        given = self.order.values
        return {
            one.name: check(one, given[one.name])
            for one in sub.parameters
            if one.name in given and not one.files
        }

    async def _show(self, values: Sequence[Value], request: Request, page: int) -> None:
        sent = [await delivered(self._offered(value, request.asker), request) for value in values]
        shown = draw(sent, request.line, page, self._note(request))
        await self.visit.show(shown, fresh=self._beside)

    def _offered(self, value: Value, asker: Asker) -> Value:
        """Leave out the buttons that this person may not press."""
        if not isinstance(value, Text | Fields | Table) or not value.buttons:
            return value
        subs = ((one, self.visit.catalogue.find("", one.line).sub) for one in value.buttons)
        buttons = tuple(one for one, sub in subs if sub is None or allows(asker, sub))
        return replace(value, buttons=buttons)

    @property
    def _beside(self) -> bool:
        """Tell whether what is shown leaves the message that was clicked as it is."""
        return verb_of(self.visit.invocation) == "run" and not self.page

    def _note(self, request: Request) -> str:
        several = len(self.visit.equipment.accounts.names) > 1
        return f"Credentials: {code(request.used)}" if several and request.used else ""

    # What it asks, and what was not taken

    async def _confirmation(self, asked: Unconfirmed) -> None:
        """Ask for a yes; once more, if what it would do has changed since there was one."""
        again = bool(self.decision)
        shown = await ask(self.visit, asked, self.order, again=again)
        await self.visit.show(shown, fresh=self._beside)

    async def _form(self, sub: Sub, asked: NeedsForm) -> None:
        """Open a form, or offer a button that does."""
        visit = self.visit
        order = replace(self.order, values={**self.order.values, **asked.keep})
        wanted: Sub | None = sub
        if asked.line:
            wanted = visit.catalogue.find("", asked.line).sub
            order = replace(order, line=asked.line)
        if wanted and visit.invocation.trigger_id and visit.invocation.via != "form":
            held = replace(order, values=_unasked(wanted, asked, order.values))
            meta = {**visit.place(), "order": await keep_order(visit, held)}
            if await visit.responder.open(forms.form(wanted, asked, meta)):
                return
        press = button(asked.title, "open", {"order": await keep_order(visit, order)}, "primary")
        text = asked.intro or "Slack opens a form only from a button:"
        await visit.show(SlackMessage(text, [section(text), actions(press)]))

    async def _refused(self, error: BotError, found: Found | None) -> SlackMessage:
        """Return what is wrong; who filled in a form gets a way back to it."""
        filled = found and found.sub and found.sub.form and self.order.values
        if filled and not isinstance(error, RefusedError):
            order = await keep_order(self.visit, self.order)
            return changeable(plain_message(f":warning: {error}"), order)
        if isinstance(error, UsageError):
            return misunderstood(error, found, self.visit.slash)
        return plain_message(str(error))


async def _attempt(sub: Sub, request: Request) -> Sequence[Value]:
    """Call the function; see to it that the audit tells how an act ended."""
    try:
        made = await sub.run(request)
    except OpenAIError as error:
        text = advice(error, sub.command, sub.name, request.used)
        logger.warning("command_refused", extra=error.fields())
        await request.ended("failed", text)
        raise CommandError(text) from error
    except asyncio.CancelledError:
        await asyncio.shield(request.ended("failed", INTERRUPTED))
        raise
    except BaseException as error:
        await request.ended("failed", str(error) if isinstance(error, BotError) else _BROKEN)
        raise
    await request.ended("done")
    return [made] if isinstance(made, Value) else list(made)


def _unasked(sub: Sub, asked: NeedsForm, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the form does not give; what is emptied in it is gone."""
    given = asked.fields or tuple(one.name for one in sub.parameters)
    kept = {one.name for one in sub.parameters if one.files or one.name not in given}
    return {name: value for name, value in values.items() if name in kept}
