"""Changing who may call a tool of an MCP server, where, and with whose consent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.commands.functions import wish
from bot.commands.functions.known import Known, known, loaded, save
from bot.commands.functions.review import differences
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import Shown
from bot.desk.request import Request
from bot.desk.values import Text, code, escape
from functions import DeclarationError, McpFunction

command = Command("functions")

Approve = Annotated[Literal["never", "always"], wish.APPROVE]
Effect = Annotated[Literal["read", "idempotent", "once"], wish.EFFECT]

_FORM = ("title", "effect", "who", "people", "where", "channels", "approve", "approvers", "timeout")
_INTRO = (
    "The name, the description and the parameters are the server's. What the tool does to the "
    "world is for you to know: the server's word for it is no proof."
)


@command.sub(
    effect="changes",
    examples=("rules forecast", "rules forecast --approve never --who everyone"),
    words=("who", "where", "approval", "mcp"),
)
async def rules(
    request: Request,
    name: Annotated[str, Shown("NAME", "forecast")],
    *,
    title: Annotated[str | None, Field(max_length=80), Shown("TITLE", label="Title")] = None,
    effect: Effect | None = None,
    who: wish.Who | None = None,
    people: wish.People = None,
    where: wish.Where | None = None,
    channels: wish.Channels = None,
    approve: Approve | None = None,
    approvers: wish.Approvers | None = None,
    timeout: Annotated[float | None, Field(gt=0, le=300), Shown("SECONDS", "60")] = None,
) -> Text:
    """Change the rules of a tool of an MCP server: who, where, with whose consent, how long.

    Args:
        name: The function's name.
        title: What people see in place of the name.
        effect: What a call does to the world.
        who: Who may use it.
        people: Ids of people and user groups; nobody else may use it.
        where: Where it may be used.
        channels: Ids of channels; it works nowhere else.
        approve: Whether a person must approve each call.
        approvers: Who may approve.
        timeout: Seconds until a call is given up.
    """
    given = {one: request.given[one] for one in _FORM if request.given[one] is not None}
    here = await known(request)
    earlier = mcp_function(request, here, name)
    if not given or request.reopened:
        raise form(name, earlier, given)
    try:
        function = _made(here, earlier, given)
    except (DeclarationError, ValueError) as error:
        raise CommandError(escape(str(error))) from error
    changes = differences(earlier, function)
    if not changes:
        return Text(f"{code(name)} has these rules already.")
    values = [(getattr(earlier, one), getattr(function, one)) for one in changes]
    words = [[await _written(request, value) for value in pair] for pair in values]
    lines = [f"• {one}: {was} → *{now}*" for one, (was, now) in zip(changes, words, strict=True)]
    head = f"*Change the rules of {code(name)}?* In effect from the next message on."
    await request.confirm("\n".join([head, *lines]), button="Change", change=True)
    await save(request, function)
    return Text(f"The rules of {code(name)} are changed.")


def form(name: str, function: McpFunction, given: Mapping[str, Any]) -> NeedsForm:
    """Return the form with the rules as they are, or are given."""
    values = {**wish.rules_of(function), **given}
    return NeedsForm(
        f"Change {name}",
        submit="Review",
        fields=_FORM,
        initial={one: value for one, value in values.items() if value not in (None, "")},
        intro=_INTRO,
        line=f"functions rules {name}",
    )


def mcp_function(request: Request, here: Known, name: str) -> McpFunction:
    """Return a function that is a tool.

    Raises:
        CommandError: it is none.
    """
    row = here.added.get(name)
    if row is None or row.kind != McpFunction.kind:
        here.entry(name)
        raise CommandError(
            f"{code(name)} is no tool of an MCP server. A function that was added here is changed "
            f"by {code(request.slash('functions edit'))}, one written in Python in its file."
        )
    return loaded(McpFunction, row)


def _made(here: Known, earlier: McpFunction, given: dict[str, Any]) -> McpFunction:
    people, channels = given.pop("people", ()), given.pop("channels", ())
    if people or "who" in given:
        given["who"] = wish.who_wanted(given.get("who", "named"), people, earlier)
    if channels or "where" in given:
        given["where"] = wish.where_wanted(given.get("where", "named"), channels)
    if "approvers" in given:
        given["approvers"] = wish.approvers_wanted(given["approvers"], earlier)
    function = replace(earlier, **given)
    here.registry.admit(function)
    return function


async def _written(request: Request, value: str | float | Sequence[str]) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return escape(value if isinstance(value, str) else await request.named(value)) or "none"
