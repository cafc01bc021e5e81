"""Which of the things on offer an admin takes: by name, or by a word for several."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.desk.errors import UsageError
from bot.desk.reading import near
from bot.desk.values import code

T = TypeVar("T")


def chosen_of(
    ready: Mapping[str, T], take: Sequence[str], means: Callable[[str, T], bool], has_no: str
) -> list[T]:
    """Return those of `ready`, which has them by name, that the words mean; each once.

    Raises:
        UsageError: a word means nothing; `has_no` is the beginning of the sentence.
    """
    chosen: dict[str, T] = {}
    for word in take:
        fitting = {name: one for name, one in ready.items() if means(word, one)}
        if not fitting:
            meant = near(word, ready)
            hint = f"; did you mean {code(meant)}?" if meant else "."
            raise UsageError(f"{has_no} {code(word)} that can be taken{hint}")
        chosen |= fitting
    return list(chosen.values())
