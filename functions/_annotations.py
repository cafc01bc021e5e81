"""Rewrite annotations that pydantic takes otherwise than an author means them.

`Iterable[X]` becomes `list[X]`, for pydantic would hand over a lazy iterator of unchecked values.
A `typing.TypedDict` becomes a `typing_extensions` one, for before Python 3.12 pydantic takes no
other.
"""

import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typing_extensions


def rewrite(annotation: Any) -> Any:
    """Return the annotation with everything inside it rewritten where it must be."""
    if _is_old_typed_dict(annotation):
        return _typed_dict(annotation)
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = rewrite(given[0])
        return annotation if inner is given[0] else Annotated[inner, *given[1:]]
    if not given or origin is Literal:
        return annotation
    inner = tuple(rewrite(one) for one in given)
    if origin is Iterable:
        return list[inner[0]]  # type: ignore[valid-type]
    if all(new is old for new, old in zip(inner, given, strict=True)):
        return annotation
    return Union[inner] if origin in (Union, types.UnionType) else origin[inner]  # noqa: UP007


def _is_old_typed_dict(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) and type(annotation).__module__ == "typing"


def _typed_dict(old: Any) -> Any:
    """Build the same TypedDict anew; one that contains itself stays as it is."""
    try:
        hints = get_type_hints(old, include_extras=True)
        fields = {name: _key(old, name, hint) for name, hint in hints.items()}
    except (NameError, RecursionError):
        return old
    new = typing_extensions.TypedDict(old.__name__, fields)  # type: ignore[misc]
    new.__module__, new.__doc__ = old.__module__, old.__doc__
    return new


def _key(old: Any, name: str, hint: Any) -> Any:
    """Rewrite one key; whether it may be left out is marked, or as the class says."""
    mark = get_origin(hint)
    optional = name in old.__optional_keys__
    if mark in (typing.Required, typing.NotRequired):
        hint, optional = get_args(hint)[0], mark is typing.NotRequired
    inner = rewrite(hint)
    return typing_extensions.NotRequired[inner] if optional else typing_extensions.Required[inner]
