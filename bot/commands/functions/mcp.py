"""Tools of MCP servers as functions: the server, which tools to take, the review, the rows."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from bot.commands.functions import wish
from bot.commands.functions.known import EFFECTS, Known, known, of_kind, save
from bot.commands.functions.review import (
    chosen_of,
    differences,
    framed,
    mark,
    saved,
    warnings,
    which,
)
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.parameters import Shown
from bot.desk.request import Request
from bot.desk.values import Text, code, escape, listed, plural
from bot.slack.text.mrkdwn import clipped, visible
from functions import DeclarationError, FunctionError, McpFunction, McpOffer, SecretHeader

command = Command("functions")

_SOURCES = ("server", "named", "secret", "header", "who", "approve")
_CONSENT = Shown(
    menu=(
        ("Each call, whatever the server says", "always"),
        ("Each call of a tool that is not said to only read", "auto"),
        ("Never", "never"),
    )
)
_NOTHING = "No server was named: give its URL, or the name of one in MCP_SERVERS."
_NAME = 75
_REASONS = 5
_DESCRIPTION = 1_000
_DESCRIPTIONS = 9_000  # of all together

Consent = Annotated[Literal["always", "auto", "never"], _CONSENT]


@command.sub(
    effect="changes",
    examples=(
        "mcp",
        "mcp https://mcp.example.com/mcp",
        "mcp https://mcp.example.com/mcp --take forecast,alerts --secret weather",
        "mcp https://mcp.example.com/mcp --take changed",
    ),
    words=("tools", "server", "model context protocol", "approve", "changed"),
    form=True,
)
async def mcp(
    request: Request,
    server: Annotated[
        str,
        Shown("SERVER", "https://mcp.example.com/mcp", "URL of the server", "Where it is reached."),
    ] = "",
    *,
    named: Annotated[str, Shown("NAME", "files", "… or one of MCP_SERVERS")] = "",
    take: Annotated[
        list[str] | None, Shown("TOOL,...", label="Tools", hint="Several may be chosen.")
    ] = None,
    secret: Annotated[str, Shown("SECRET", "weather")] = "",
    header: Annotated[str, Shown("HEADER", "Authorization: Bearer")] = "",
    who: wish.Everybody = "members",
    approve: Consent = "always",
) -> Text:
    """Add tools of an MCP server as functions, or approve anew those that have changed.

    Args:
        server: The URL of the server, or the name of one in the setting MCP_SERVERS.
        named: The name of one in the setting MCP_SERVERS.
        take: Which tools; in a line of text their names, or all, reads, changed.
        secret: The NAME of FUNCTION_SECRET_NAME in the settings, sent to the server.
        header: The header for the secret, such as X-Api-Key; else Authorization: Bearer.
        who: Who may use new ones.
        approve: Which calls of new ones a person must approve.
    """
    here = await known(request)
    address = server.strip() or named
    if (request.order.problem and not take) or not address:
        if request.invocation.via == "form":
            raise CommandError(_NOTHING)
        raise _ask_server(here)
    wanted = wish.secret_wanted(secret, header)
    if wanted and wanted.put != "header":
        raise UsageError("A server of MCP takes its secret in a header, such as X-Api-Key.")
    try:
        found = await _found(request, here, address, wanted)
    except (FunctionError, DeclarationError) as error:
        raise CommandError(f"The server was not taken: {escape(str(error))}") from error
    if not any(one.function for one in found):
        problems = _problems(found) or "It offers none."
        raise CommandError(f"None of the tools of {code(address)} can be taken.\n{problems}")
    if not take or request.reopened:
        raise _ask_which(found, address)
    chosen = [_ruled(one, who, approve) for one in _chosen(found, take)]
    before = {one.earlier.name: one.earlier for one in found if one.earlier}
    await request.confirm(_effect(here, address, chosen, before), button="Save them", change=True)
    for one in chosen:
        await save(request, one)
    return saved(chosen, "saved")


async def _found(
    request: Request, here: Known, address: str, secret: SecretHeader | None
) -> list[McpOffer]:
    await request.progress("Asking the server for its tools …")
    earlier = list(of_kind(McpFunction, here.added.values()))
    if secret is None:  # what an earlier visit was told is good for this one
        secret = next((one.secret for one in earlier if one.server == address), None)
    return await here.registry.mcp_offers(address, secret, earlier, here.context)


def _ask_server(here: Known) -> NeedsForm:
    launches = sorted(here.registry.servers.launches)
    return NeedsForm(
        "Add tools of MCP",
        submit="List its tools",
        fields=tuple(one for one in _SOURCES if launches or one != "named"),
        intro="The server's tools are listed next, and you choose. What a server says of its tools "
        "is not proof: a call runs without approval only where you say so.",
        choices={"named": tuple((one, one) for one in launches), "secret": here.secrets},
    )


def _ask_which(found: Sequence[McpOffer], address: str) -> NeedsForm:
    ready = [one for one in found if one.function]
    changed = sum(1 for one in ready if one.is_changed)
    lines = [f"{code(address)} offers {plural(len(ready), 'tool')} that can be taken."]
    if changed:
        lines.append(f":warning: {changed} of them changed since approved, and off until taken.")
    intro = "\n".join([*lines, _problems(found)]).strip()
    menu = tuple((_label(one), one.tool.name) for one in ready)
    return which("Choose tools", intro, menu, {"server": address, "named": ""})


def _problems(found: Sequence[McpOffer]) -> str:
    wrong = [(clipped(one.tool.name, _NAME), one.problem) for one in found if one.problem]
    problems = [f"{name} cannot be taken: {problem}" for name, problem in wrong]
    lines = [f"• {escape(clipped(one))}" for one in problems]
    return "\n".join(listed(lines, _REASONS, "more that cannot be taken"))


def _label(one: McpOffer) -> str:
    state = "changed · " if one.is_changed else ("added · " if one.earlier else "")
    said = one.function.description if one.function else ""
    return f"{one.tool.name} · {state}{said}"


def _chosen(found: Sequence[McpOffer], take: Sequence[str]) -> list[McpOffer]:
    """Return the tools that are named, by name, or by `all`, `reads` or `changed`."""
    offers = {}
    for one in found:
        if one.function:
            words = {"reads": one.tool.effect == "read", "changed": one.is_changed, "all": True}
            offers[one.tool.name] = (one, {word for word, fits in words.items() if fits})
    return chosen_of(offers, take, "The server has no tool")


def _ruled(one: McpOffer, who: wish.Everybody, approve: Consent) -> McpFunction:
    """Return the function with the rules that were asked for; one that was taken keeps its own."""
    if one.function is None:
        raise UsageError("This tool cannot be taken.")
    if one.earlier is not None:
        return one.function
    free = approve == "never" or (approve == "auto" and one.function.effect == "read")
    return replace(one.function, who=who, approve="never" if free else "always")


def _effect(
    here: Known, address: str, chosen: Sequence[McpFunction], earlier: Mapping[str, McpFunction]
) -> str:
    room = min(_DESCRIPTION, _DESCRIPTIONS // len(chosen)) if len(chosen) > 1 else 0
    lines = [
        f"*Take {plural(len(chosen), 'tool')} of {code(address)} as "
        f"{'a function' if len(chosen) == 1 else 'functions'}?* In effect from the next message "
        f"on (fingerprint {code(mark(chosen))}):",
        *(_line(one, earlier.get(one.name), room) for one in chosen),
    ]
    lines += warnings(here, chosen[0])
    lines.append("A tool that its server describes otherwise later is off until you take it anew.")
    if len(chosen) == 1:
        lines.append(_whole(chosen[0], earlier.get(chosen[0].name), len("\n".join(lines))))
    return "\n".join(lines)


def _line(one: McpFunction, earlier: McpFunction | None, room: int) -> str:
    consent = "never" if one.approve == "never" else "always"
    said = visible(" ".join(one.description.split()))
    more = f" … and {len(said) - room:,} more characters" if len(said) > room else ""
    described = f": {escape(said[:room])}{more}" if room else ""
    changed = ""
    if earlier and earlier.pin != one.pin:
        fields = {"description", "parameters"} & set(differences(earlier, one))
        changed = f"; changed: {' and '.join(sorted(fields)) or 'its title or hints'}"
    return (
        f"• {code(one.name)} ({EFFECTS[one.effect]}, it says; approval: {consent}{changed})"
        f"{described}"
    )


def _whole(one: McpFunction, earlier: McpFunction | None, taken: int) -> str:
    """Return what the model will see of a tool; of one that changed, the lines that did."""
    after, head = _seen(one), "The model will see:"
    if earlier and _seen(earlier) != after:
        head = "What the model saw (-) and will see (+):"
        after = list(difflib.unified_diff(_seen(earlier), after, n=2, lineterm=""))[3:]
    shown = framed("\n".join(after), taken)
    return f"{head}\n{shown}"


def _seen(one: McpFunction) -> list[str]:
    shown = {"description": one.description, "parameters": one.parameters}
    text = json.dumps(shown, indent=1, ensure_ascii=False)
    return [visible(line) for line in text.split("\n")]
