"""Try a function from Slack: as the model would call it, with the rights of the person who asks."""

import dataclasses
import json
from typing import Annotated

from bot.commands.functions.known import Known, effect_of, known
from bot.commands.functions.review import framed
from bot.commands.functions.wish import skeleton
from bot.desk.command import Command
from bot.desk.errors import NeedsForm, UsageError
from bot.desk.parameters import Rest, Shown, as_object
from bot.desk.request import Request
from bot.desk.values import File, Text, Values, Verbatim, code, escape
from bot.slack.answering.ledger import TurnCalls
from functions import ApprovalRequest, Entry

command = Command("functions")


class Confirmed:
    """Lets calls pass: whoever tries has just confirmed these very arguments."""

    def knows(self, call_id: str) -> bool:
        """Say that it was asked."""
        return True

    async def refusal(self, request: ApprovalRequest) -> str | None:
        """Refuse nothing."""
        return None


@command.sub(
    name="test",
    effect="changes",
    examples=('test calculate {"expression": "6 * 7"}', 'test find_ticket {"number": 7} --dry-run'),
    words=("try", "run", "call", "dry run"),
)
async def try_out(
    request: Request,
    name: Annotated[str, Shown("NAME", "find_ticket")],
    arguments: Annotated[Rest, Shown("{...}", label="Arguments, as JSON")] = "",
    *,
    dry_run: bool = False,
) -> Values:
    """Call a function as the model would, with your rights; what changes something is confirmed.

    Args:
        name: The function's name.
        arguments: The arguments, as JSON such as {"city": "Bern"}.
        dry_run: Check the arguments and tell what would be done, without doing it.
    """
    here = await known(request)
    entry = here.entry(name, f"{arguments} {'--dry-run' if dry_run else ''}".strip())
    parameters = entry.tool["function"]["parameters"]
    if not arguments and parameters.get("required"):
        raise NeedsForm(
            f"Try {name}",
            submit="Try it",
            fields=("arguments", "dry_run"),
            required=("arguments",),
            initial={"arguments": skeleton(parameters)},
            intro=f"{escape(entry.tool['function']['description'])}\n{_takes(parameters)}",
        )
    try:
        given = json.dumps(as_object(arguments or "{}"), ensure_ascii=False)
    except ValueError as error:
        raise UsageError(f"The arguments {error}.") from None
    if not dry_run and await _must_ask(here, entry, given):
        await request.confirm(_effect(entry, given), button="Run it")
    return await _run(request, here, name, given, dry_run=dry_run)


async def _must_ask(here: Known, entry: Entry, given: str) -> bool:
    """Tell whether a call changes something or needs consent; what cannot run needs no question."""
    if await here.registry.approval_request(entry.name, given, here.context) is not None:
        return True
    if entry.rules.effect == "read":
        return False
    rehearsal = dataclasses.replace(here.context, dry_run=True)
    return (await here.registry.call(entry.name, given, rehearsal)).ok


def _effect(entry: Entry, given: str) -> str:
    goes = "sends to" if "://" in entry.origin else "comes from"
    head = (
        f"*Run {code(entry.name)} now?* It {goes} {code(entry.origin)}; its effect: "
        f"{effect_of(entry)}. The arguments:"
    )
    return f"{head}\n{framed(given, len(head))}"


async def _run(request: Request, here: Known, name: str, given: str, *, dry_run: bool) -> Values:
    context = dataclasses.replace(
        here.context.for_call(here.context.event, 0, 0),
        approval=Confirmed(),
        ledger=TurnCalls(request.storage, request.ticket),
        dry_run=dry_run,
        report=request.progress,
    )
    began = request.equipment.clock()
    result = await here.registry.call(name, given, context)
    took = f"{max(request.equipment.clock() - began, 0):,} ms"
    note = f" ({escape(result.note)})" if result.note else ""
    sign = ":white_check_mark:" if result.ok else ":warning:"
    head = f"{sign} {code(name)} {'answered' if result.ok else 'did not do it'}{note}, {took}"
    title = f"What the model would be told ({len(result.text):,} characters)"
    told = Verbatim(title, result.text, file=f"{name}.txt")
    return [Text(head), told, *(File(file.name, file.data) for file in result.files)]


def _takes(parameters: dict[str, object]) -> str:
    properties = parameters.get("properties")
    names = ", ".join(code(one) for one in properties) if isinstance(properties, dict) else ""
    return f"It takes {names}." if names else ""
