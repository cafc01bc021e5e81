"""One run of an order: find what it means, ask whether this person may, read, call and show.

A function that must first ask (a confirmation, a form) ends its run by raising that, and the
person's answer runs the same order again. Whatever goes wrong becomes one sentence.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.desk import forms, guide
from bot.desk.advice import advice
from bot.desk.attached import attached
from bot.desk.blocks import button, draw, plain_message
from bot.desk.catalogue import Catalogue
from bot.desk.command import Sub
from bot.desk.confirmations import ask, keep_order
from bot.desk.delivering import delivered
from bot.desk.errors import CommandError, NeedsForm, RefusedError, Unconfirmed, UsageError
from bot.desk.guide import changeable, misunderstood
from bot.desk.pace import paced
from bot.desk.reading import check, read
from bot.desk.request import INTERRUPTED, Request
from bot.desk.values import Fields, Table, Text, Value, asking, code, whole
from bot.errors import BotError
from bot.openai.accounts import UnknownAccount
from bot.openai.errors import OpenAIError
from bot.slack.text.blocks import SlackMessage, actions, section
from storage.records import Person

logger = logging.getLogger(__name__)

_WHY = {
    "guest": "Guests, and people of other workspaces, cannot use this command.",
    "unknown": (
        "Slack does not tell me who you are right now, so I do not run this. "
        "Please try again in a minute."
    ),
}
_ADMINS = (
    "Only admins of this bot may do this: the users named in the setting ADMINS or, when it is "
    "empty, the workspace's admins and owners. Nothing was done."
)
_EMPTY = (None, "", ())  # what says nothing, and does not stand in a form
_BROKEN = "It broke off; the log tells why."


async def run(catalogue: Catalogue, request: Request) -> None:
    """Run an order and show what it brings, or what it asks, or what is wrong with it."""
    await catalogue.ready()
    try:
        sub, rest = catalogue.find(request.order.line)
    except UsageError as error:
        await request.show(misunderstood(error, None, request.slash))
        return
    try:
        await _call(catalogue, request, sub, rest)
    except Unconfirmed as asked:
        await request.show(await ask(request, asked), fresh=_is_beside(request))
    except NeedsForm as asked:
        if asked.line:
            sub = catalogue.find(asked.line)[0]
        else:
            given = {name: value for name, value in request.given.items() if value not in _EMPTY}
            asked.initial = {**given, **asked.initial}
        await _form(request, sub, asked)
    except UnknownAccount as error:
        names = ", ".join(code(name) for name in error.known)
        await request.say(f"No credentials are called {code(error.name)}. There are: {names}.")
    except BotError as error:
        await request.show(await _refused(request, sub, error))


def _is_beside(request: Request) -> bool:
    """Tell whether what is shown leaves the message that was clicked as it is."""
    return request.verb == "run" and not request.page


async def _call(catalogue: Catalogue, request: Request, sub: Sub, rest: str) -> None:
    """Call the function of a sub-command and show what it brings."""
    line = read(sub, rest)
    if line.help:
        await request.show(draw([guide.of_sub(sub, request.slash)]))
        return
    request.asker = await request.equipment.rights.of(request.invocation.user)
    if why := refusal(request.asker, sub):
        raise RefusedError(why)
    given = request.order.values  # by a form, checked like words of a line
    asked = [one for one in sub.parameters if one.name in given and not one.files]
    filled = {one.name: check(one, given[one.name]) for one in asked}
    files = await attached(sub, request)
    request.given = sub.completed({**line.values, **filled, **files})
    request.line = f"{sub.line} {rest}".strip()
    request.account = line.account
    async with paced(request.responder) as request.progress:
        values = await _attempt(sub, request)
    offered = [_offered(catalogue, one, request) for value in values for one in whole(value)]
    sent = [await delivered(value, request) for value in offered]
    shown = draw(sent, request.line, request.page or line.page, _note(request))
    await request.show(shown, fresh=_is_beside(request))


def refusal(asker: Person, sub: Sub) -> str:
    """Return why a person may not run a sub-command, "" if they may; in doubt they may not."""
    if sub.who == "everyone" or asker.standing == "admin":
        return ""
    return _WHY.get(asker.standing) or (_ADMINS if sub.who == "admins" else "")


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


def _offered(catalogue: Catalogue, value: Value, request: Request) -> Value:
    """Leave out the buttons that this person may not press; the others ask the same server."""
    if not isinstance(value, Text | Fields | Table):
        return value
    found = ((one, catalogue.find(one.line)[0]) for one in value.buttons)
    allowed = (one for one, sub in found if not refusal(request.asker, sub))
    value = replace(value, buttons=asking(request.account, allowed))
    if isinstance(value, Table) and value.pick and request.account:
        return replace(value, pick=f"{value.pick} --as {request.account}")
    return value


def _note(request: Request) -> str:
    several = len(request.equipment.accounts.names) > 1
    return f"Credentials: {code(request.used)}" if several and request.used else ""


async def _form(request: Request, sub: Sub, asked: NeedsForm) -> None:
    """Open a form, or offer a button that does; one that is opened again says what was wrong."""
    if request.order.problem:
        asked.intro = f":warning: {request.order.problem}\n{asked.intro}".strip()
    order = replace(request.order, values={**request.order.values, **asked.keep})
    if asked.line:
        order = replace(order, line=asked.line)
    if request.invocation.trigger_id and request.invocation.via != "form":
        held = replace(order, values=_unasked(sub, asked, order.values), problem="")
        meta = {**request.invocation.place, "order": await keep_order(request, held)}
        if await request.responder.open(forms.form(sub, asked, meta)):
            return
    press = button(asked.title, "open", {"order": await keep_order(request, order)}, "primary")
    text = asked.intro or "Slack opens a form only from a button:"
    await request.show(SlackMessage(text, [section(text), actions(press)]))


def _unasked(sub: Sub, asked: NeedsForm, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the form does not give; what is emptied in it is gone."""
    given = asked.fields or tuple(one.name for one in sub.parameters)
    kept = {one.name for one in sub.parameters if one.files or one.name not in given}
    return {name: value for name, value in values.items() if name in kept}


async def _refused(request: Request, sub: Sub, error: BotError) -> SlackMessage:
    """Return what is wrong; who filled in a form gets a way back to it."""
    if sub.form and request.order.values and not isinstance(error, RefusedError):
        order = await keep_order(request, replace(request.order, problem=str(error)))
        return changeable(plain_message(f":warning: {error}"), order)
    if isinstance(error, UsageError):
        return misunderstood(error, sub, request.slash)
    return plain_message(str(error))
