"""Stop a model that makes the same call with the same failure again and again within one turn."""

from collections import OrderedDict

from functions._results.result import Result

TRIES = 2
TURNS = 256

_PASSING = ("too many calls", "busy")  # refusals that say nothing of the arguments
_SAID = ("failed", "asked for better arguments")  # on purpose: their words tell failures apart


class Repeats:
    """Count equal failures by turn, function and arguments; the oldest turns are forgotten."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, dict[tuple[str, str], tuple[str, int]]] = OrderedDict()

    def refusal(self, event: str, name: str, arguments: str) -> str | None:
        """Say that this call has failed often enough, or None if it may run."""
        _, count = self._failures.get(event, {}).get((name, arguments), ("", 0))
        if count < TRIES:
            return None
        return (
            f"{name} was not run: it has failed {TRIES} times with exactly these arguments. "
            "Change them, or answer without it."
        )

    def note(self, event: str, name: str, arguments: str, result: Result) -> None:
        """Remember how a call ended; one that fails otherwise than before gets somewhere."""
        if result.ok or not event or result.note in _PASSING:
            return
        failures = self._failures.setdefault(event, {})
        failure = result.text if result.note in _SAID else result.note.partition(",")[0]
        before, count = failures.get((name, arguments), ("", 0))
        failures[name, arguments] = (failure, count + 1 if failure == before else 1)
        self._failures.move_to_end(event)
        while len(self._failures) > TURNS:
            self._failures.popitem(last=False)
