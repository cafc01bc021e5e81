"""Which of the things on offer an admin takes, and the forms that ask for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.desk.errors import NeedsForm, UsageError
from bot.desk.parameters import Menu
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
