"""See what the model may call, try it, switch it off, add HTTP functions and MCP tools."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from bot.commands.functions.known import (
    Known,
    approval_of,
    effect_of,
    known,
    where_by_name,
    where_of,
    who_by_name,
    who_of,
)
from bot.desk.command import Command
from bot.desk.errors import UsageError
from bot.desk.parameters import Shown, UserId
from bot.desk.request import Request
from bot.desk.values import (
    Button,
    Cell,
    Fields,
    Table,
    Text,
    Value,
    Values,
    Verbatim,
    code,
    moment,
    plural,
)
from bot.slack.inbound.invocation import is_of_command
from functions import Entry, redacted
from storage.calls import Called
from storage.records import SwitchedOff

command = Command("functions", __doc__)

Name = Annotated[str, Shown("NAME", "current_time")]

_LAST, _CALLS = 5, 200  # calls that are shown, with the function and of all
_ON = "is on: nobody switched it off everywhere"

_OUTCOMES = {
    "started": "running, or interrupted",
    "pending": "waits for approval",
    "approved": "approved, not run",
    "denied": "denied",
    "expired": "not approved in time",
    "cancelled": "given up",
}


@command.sub(name="list", examples=("list", "list ticket"), words=("tools", "registry", "off"))
async def list_(request: Request, search: str = "") -> Table:
    """List the functions: where from, what they do, for whom, and whether they are on here.

    Args:
        search: A part of the name, the description or the origin.
    """
    here = await known(request)
    kept = [
        one
        for name, one in sorted(here.entries.items())
        if search.lower()
        in f"{name} {one.rules.title} {one.tool['function']['description']} {one.origin}".lower()
    ]
    note = [plural(len(kept), "function")]
    if broken := sum(1 for one in here.registry.errors if one.file not in here.entries):
        note.append(f"{broken:,} more could not be taken")
    return Table(
        title="Functions",
        columns=("Function", "Here", "Effect", "Who", "Where", "Approval", "Origin"),
        rows=[
            (
                one.name,
                here.state(one.name),
                effect_of(one),
                who_of(one),
                where_of(one),
                approval_of(one),
                one.origin,
            )
            for one in kept
        ],
        note=" · ".join(note),
        empty="No function fits." if here.entries else "There are no functions.",
        pick="functions show",
    )


@command.sub(examples=("show current_time",), words=("schema", "json", "rules", "details"))
async def show(request: Request, name: Name) -> Values:
    """Show a function: its rules, exactly what the model sees of it, and its last calls.

    Args:
        name: The function's name.
    """
    here = await known(request)
    entry = here.entry(name)
    seen = json.dumps(entry.tool, indent=2, ensure_ascii=False)
    shown: list[Value] = [
        await _rules(request, here, entry),
        Verbatim("What the model sees", seen, file=f"{entry.name}.json"),
    ]
    if request.asker.standing == "admin":
        calls = await request.storage.calls.recent(request.invocation.team, _LAST, name=name)
        shown.append(await table(request, here, calls, "Last calls"))
    return shown


async def _rules(request: Request, here: Known, entry: Entry) -> Fields:
    rules = entry.rules
    pairs = [
        ("Here", here.state(entry.name)),
        ("Effect", effect_of(entry)),
        ("Who", await who_by_name(request, entry)),
        ("Where", await where_by_name(request, entry)),
        ("Approval", approval_of(entry)),
        ("Time limit", f"{rules.timeout:g} s"),
    ]
    if rules.limit:
        pairs.append(("Limits", str(rules.limit)))
    pairs.append(("Origin", entry.origin))
    if added := here.added.get(entry.name):
        names = await request.names([added.user])
        when = moment(added.created / 1000, request.asker.tz)
        pairs.append(("Added", f"by {names[added.user]}, {when}"))
    title = f"{entry.name} ({rules.title})" if rules.title != entry.name else entry.name
    return Fields(title, pairs, _buttons(here, entry.name))


def _buttons(here: Known, name: str) -> tuple[Button, ...]:
    added = (
        Button("Change …", f"functions edit {name}"),
        Button("Remove …", f"functions remove {name}"),
    )
    return (
        Button("Try it …", f"functions test {name}"),
        Button("All calls", f"functions calls {name}"),
        _switch(here, name, ""),
        _switch(here, name, here.context.channel),
        *(added if name in here.added else ()),
    )


def _switch(here: Known, name: str, channel: str) -> Button:
    """Return the button that switches a function off in a channel or everywhere, or on again."""
    word, verb = ("on", "enable") if here.is_off(name, channel) else ("off", "disable")
    label, option = (" here", " --here") if channel else ("", "")
    return Button(f"Switch {word}{label}", f"functions {verb} {name}{option}")


@command.sub(
    who="admins",
    examples=("calls", "calls find_ticket", "calls --failed"),
    words=("history", "log", "audit", "approved", "who"),
)
async def calls(
    request: Request,
    name: Annotated[str, Shown("NAME")] = "",
    *,
    user: UserId = "",
    failed: bool = False,
) -> Table:
    """Show what was called or tried: for whom, what, when, how it ended, how long, who approved.

    Args:
        name: Only calls of this function.
        user: Only calls for this person.
        failed: Only what did not end well.
    """
    here = await known(request)
    found = await request.storage.calls.recent(
        request.invocation.team, _CALLS, name=name, user=user, failed=failed
    )
    if name and not found:
        here.entry(name)
    shown = await table(request, here, found, f"Calls of {name}" if name else "Calls")
    note = f"The newest {_CALLS:,}." if len(found) == _CALLS else ""
    return replace(shown, note=note, empty="No call fits." if user or failed else shown.empty)


@command.sub(
    effect="changes",
    examples=("disable find_ticket", "disable find_ticket --here"),
    words=("off", "stop", "forbid", "channel"),
    also=("off",),
)
async def disable(request: Request, name: Name, *, here: bool = False) -> Text:
    """Switch a function off, everywhere or only in this channel, from the next turn on.

    Args:
        name: The function's name.
        here: Only in this channel.
    """
    found = await known(request)
    found.entry(name, "--here" if here else "")
    channel = found.context.channel if here else ""
    if found.is_off(name, channel):
        return Text(f"{code(name)} is off {_place(found, channel)} already.")
    await request.confirm(
        f"*Switch {code(name)} off {_place(found, channel)}?* From the next message on it is "
        "neither offered to the model nor run. A call that is running goes on.",
        button="Switch off",
        danger=True,
    )
    switch = SwitchedOff(found.context.team, channel, name, request.asker.id)
    await request.storage.registrations.switch_off(switch)
    line = f"functions enable {name}{' --here' if here else ''}"
    text = f"{code(name)} is off {_place(found, channel)}."
    return Text(text, (Button("Switch it on again", line),))


@command.sub(
    effect="changes",
    examples=("enable find_ticket", "enable find_ticket --here"),
    words=("on", "allow", "channel"),
    also=("on",),
)
async def enable(request: Request, name: Name, *, here: bool = False) -> Text:
    """Switch a function on again that was switched off, everywhere or in this channel.

    Args:
        name: The function's name.
        here: What was switched off in this channel only.
    """
    found = await known(request)
    channel = found.context.channel if here else ""
    if not found.is_off(name, channel):
        return _on_already(found, name, here=here)
    await request.confirm(
        f"*Switch {code(name)} on again {_place(found, channel)}?* "
        f"From the next message on the model may call it.{_still_off(found, name, channel)}",
        button="Switch on",
    )
    await request.storage.registrations.switch_on(found.context.team, channel, name)
    return Text(f"{code(name)} is on {_place(found, channel)}.{_still_off(found, name, channel)}")


def _on_already(found: Known, name: str, *, here: bool) -> Text:
    elsewhere = "" if here else found.context.channel
    if found.is_off(name, elsewhere):
        where = "everywhere" if here else "in this channel only"
        raise UsageError(
            f"{code(name)} is switched off {where}.", fix=name if here else f"{name} --here"
        )
    if not any(one.name == name for one in found.off):
        found.entry(name, "--here" if here else "")
    channel = found.context.channel if here else ""
    state = f"is not switched off {_place(found, channel)}" if channel else _ON
    return Text(f"{code(name)} {state}.{_still_off(found, name, channel)}")


def _place(found: Known, channel: str) -> str:
    if not channel:
        return "everywhere"
    return "in this conversation" if found.context.is_dm else f"in <#{channel}>"


def _still_off(found: Known, name: str, channel: str) -> str:
    """Tell where else it stays off."""
    places = [one.channel for one in found.off if one.name == name and one.channel != channel]
    if "" in places:
        return " It stays off, for it is switched off everywhere."
    named = ", ".join(f"<#{one}>" for one in sorted(places))
    return f" It stays switched off in {named}." if places else ""


async def table(request: Request, here: Known, calls: Sequence[Called], title: str) -> Table:
    """Return calls as they are shown, their arguments without secrets and long texts."""
    people = [one.user for one in calls] + [one.decided_by for one in calls if one.decided_by]
    names = await request.names(people)
    rows = [_row(one, here.entries.get(one.name), names, request.asker.tz) for one in calls]
    return Table(
        title=title,
        columns=("When", "Function", "Who", "Arguments", "Outcome", "Took", "Approved by"),
        rows=rows,
        empty="Nothing was called so far.",
    )


def _row(one: Called, entry: Entry | None, names: Mapping[str, str], tz: str) -> tuple[Cell, ...]:
    approved = names.get(one.decided_by, "") if one.approval == "approved" else ""
    outcome = _OUTCOMES.get(one.state, one.state)
    if one.state == "denied" and one.decided_by:  # who decided may be forgotten
        outcome = f"denied by {names.get(one.decided_by, one.decided_by)}"
    return (
        moment(one.started / 1000, tz),
        f"{one.name} (tried)" if is_of_command(one.thread) else one.name,
        names.get(one.user, one.user),
        _arguments(one.arguments, entry),
        outcome,
        _took(one),
        approved,
    )


def _arguments(text: str, entry: Entry | None) -> str:
    gone = {"additionalProperties": False}
    parameters = entry.tool["function"]["parameters"] if entry else gone
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return "not readable"
    return redacted(given, parameters) if isinstance(given, dict) else "not readable"


def _took(one: Called) -> str:
    ran = one.state in ("done", "failed", "unknown") and one.ended is not None
    return f"{max((one.ended or 0) - one.started, 0):,} ms" if ran else ""
