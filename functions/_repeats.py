"""Stop a model that makes the same failing call again and again within one turn."""

from collections import Counter, OrderedDict

from functions._result import Result

TRIES = 2
TURNS = 256


class Repeats:
    """Count failures by turn, function and arguments; the oldest turns are forgotten."""

    def __init__(self, tries: int = TRIES, turns: int = TURNS) -> None:
        self._tries = tries
        self._turns = turns
        self._failures: OrderedDict[str, Counter[tuple[str, str]]] = OrderedDict()

    def refusal(self, event: str, name: str, arguments: str) -> str | None:
        """Say that this call has failed often enough, or None if it may run."""
        failures = self._failures.get(event)
        if failures is None or failures[name, arguments] < self._tries:
            return None
        return (
            f"{name} was not run: it has failed {self._tries} times with exactly these arguments. "
            "Change them, or answer without it."
        )

    def note(self, event: str, name: str, arguments: str, result: Result) -> None:
        """Remember how a call ended."""
        if result.ok or not event:
            return
        failures = self._failures.setdefault(event, Counter())
        failures[name, arguments] += 1
        self._failures.move_to_end(event)
        while len(self._failures) > self._turns:
            self._failures.popitem(last=False)
