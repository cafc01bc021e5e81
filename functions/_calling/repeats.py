"""Stop a model that makes the same call with the same failure again and again within one turn."""

import json
from collections import OrderedDict

from functions._arguments import SIZE_LIMIT
from functions._errors import Refused
from functions._gate import TOO_MANY
from functions._results.result import Result

TRIES = 2
TURNS = 256

GIVEN_UP = "given up after the same failure"

_PASSING = (TOO_MANY, "busy", GIVEN_UP)  # refusals that say nothing new of the arguments
_SAID = ("failed", "asked for better arguments")  # on purpose: their words tell failures apart

Given = str | bytes | None


class Repeats:
    """Count equal failures by turn, function and arguments; the oldest turns are forgotten."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, dict[tuple[str, str], tuple[str, int]]] = OrderedDict()

    def refuse(self, event: str, name: str, arguments: Given) -> None:
        """Raise `Refused` for a call that has failed often enough."""
        if event not in self._failures:
            return
        _, count = self._failures[event].get((name, _seen(arguments)), ("", 0))
        if count >= TRIES:
            text = (
                f"{name} was not run: it has failed {TRIES} times with exactly these arguments. "
                "Change them, or answer without it."
            )
            raise Refused(text, GIVEN_UP)

    def note(self, event: str, name: str, arguments: Given, result: Result) -> None:
        """Remember how a call ended; one that fails otherwise than before gets somewhere."""
        if result.ok or not event or result.note in _PASSING:
            return
        failures = self._failures.setdefault(event, {})
        failure = result.text if result.note in _SAID else result.note.partition(",")[0]
        key = name, _seen(arguments)
        before, count = failures.get(key, ("", 0))
        failures[key] = (failure, count + 1 if failure == before else 1)
        self._failures.move_to_end(event)
        while len(self._failures) > TURNS:
            self._failures.popitem(last=False)


def _seen(text: Given) -> str:
    """Return what tells calls apart: arguments that differ in blanks and order are the same."""
    if isinstance(text, str | bytes) and len(text) > SIZE_LIMIT:
        return f"{len(text)} characters"
    try:
        return json.dumps(json.loads(text or "{}"), sort_keys=True)
    except (ValueError, TypeError, RecursionError):  # broken ones are told apart as they stand
        return repr(text)
