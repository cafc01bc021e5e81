"""The way of one call of a known and permitted function, from the model's text to the result.

Arguments, then its turn among others, then the ledger, then the run within its time. Whatever
happens on the way becomes a text for the model; what only the author can repair goes to the log,
and the model gets a reference.
"""

import logging
import secrets
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from functions._arguments import BadArguments
from functions._calling.beside import Ended, Raised, Returned
from functions._calling.guard import Overdue
from functions._calling.ready import Call
from functions._calling.repeats import Repeats
from functions._calling.run import Runner
from functions._context import ApprovalRequest, Context
from functions._entry import Entry
from functions._errors import Broken, FunctionError, Refused, RetryCall
from functions._gate import Gate, Limit
from functions._ledger import Ledger, State, decide, remembered
from functions._results.plain import bounded, clean
from functions._results.result import Result, rendered
from functions._results.secrets import strike

logger = logging.getLogger(__name__)

SAID = 4000


class Calls:
    """Run calls side by side, each in its bounds."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._runner = Runner()
        self._repeats = Repeats()

    def _ready(self, entry: Entry, text: str | bytes | None, context: Context) -> Call:
        self._repeats.refuse(context.event, entry.name, text)
        try:
            with self._runner.watching(entry.rules.timeout):
                return Call(entry, *entry.read(text), context)
        except BadArguments as error:
            reason = f"{entry.name} was not run, its arguments {error}"
            raise Refused(reason, "wrong arguments") from None
        except Overdue:
            reason = f"{entry.name} was not run: to check its arguments took too long."
            raise Refused(reason, "timed out") from None

    async def _must_be_asked(self, call: Call) -> bool:
        """Tell whether a person must agree; in doubt one must."""
        rules = call.entry.rules
        if not callable(rules.approve):
            return rules.approve == "always"
        self._runner.refuse(rules.name)
        judge = partial(rules.approve, {**call.entry.defaults, **call.values})
        with ExitStack() as held:
            judged = await self._runner.run(
                rules.name, judge, bool, is_async=False, timeout=rules.timeout, held=held
            )
        if isinstance(judged, Returned):
            return bool(judged.value)
        logger.error("approval_not_judged", exc_info=judged.error, extra={"function": rules.name})
        return True

    async def call(self, entry: Entry, text: str | bytes | None, context: Context) -> Result:
        """Run one call, unless it is refused; what goes wrong outside of the function is raised."""
        try:
            result = await self._permitted(self._ready(entry, text, context))
        except Refused as refusal:
            result = await refused(refusal, context)
        self._repeats.note(context.event, entry.name, text, result)
        return result

    async def approval_request(
        self, entry: Entry, text: str | bytes | None, context: Context
    ) -> ApprovalRequest | None:
        """Return what people must be asked before this call can run, or None if nothing."""
        call = self._ready(entry, text, context)
        asks = not context.dry_run and await self._must_be_asked(call)
        return call.approval_request if asks else None

    async def _permitted(self, call: Call) -> Result:
        """Rehearse a call, or run it once nobody is left who must agree."""
        entry, rules, where = call.entry, call.entry.rules, call.context
        if not where.dry_run:
            await self._consent(call)
        elif not rules.dry_run and rules.effect != "read":
            text = f"The arguments are right. {rules.name} was not run: it has no dry run."
            return Result(text, ok=True, note="dry run")
        conversation = f"{where.team}:{where.channel}:{where.thread}"
        limit, in_thread = rules.limit or Limit(), not entry.is_async
        async with (
            self._gate.turn(conversation, alone=not rules.parallel),
            self._gate.limited(rules.name, limit, rules.timeout, in_thread=in_thread) as held,
        ):
            self._runner.refuse(rules.name)
            if where.ledger is None or where.dry_run:
                return (await self._run(call, held))[0]
            return await self._recorded(call, where.ledger, held)

    async def _consent(self, call: Call) -> None:
        """Raise `Refused`, unless nobody must agree or they do.

        What was asked once counts, even if a predicate has changed its mind since.
        """
        approval = call.context.approval
        asked = approval is not None and approval.knows(call.context.call_id)
        if not asked and not await self._must_be_asked(call):
            return
        if approval is None:
            text = "was not run: it must be approved, and nobody can be asked here."
            raise Refused(f"{call.entry.name} {text}", "not approved")
        if refusal := await approval.refusal(call.approval_request):
            raise Refused(refusal, "not approved")

    async def _recorded(self, call: Call, ledger: Ledger, held: ExitStack) -> Result:
        """Run between two lines of the ledger, unless the first says that it ran before."""
        line = call.line
        decision = decide(line, await ledger.begin(line))
        if isinstance(decision, Result):
            return decision
        keyed = replace(call, context=replace(call.context, key=decision))
        result, state = await self._run(keyed, held)
        await _end(ledger, line.id, state, result)
        return result

    async def _run(self, call: Call, held: ExitStack) -> tuple[Result, State]:
        entry, context = call.entry, call.context
        outcome = await self._runner.run(
            entry.name,
            partial(entry.run, call.values, context),
            partial(rendered, secrets=tuple(context.secrets.values())),
            is_async=entry.is_async,
            timeout=entry.rules.timeout,
            held=held,
        )
        return explain(entry, outcome, context)


async def refused(refusal: Refused, context: Context) -> Result:
    """Return a refusal, or what became of the call if it ran before a restart.

    What was allowed then may not be now, but it must not be said that it was not run.
    """
    earlier = await context.ledger.earlier(context.call_id) if context.ledger else None
    return remembered(earlier) or Result(str(refusal), ok=False, note=refusal.note)


async def _end(ledger: Ledger, id: str, state: State, result: Result) -> None:
    try:
        await ledger.end(id, state, result.text, result.files)
    except Exception:
        logger.exception("call_end_not_recorded", extra={"call_id": id})


def explain(entry: Entry, outcome: Ended, context: Context) -> tuple[Result, State]:
    """Put into words how a run ended, for the model, for people and for the ledger."""
    if isinstance(outcome, Returned):
        result: Result = outcome.value
        return result, "done"
    if any(type(one) is Overdue for one in outcome.errors):
        said = f"{entry.name} did not answer within {entry.rules.timeout:g} seconds."
        return Result(said + entry.rules.doubt, ok=False, note="timed out"), "unknown"
    return _raised(entry, outcome, context), "failed"


def _raised(entry: Entry, outcome: Raised, context: Context) -> Result:
    """Tell what was raised on purpose, also by tasks, if all of it was."""
    meant = outcome.errors
    if not all(issubclass(type(one), FunctionError) for one in meant):
        return crashed(entry.name, outcome.error, context, entry.rules.doubt)
    said = bounded("\n".join(_said(one, context) for one in meant), SAID)
    if issubclass(type(meant[0]), RetryCall):
        text = f"{entry.name} asks for better arguments: {said}"
        return Result(text, ok=False, note="asked for better arguments")
    doubt = entry.rules.doubt if any(issubclass(type(one), Broken) for one in meant) else ""
    return Result(f"{entry.name} failed: {said}{doubt}", ok=False, note="failed")


def crashed(name: str, error: BaseException, context: Context, doubt: str = "") -> Result:
    """Log a failure that nobody foresaw, and give only its reference away."""
    reference = secrets.token_hex(4)
    logger.error(
        "function_failed",
        exc_info=error,
        extra={"function": name, "call_id": context.call_id, "reference": reference},
    )
    text = f"{name} failed unexpectedly (reference {reference}).{doubt}"
    return Result(text, ok=False, note=f"failed, reference {reference}")


def _said(error: BaseException, context: Context) -> str:
    try:
        text = strike(clean(str(error)), context.secrets.values())
        return bounded(text, SAID) or "it gave no reason."
    except BaseException:  # an error of its own that cannot speak, or would end the process
        return "it gave no reason."
