"""The call ledger: a line before a function runs and again when it ended.

After a crash the same call comes again under the same id. What then happens is decided here, by
`decide`, from the line that stood there: a finished call gives its stored result, a `once` call
that had begun is never run again, anything else runs again under the same key.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal, Protocol

from functions._results.files import File
from functions._results.result import Result

Effect = Literal["read", "idempotent", "once"]
State = Literal["started", "done", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger, as this room knows it.

    `files` are those that the call produced, kept until people have them.
    """

    id: str
    event: str
    name: str
    arguments: str
    effect: Effect
    key: str
    user: str
    state: State = "started"
    result: str | None = None
    files: tuple[File, ...] = ()


class Ledger(Protocol):
    """Where the lines are kept, durably."""

    async def begin(self, line: Line) -> Line | None:
        """Write the line, or return the one that already stands under its id."""

    async def earlier(self, id: str) -> Line | None:
        """Return the line that stands under an id, if any."""

    async def end(self, id: str, state: State, result: str, files: tuple[File, ...]) -> None:
        """Note how the call with this id ended, and keep its files until people have them."""


def decide(line: Line, earlier: Line | None) -> str | Result:
    """Return the key to run a call with, or the answer where it is not to be run."""
    if earlier is None:
        return line.key
    same = (earlier.name, earlier.arguments) == (line.name, line.arguments)
    if same and _has_ended(earlier):
        return _ended(earlier)
    if "once" in (line.effect, earlier.effect):
        return _unknown(earlier) if same else _replaced(line, earlier)
    return line.key if same else _other_key(line)


def remembered(earlier: Line | None) -> Result | None:
    """Say what became of a call that cannot run any more, or None if nothing came of it."""
    if earlier is None:
        return None
    if _has_ended(earlier):
        return _ended(earlier)
    return None if earlier.effect == "read" else _unknown(earlier)


def _has_ended(earlier: Line) -> bool:
    return earlier.state in ("done", "failed")


def _ended(earlier: Line) -> Result:
    ok = earlier.state == "done"
    return Result(earlier.result or "", ok, "from before the restart", earlier.files)


def _unknown(earlier: Line) -> Result:
    """Say so in the words that were found when it timed out, or that it was interrupted."""
    text = earlier.result or (
        f"The outcome of {earlier.name} is unknown: it was started, then the bot was interrupted. "
        "It may have taken effect, so it was not run again. Tell the person, and let them check."
    )
    return Result(text, ok=False, note="outcome unknown after a restart")


def _replaced(line: Line, earlier: Line) -> Result:
    """Answer a call whose place was taken, before a crash, by a call that the model put otherwise.

    Running it could repeat an effect in other words, so the model is told and may ask anew.
    """
    ending = {"done": "was carried out", "failed": "failed"}.get(earlier.state, "was started")
    text = (
        f"{line.name} was not run: before the bot was interrupted, {earlier.name} {ending} in its "
        f"place with these arguments: {earlier.arguments[:1000]}. Check whether that is enough "
        "before you call again."
    )
    return Result(text, ok=False, note="not run after a restart")


def _other_key(line: Line) -> str:
    return hashlib.sha256(f"{line.key}:{line.name}:{line.arguments}".encode()).hexdigest()
