"""Importing operations of an OpenAPI document: where it is, which to take, the review, the rows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from bot.commands.functions import wish
from bot.commands.functions.fetching import LARGEST, by_url, packed, unpacked
from bot.commands.functions.known import Known, known, of_kind, save
from bot.commands.functions.review import chosen_of, differences, mark, saved, warnings, which
from bot.commands.material import content_of
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown
from bot.desk.request import Request
from bot.desk.values import Text, code, escape, listed, plural
from bot.slack.text.mrkdwn import clipped
from bot.slack.workspace.files import SharedFile
from functions import FunctionError, HttpFunction, Import, Operation

command = Command("functions")

_SOURCES = ("url", "file", "text", "server", "secret", "who")
_LONGEST_KEY = 75
_NAMED = 30
_REASONS = 5
_LINE = 160
_NOTHING = "Nothing was given to read: name the document's address, its file or its text."
_REASON = 600
_KEPT = ("name", "who", "where", "effect", "approve", "approvers", "timeout")
_KEYS = 2


@command.sub(
    name="import",
    effect="changes",
    examples=(
        "import",
        "import https://api.example.com/openapi.json",
        "import https://api.example.com/openapi.json --take reads --secret tickets",
    ),
    words=("openapi", "swagger", "operations", "api"),
    form=True,
)
async def import_(
    request: Request,
    url: Annotated[
        wish.Address, Shown("URL", "https://api.example.com/openapi.json", "URL of the document")
    ] = "",
    *,
    file: Annotated[
        tuple[SharedFile, ...], FromFiles(most=1, named="json"), Shown(label="… or its file")
    ] = (),
    text: Annotated[Rest, Shown("JSON", label="… or its text")] = "",
    take: Annotated[
        list[str] | None, Shown("NAME,...", label="Operations", hint="Several may be chosen.")
    ] = None,
    server: Annotated[wish.Address, Shown("URL", "https://api.example.com/v1", "Server")] = "",
    secret: Annotated[str, Shown("SECRET", "tickets")] = "",
    who: wish.Everybody = "members",
) -> Text:
    """Add operations of an OpenAPI document as functions; reads run freely, the rest is approved.

    Args:
        url: Where the document stands; JSON, version 3 or 2.0.
        file: The document as a JSON file.
        text: The document itself, where it is short.
        take: Which operations; in a line of text their names, or all, or reads.
        server: Where requests go, if not to the server that the document names.
        secret: The NAME of FUNCTION_SECRET_NAME in the settings, sent as the document describes;
            of several at once each is FUNCTION_SECRET_NAME_KEY, by its key in the document.
        who: Who may use them.
    """
    here = await known(request)
    if (request.order.problem and not take) or not (url or file or text.strip()):
        if request.invocation.via == "form":
            raise CommandError(_NOTHING)
        raise _ask_source(here)
    document, found = await _read(request, here)
    earlier = {_key(one): one for one in of_kind(HttpFunction, here.added.values())}
    found = replace(found, operations=tuple(_as_known(one, earlier) for one in found.operations))
    if not take or request.reopened:
        menu = []
        for one in found.operations:
            if one.function:
                state = "added" if _key(one.function) in earlier else ""
                label = " · ".join(filter(None, (one.key, state, one.summary)))
                menu.append((label, one.function.name))
        keep = {"text": await asyncio.to_thread(packed, document)}
        raise which("Choose operations", _counted(found), tuple(menu), keep)
    chosen = [
        one if _key(one) in earlier else replace(one, who=who) for one in _chosen(found, take)
    ]
    await _check(here, chosen)
    effect = _effect(here, found, chosen, earlier, who)
    await request.confirm(effect, button="Save them", change=True)
    for function in chosen:
        await save(request, function)
    return saved(chosen, "saved" if earlier else "added")


async def _read(request: Request, here: Known) -> tuple[str, Import]:
    """Return the document that was given, and the operations that it describes.

    Raises:
        CommandError: none of them can be taken.
    """
    given = request.given
    document = await _document(request, here)
    try:
        found = await asyncio.to_thread(
            here.registry.operations,
            here.context.team,
            document,
            url=given["url"],
            server=given["server"],
            secret=given["secret"].lower(),
        )
    except FunctionError as error:
        raise CommandError(f"The document was not taken: {escape(str(error))}") from error
    if not any(one.function for one in found.operations):
        raise CommandError(f"None of the operations can be taken.\n{_problems(found)}")
    return document, found


def _key(function: HttpFunction) -> str:
    return f"{function.method} {function.url}"


def _as_known(one: Operation, earlier: Mapping[str, HttpFunction]) -> Operation:
    """Return an operation that was taken before under its name and with the rules that it has."""
    known = earlier.get(_key(one.function)) if one.function else None
    if one.function is None or known is None:
        return one
    kept = {field: getattr(known, field) for field in _KEPT}
    function = replace(one.function, secret=one.function.secret or known.secret, **kept)
    lacks_secret = one.lacks_secret and function.secret is None
    return replace(one, function=function, lacks_secret=lacks_secret)


def _ask_source(here: Known) -> NeedsForm:
    return NeedsForm(
        "Import functions",
        submit="Read it",
        fields=_SOURCES,
        intro="An OpenAPI document in JSON: its address, its file, or its text. Next you choose.",
        choices={"secret": here.secrets},
    )


async def _document(request: Request, here: Known) -> str:
    given = request.given
    if given["text"].strip():
        return await asyncio.to_thread(unpacked, str(given["text"]))
    if given["url"]:
        await request.progress("Fetching the document …")
        return await by_url(request, given["url"], here.context)
    return await content_of(request, given["file"][0], LARGEST)


def _counted(found: Import) -> str:
    functions = [one.function for one in found.operations if one.function]
    reads = sum(1 for one in functions if one.own_approve == "never")
    lines = [
        f"*{escape(found.title) or 'The document'}* offers {plural(len(functions), 'operation')}. "
        f"Reading, run freely: {reads}. With approval of each call: {len(functions) - reads}."
    ]
    lines += _beyond(found)
    if lacking := sum(1 for one in found.operations if one.function and one.lacks_secret):
        lines.append(f":warning: No secret was named, and {lacking:,} of them want one.")
    return "\n".join([*lines, _problems(found)]).strip()


def _beyond(found: Import) -> list[str]:
    """Say how many operations of the document are not looked at."""
    more = f"{found.more:,} more are too many to list: shorten the document to reach them."
    return [more] if found.more else []


def _problems(found: Import) -> str:
    """Return why operations cannot be taken, those of one reason together."""
    reasons: dict[str, list[str]] = {}
    for one in found.operations:
        if one.problem:
            reasons.setdefault(one.problem, []).append(one.key)
    lines = [
        f"• {_those(keys)} cannot be taken: {escape(reason[:_REASON])}"
        for reason, keys in list(reasons.items())[:_REASONS]
    ]
    if more := sum(map(len, list(reasons.values())[_REASONS:])):
        lines.append(f"• … and {more:,} more that cannot be taken")
    if any("only https" in reason for reason in reasons):
        lines.append("If it also answers at https, give that address as the server.")
    return "\n".join(lines)


def _those(keys: Sequence[str]) -> str:
    named = ", ".join(escape(clipped(one, _LONGEST_KEY)) for one in keys[:_KEYS])
    return named if len(keys) <= _KEYS else f"{named} and {len(keys) - _KEYS:,} more"


def _chosen(found: Import, take: Sequence[str]) -> list[HttpFunction]:
    """Return the operations that are named, by name, by `GET /path`, by `all` or `reads`."""
    offers = {}
    for one in found.operations:
        if function := one.function:
            reads = "reads" if function.own_approve == "never" else "all"
            offers[function.name] = (function, {"all", reads, one.key})
    return chosen_of(offers, take, "The document has no operation")


async def _check(here: Known, chosen: Sequence[HttpFunction]) -> None:
    """Look at every address once more, now that it is known which ones are wanted."""
    try:
        for url in dict.fromkeys(one.url.partition("{")[0] for one in chosen):
            await here.registry.web.check(url)
    except FunctionError as error:
        raise CommandError(escape(str(error))) from error


def _effect(
    here: Known,
    found: Import,
    chosen: Sequence[HttpFunction],
    earlier: Mapping[str, HttpFunction],
    who: str,
) -> str:
    title = f" of {escape(found.title)}" if found.title else ""
    lines = [
        f"*Add {plural(len(chosen), 'function')}{title}?* {_audience(chosen, earlier, who)}, in "
        f"effect from the next message on (fingerprint {code(mark(chosen))}):",
        *listed([_line(one, earlier.get(_key(one))) for one in chosen], _NAMED),
        *_beyond(found),
    ]
    names = {one.name for one in chosen}
    wanting = [one.function for one in found.operations if one.function and one.lacks_secret]
    if lacking := sum(one.name in names for one in wanting):
        lines.append(f":warning: No secret was named, and {lacking} of them want one.")
    return "\n".join([*lines, *warnings(here, *chosen)])


def _audience(chosen: Sequence[HttpFunction], earlier: Mapping[str, HttpFunction], who: str) -> str:
    """Say for whom they are; whoever may use those that were added before may go on."""
    new = sum(_key(one) not in earlier for one in chosen)
    if not new:
        return "For the same people as before"
    before = " (those that were added before: for the same people as before)"
    return f"For {who}{before if new < len(chosen) else ''}"


def _line(one: HttpFunction, earlier: HttpFunction | None) -> str:
    consent = "" if one.own_approve == "never" else " · with approval of each call"
    changes = differences(earlier, one) if earlier else []
    again = "" if earlier is None else f" · changes: {', '.join(changes) or 'nothing'}"
    return f"• {code(one.name)}  {code(_key(one)[:_LINE])}{consent}{again}"
