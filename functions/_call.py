"""The way of one call of a known and permitted function, from the model's text to the result.

Arguments, then its turn among others, then the ledger, then the run within its time. Whatever
happens on the way becomes a text for the model; what only the author can repair goes to the log,
and the model gets a reference.
"""

import asyncio
import dataclasses
import json
import logging
import secrets
from functools import partial
from typing import Any

from functions._approval import Question, must_ask
from functions._arguments import SIZE_LIMIT
from functions._context import Context
from functions._entry import Entry
from functions._errors import FunctionError, RetryCall
from functions._gate import Gate
from functions._ledger import Ledger, Line, State, decide, remembered
from functions._plain import bounded, clean
from functions._question import question
from functions._repeats import Repeats
from functions._result import Result, rendered
from functions._run import Busy, Late, Outcome, Raised, Runner
from functions._secrets import strike
from functions._validation import Refused

logger = logging.getLogger(__name__)

SAID = 4000


class Calls:
    """Run calls side by side, each in its bounds."""

    def __init__(self, runner: Runner, gate: Gate, result_limit: int) -> None:
        self._runner = runner
        self._gate = gate
        self._limit = result_limit
        self._repeats = Repeats()

    async def call(self, declared: Entry, text: str | bytes | None, context: Context) -> Result:
        """Run one call; what goes wrong outside of the function is raised."""
        seen = _seen(text)
        if refusal := self._repeats.refusal(context.event, declared.name, seen):
            return Result(refusal, ok=False, note="given up after the same failure")
        try:
            values, given = declared.read(text)
        except Refused as error:
            refused = Result(str(error), ok=False, note="wrong arguments")
            result = await self.refused(refused, context)
        else:
            result = await self._permitted(declared, values, given, context)
        self._repeats.note(context.event, declared.name, seen, result)
        return result

    async def refused(self, refusal: Result, context: Context) -> Result:
        """Return a refusal, or what became of the call if it ran before a restart.

        What was allowed then may not be now, but it must not be said that it was not run.
        """
        if context.ledger is None:
            return refusal
        return remembered(await context.ledger.earlier(context.call_id)) or refusal

    def question(
        self, declared: Entry, text: str | bytes | None, context: Context
    ) -> Question | None:
        """Return what people must be asked before this call can run, or None if nothing.

        That is so, too, when it will be refused for another reason.
        """
        seen = _seen(text)
        if context.dry_run or self._repeats.refusal(context.event, declared.name, seen):
            return None
        try:
            values, given = declared.read(text)
        except Refused:
            return None
        return question(declared, given, context.call_id) if _asks(declared, values) else None

    async def _permitted(
        self, declared: Entry, values: dict[str, Any], given: str, context: Context
    ) -> Result:
        """Rehearse a call, or run it once nobody is left who must agree."""
        if context.dry_run:
            return await self._rehearsed(declared, values, context)
        if refusal := await _disapproval(declared, values, given, context):
            return await self.refused(Result(refusal, ok=False, note="not approved"), context)
        async with self._gate.turn(_conversation(context), alone=not declared.rules.parallel):
            return await self._limited(declared, values, given, context)

    async def _rehearsed(self, declared: Entry, values: dict[str, Any], context: Context) -> Result:
        if declared.rules.dry_run or declared.rules.effect == "read":
            return (await self._run(declared, values, context))[0]
        text = f"The arguments are right. {declared.name} was not run: it has no dry run."
        return Result(text, ok=True, note="dry run")

    async def _limited(
        self, declared: Entry, values: dict[str, Any], given: str, context: Context
    ) -> Result:
        rules = declared.rules
        async with self._gate.limited(rules.name, rules.limit, rules.timeout) as refusal:
            if refusal:
                return await self.refused(Result(refusal, ok=False, note="too many calls"), context)
            if context.ledger is None:
                return (await self._run(declared, values, context))[0]
            return await self._recorded(declared, values, given, context, context.ledger)

    async def _recorded(
        self,
        declared: Entry,
        values: dict[str, Any],
        given: str,
        context: Context,
        ledger: Ledger,
    ) -> Result:
        """Run between two lines of the ledger, unless the first says that it ran before."""
        line = _line(declared, given, context)
        decision = decide(line, await ledger.begin(line))
        if isinstance(decision, Result):
            return decision
        keyed = dataclasses.replace(context, key=decision)
        try:
            result, state = await self._run(declared, values, keyed)
        except asyncio.CancelledError:
            await _end(ledger, line.id, "unknown", Result("", ok=False, note=""))
            raise
        await _end(ledger, line.id, state, result)
        return result

    async def _run(
        self, declared: Entry, values: dict[str, Any], context: Context
    ) -> tuple[Result, State]:
        outcome = await self._runner.run(
            declared.name,
            declared.work(values, context),
            partial(rendered, limit=self._limit, secrets=tuple(context.secrets.values())),
            is_async=declared.is_async,
            timeout=declared.rules.timeout,
        )
        return explain(declared, outcome, context)


async def _end(ledger: Ledger, id: str, state: State, result: Result) -> None:
    try:
        await ledger.end(id, state, result.text, result.files)
    except Exception:
        logger.exception("call_end_not_recorded", extra={"call_id": id})


def explain(declared: Entry, outcome: Outcome, context: Context) -> tuple[Result, State]:
    """Put into words how a run ended, for the model, for people and for the ledger."""
    name = declared.name
    if isinstance(outcome, Late):
        text = f"{name} did not answer within {declared.rules.timeout:g} seconds.{declared.doubt}"
        return Result(text, ok=False, note="timed out"), "unknown"
    if isinstance(outcome, Busy):
        text = f"{name} was not run: earlier calls are still running. Try again later."
        return Result(text, ok=False, note="busy"), "failed"
    if isinstance(outcome, Raised):
        return _raised(declared, outcome.error, context), "failed"
    result: Result = outcome.value
    return result, "done"


def _raised(declared: Entry, error: BaseException, context: Context) -> Result:
    meant = _meant(error)
    if not meant:
        return crashed(declared.name, error, context, declared.doubt)
    said = bounded(" ".join(_said(one, context) for one in meant), SAID)
    if isinstance(meant[0], RetryCall):
        text = f"{declared.name} asks for better arguments: {said}"
        return Result(text, ok=False, note="asked for better arguments")
    return Result(f"{declared.name} failed: {said}", ok=False, note="failed")


def _meant(error: BaseException) -> list[FunctionError]:
    """Return the errors that were raised on purpose, also by tasks; none if any was not."""
    if not isinstance(error, BaseExceptionGroup):
        return [error] if isinstance(error, FunctionError) else []
    inner = [_meant(one) for one in error.exceptions]
    return [one for some in inner for one in some] if all(inner) else []


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


def _asks(declared: Entry, values: dict[str, Any]) -> bool:
    rules = declared.rules
    if rules.approve == "never":
        return False
    return must_ask(rules.name, rules.approve, {**declared.defaults, **values})


async def _disapproval(
    declared: Entry, values: dict[str, Any], given: str, context: Context
) -> str | None:
    """Say why a call may not run, unless nobody must agree or they do.

    What was asked once counts, even if a predicate has changed its mind since.
    """
    asked = context.approval is not None and context.approval.knows(context.call_id)
    if not asked and not _asks(declared, values):
        return None
    if context.approval is None:
        return f"{declared.name} was not run: it must be approved, and nobody can be asked here."
    return await context.approval.refusal(question(declared, given, context.call_id))


def _seen(text: str | bytes | None) -> str:
    """Return what tells calls apart: arguments that differ in blanks and order are the same."""
    if isinstance(text, str | bytes) and len(text) > SIZE_LIMIT:
        return f"{len(text)} characters"
    try:
        return json.dumps(json.loads(text or "{}"), sort_keys=True)
    except (ValueError, TypeError, RecursionError):  # broken ones are told apart as they stand
        return repr(text)


def _conversation(context: Context) -> str:
    return f"{context.team}:{context.channel}:{context.thread}"


def _line(declared: Entry, given: str, context: Context) -> Line:
    return Line(
        id=context.call_id,
        event=context.event,
        name=declared.name,
        arguments=given,
        effect=declared.rules.effect,
        key=context.key,
        user=context.user.id,
    )
