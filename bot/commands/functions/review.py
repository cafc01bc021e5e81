"""What an admin chooses from and reads before functions are saved."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.commands.functions.known import Known, approval_of, effect_of, where_of, who_by_name
from bot.desk.errors import NeedsForm, UsageError
from bot.desk.parameters import Menu
from bot.desk.reading import near
from bot.desk.request import Request
from bot.desk.values import Button, Text, code, escape, plural
from bot.slack.text.mrkdwn import beginning
from functions import Entry, HttpFunction, McpFunction, SecretHeader

_ROOM = 2_700  # of a section, so that no block of code is cut in two
_LEAST = 400
_URL = 300
_LISTED = 30

T = TypeVar("T")


async def reviewed(
    request: Request, here: Known, function: HttpFunction, changes: Sequence[str] | None
) -> str:
    """Return everything about a function that is to be saved, bound by a mark of its content.

    `changes` names the fields that differ from the function in whose place it comes.
    """
    entry = here.registry.admit(function)
    who = escape(await who_by_name(request, entry))
    verb = "Add" if changes is None else "Change"
    lines = [
        f"*{verb} the function {code(entry.name)}?* In effect from the next message on.",
        *([f"• Changed: {', '.join(changes) or 'nothing'}"] if changes is not None else []),
        f"• Request: {code(f'{function.method} {function.url}'[:_URL])}{_header(function)}",
        *([] if function.url.isascii() else [f"• To machines its host is {code(entry.origin)}"]),
        f"• Effect: {effect_of(entry)} · time limit {entry.rules.timeout:g} s",
        f"• Who: {who} · where: {_places(entry)} · approval: {approval_of(entry)}",
        *warnings(here, function),
        f"The model will see (fingerprint {code(mark([function]))}):",
    ]
    head = "\n".join(lines)
    seen = json.dumps(entry.tool["function"], indent=1, ensure_ascii=False)
    return f"{head}\n{framed(seen, len(head))}"


def mark(functions: Sequence[HttpFunction | McpFunction]) -> str:
    """Return a short hash of everything that is saved of functions."""
    return hashlib.sha256("".join(one.dump() for one in functions).encode()).hexdigest()[:10]


def differences(
    earlier: HttpFunction | McpFunction, function: HttpFunction | McpFunction
) -> list[str]:
    """Return the names of the fields in which two functions, as they are stored, differ."""
    before, after = json.loads(earlier.dump()), json.loads(function.dump())
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def saved(functions: Sequence[HttpFunction | McpFunction], done: str) -> Text:
    """Return what is said once functions are saved; `done` is what was done with them."""
    names = [one.name for one in functions]
    listed = ", ".join(code(name) for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    text = f"{plural(len(names), 'function')} {done}: {listed}{more}. In effect from now on."
    return Text(text, (Button("List them", "functions list"),))


def _header(function: HttpFunction) -> str:
    every = function.secret.every if function.secret else ()
    return "".join(f" with {code(str(one))} and {_setting(one)}" for one in every)


def _places(entry: Entry) -> str:
    where = entry.rules.where
    if isinstance(where, str):
        return where_of(entry)
    return ", ".join(f"<#{channel}>" for channel in sorted(where))


def warnings(here: Known, *functions: HttpFunction | McpFunction) -> list[str]:
    """Return what will not work as things are."""
    wanted = [one for function in functions if function.secret for one in function.secret.every]
    missing = [_setting(one) for one in wanted if one.secret not in here.context.secrets]
    return [
        f":warning: {name} is not set: calls will fail until the operator sets it."
        for name in dict.fromkeys(missing)
    ]


def _setting(secret: SecretHeader) -> str:
    return code(f"FUNCTION_SECRET_{secret.secret.upper()}")


def framed(text: str, taken: int) -> str:
    """Return a text as a block of code, or what of it fits behind so many characters."""
    text = escape(text).replace("```", "'''")
    shown = beginning(text, max(_ROOM - taken, _LEAST))
    more = f"\n… and {len(text) - len(shown):,} more characters" if shown != text else ""
    return f"```{shown}{more}```"


def chosen_of(
    offers: Mapping[str, tuple[T, set[str]]], take: Sequence[str], has_no: str
) -> list[T]:
    """Return what is meant by words, each once: by its name in `offers`, or by a word behind it.

    Raises:
        UsageError: a word means nothing; `has_no` is the beginning of the sentence.
    """
    chosen: dict[str, T] = {}
    for word in take:
        means = {name: one for name, (one, words) in offers.items() if word in (name, *words)}
        if not means:
            meant = near(word, offers)
            hint = f"; did you mean {code(meant)}?" if meant else "."
            raise UsageError(f"{has_no} {code(word)} that can be taken{hint}")
        chosen |= means
    return list(chosen.values())


def which(title: str, intro: str, menu: Menu, keep: Mapping[str, object]) -> NeedsForm:
    """Return the form with what is on offer; `keep` spares its source another look."""
    return NeedsForm(
        title,
        submit="Review",
        fields=("take",),
        required=("take",),
        intro=intro,
        choices={"take": menu},
        keep=keep,
    )
