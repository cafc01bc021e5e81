"""Which of the things on offer an admin takes, and the forms that ask for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.desk.errors import CommandError, Menu, NeedsForm, UsageError
from bot.desk.reading import near
from bot.desk.request import Request
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


def which(
    title: str, intro: str, menu: Menu, take: Sequence[str] | None, keep: Mapping[str, object]
) -> NeedsForm:
    """Return the form with what is on offer; `keep` spares its source another look."""
    return NeedsForm(
        title,
        submit="Review",
        fields=("take",),
        required=("take",),
        initial={"take": list(take or ())},
        intro=intro,
        choices={"take": menu},
        keep=keep,
    )


def refused(request: Request, problem: str, form: Callable[[str], NeedsForm]) -> Exception:
    """Return the form again with what is wrong, where one was filled in; else the sentence."""
    filled_in = request.invocation.via == "form" or request.reopened
    return form(problem) if filled_in else CommandError(problem)
