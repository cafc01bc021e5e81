"""Which of several forms a value was meant to be, and so what is told of its faults."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from functions._faults import Path, lacking
from functions._jsonschema.values import kind

SHOWN = 20


class Fault(NamedTuple):
    """Something wrong, and where.

    `kinds` are the types of which the value should be, if it is of none of them. `listed` tells
    that it should be one of a few values: by those an object tells which of several forms it is.
    `marks` are such keys that are missing. One that tells of several things at once has that
    `weight`.
    """

    path: Path
    text: str
    kinds: tuple[str, ...] = ()
    listed: bool = False
    weight: int = 1
    marks: tuple[str, ...] = ()

    def is_of_another_kind(self, path: Path) -> bool:
        """Say whether the value at a path is of a type that the form with this fault has not."""
        return bool(self.kinds) and self.path == path

    def is_of_another_form(self, path: Path) -> bool:
        """Say whether the value at a path was hardly meant to be of the form with this fault."""
        is_mark = self.listed and len(self.path) == len(path) + 1
        return is_mark or self.is_of_another_kind(path)


def wrong_kind(value: Any, kinds: Sequence[str], path: Path) -> Fault:
    """Say of which types a value should be, and of which it is."""
    text = f"should be a valid {' or '.join(kinds)} (got {kind(value)})"
    return Fault(path, text, tuple(kinds))


Tried = tuple[list[Fault], Iterator[Fault]]


def looked_into(faults: Iterator[Fault], path: Path) -> Tried:
    """Take the faults of a form as far as it can have been meant, and apart what comes after.

    Forms may hold each other, and there is no end to trying all.
    """
    found: list[Fault] = []
    for fault in islice(faults, SHOWN):
        found.append(fault)
        if fault.is_of_another_form(path):
            break
    return found, faults if found and found[-1].listed else iter(())


def meant(value: Any, tried: list[Tried], path: Path) -> list[Fault]:
    """Return the faults of the form that was meant, given what was found of each.

    If none stands out, those that all forms share, else those of the forms with the fewest.
    """
    own = [one for one in tried if not one[0][-1].is_of_another_kind(path)]
    if not own:
        kinds = dict.fromkeys(kind for found, _ in tried for kind in found[-1].kinds)
        return [wrong_kind(value, list(kinds), path)]
    if len(own) == 1:
        ((found, rest),) = own
        return [*found, *islice(rest, SHOWN)]
    near = [found for found, _ in own if not found[-1].is_of_another_form(path)]
    told = near or [found[-1:] for found, _ in own]
    weights = [sum(fault.weight for fault in found) for found in told]
    return _shared(told, path) or [
        fault
        for found, weight in zip(told, weights, strict=True)
        if weight == min(weights)
        for fault in found
    ]


def _shared(told: list[list[Fault]], path: Path) -> list[Fault]:
    """Return the faults that all forms have, and the marks of forms that none finds."""
    paths = set.intersection(*({fault.path for fault in found} for found in told)) - {path}
    shared = [fault for found in told for fault in found
              if fault.path in paths or all(fault in other for other in told)]  # fmt: skip
    first, *others = (
        [mark for fault in found if fault.path == path for mark in fault.marks] for found in told
    )
    marks = [mark for mark in first if all(mark in other for other in others)]
    return [*shared, Fault(path, lacking(marks))] if marks else shared
