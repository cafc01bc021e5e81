"""Which functions there are for a person in a channel, what their rules mean, and their rows."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.desk.errors import CommandError, UsageError
from bot.desk.parameters import Menu
from bot.desk.reading import near
from bot.desk.request import Request
from bot.desk.values import code, escape, plural
from functions import Context, DeclarationError, Entry, HttpFunction, McpFunction, Registry
from storage.records import Registration, SwitchedOff

EFFECTS = {"read": "reads", "idempotent": "changes, safe to repeat", "once": "changes, never twice"}

Added = TypeVar("Added", HttpFunction, McpFunction)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything about the functions of one team, seen from one channel."""

    registry: Registry
    context: Context
    entries: Mapping[str, Entry]
    added: Mapping[str, Registration]
    off: tuple[SwitchedOff, ...]

    @property
    def secrets(self) -> Menu:
        """Return what a form's menu of secrets shows, and the value of each line."""
        return tuple((name, name) for name in sorted(self.context.secrets))

    def entry(self, name: str, rest: str = "") -> Entry:
        """Return a function; `rest` is what stands behind its name in the line.

        Raises:
            UsageError: there is none of this name.
        """
        found = self.entries.get(name)
        if found is None:
            raise self.unknown(name, self.entries, rest)
        return found

    def unknown(self, name: str, names: Collection[str], rest: str = "") -> UsageError:
        """Return what to say of a name that is not there."""
        meant = near(name, names)
        hint = f"; did you mean {code(meant)}?" if meant else "."
        fix = f"{meant} {rest}".strip() if meant else ""
        return UsageError(f"There is no function {code(name)} here{hint}", fix=fix)

    def is_off(self, name: str, channel: str) -> bool:
        """Tell whether a function is switched off in a channel, or with "" everywhere."""
        return any((one.name, one.channel) == (name, channel) for one in self.off)

    def state(self, name: str) -> str:
        """Return in a word or two whether a function can be used in this channel."""
        if self.is_off(name, ""):
            return "off everywhere"
        if self.is_off(name, self.context.channel):
            return "off here"
        if any(one.file == name for one in self.registry.errors):
            return "off: changed since approved"
        found = self.entries.get(name)
        refused = self.registry.refusal(found, self.context) if found else None
        return "not for you here" if refused else "on"


async def known(request: Request) -> Known:
    """Take up what has changed and return it."""
    registry = request.equipment.registry
    await registry.refresh()
    context = await registry.with_groups(context_of(request))
    store, team = request.storage.registrations, context.team
    return Known(
        registry=registry,
        context=context,
        entries=registry.of(team),
        added={one.name: one for one in await store.all() if one.team == team},
        off=tuple(one for one in await store.switched_off() if one.team == team),
    )


def context_of(request: Request) -> Context:
    """Return the context of a call that the person who asks would make here."""
    to = request.invocation
    context: Context = request.equipment.context(
        user=request.equipment.rights.user(request.asker),
        team=to.team,
        channel=to.channel,
        is_dm=to.is_dm,
        thread=request.thread_ts or "",
        event=to.id,
    )
    return context


def effect_of(entry: Entry) -> str:
    """Return what a call does to the world."""
    return EFFECTS[entry.rules.effect]


def who_of(entry: Entry) -> str:
    """Return who may call it: a word, or how many are named."""
    who = entry.rules.who
    return who if isinstance(who, str) else f"{len(who)} named"


async def who_by_name(request: Request, entry: Entry) -> str:
    """Return who may call it: a word, or the names of people and groups."""
    who = entry.rules.who
    return who if isinstance(who, str) else await request.named(who)


async def where_by_name(request: Request, entry: Entry) -> str:
    """Return where it may be called: in words, or the names of channels."""
    where = entry.rules.where
    return where_of(entry) if isinstance(where, str) else await request.named(where)


def where_of(entry: Entry) -> str:
    """Return where it may be called."""
    where = entry.rules.where
    if isinstance(where, str):
        return {"dms": "direct messages"}.get(where, where)
    return plural(len(where), "channel")


def approval_of(entry: Entry) -> str:
    """Return whether a person must approve a call, and who."""
    approve, approvers = entry.rules.approve, entry.rules.approvers
    if approve == "never":
        return "never"
    when = "always" if approve == "always" else "by arguments"
    if approvers == "requester":
        return when
    by = approvers if isinstance(approvers, str) else f"{len(approvers)} named"
    return f"{when}, by {by}"


async def save(request: Request, function: HttpFunction | McpFunction) -> None:
    """Write a function down; every process takes it up with its next turn."""
    row = Registration(
        team=request.invocation.team,
        name=function.name,
        kind=function.kind,
        body=function.dump(),
        user=request.asker.id,
    )
    await request.storage.registrations.save(row)


def loaded(kind: type[Added], row: Registration) -> Added:
    """Return the function that a row holds.

    Raises:
        CommandError: this version cannot read it.
    """
    try:
        return kind.load(row.body)
    except DeclarationError as error:
        raise CommandError(
            f"{code(row.name)} cannot be read any more: {escape(str(error))}"
        ) from error


def of_kind(kind: type[Added], rows: Iterable[Registration]) -> Iterator[Added]:
    """Go through the functions of one kind that there are."""
    for row in rows:
        if row.kind == kind.kind:
            with contextlib.suppress(DeclarationError):  # of a version that wrote it otherwise
                yield kind.load(row.body)
