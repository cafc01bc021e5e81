"""What `**given: int` takes: any further key, each with a value of one type."""

import functools
import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from functions._declaring.annotations import rewrite
from functions._errors import DeclarationError

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rest:
    """The type of further keys; `taken` are names that other arguments have already."""

    annotation: Any
    description: str
    taken: tuple[str, ...]

    def describe(self, schema: Schema) -> None:
        """Say in the schema of all arguments what the further keys are, and which cannot be."""
        values = schema.get("additionalProperties")
        if self.description and isinstance(values, dict):
            schema["additionalProperties"] = {**values, "description": self.description}
        if self.taken:
            schema["propertyNames"] = {"not": {"enum": list(self.taken)}}


def rest_of(
    call: Callable[..., Any],
    target: Any,
    raw: inspect.Parameter,
    annotation: Any,
    text: str,
    shown: Collection[str | None],
) -> Rest:
    """Read `**given`, or refuse it if it does not say what it takes."""
    if raw.annotation is raw.empty:
        raise refused("**", raw.name, "a dict")
    taken = sorted({*_names(call), *_names(target)} - set(shown))
    return Rest(rewrite(annotation), text, tuple(taken))


def refused(stars: str, name: str, instead: str) -> DeclarationError:
    """Return the refusal of starred parameters without a type."""
    return DeclarationError(
        f"it takes {stars}{name}, and the model can only fill parameters that have a name "
        f"and a type: name each one, give it a type as in {stars}{name}: str, or take {instead} "
        "parameter."
    )


def _names(call: Any) -> Iterator[str]:
    """Yield the names of all arguments, also of those that are bound already."""
    while isinstance(call, functools.partial):
        yield from call.keywords
        call = call.func
    function = getattr(call, "__func__", call)
    for wrapped in (True, False):
        try:
            signature = inspect.signature(function, follow_wrapped=wrapped)
        except (TypeError, ValueError):
            return
        for one in signature.parameters.values():
            if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                yield one.name
