"""Rewrite annotations that pydantic takes otherwise than an author means them.

`Iterable[X]` becomes `list[X]`, for pydantic would hand over a lazy iterator of unchecked values;
so do `Collection[X]` and its like, which it does not know.
A `typing.TypedDict` becomes a `typing_extensions` one, for before Python 3.12 pydantic takes no
other. `Literal[Colour.RED]` becomes the value of the member and is given back as the member.
A text in `Annotated` becomes a description, as `Doc` does.
"""

import enum
import types
import typing
from collections.abc import Collection, Container, Iterable, Mapping, Reversible
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic import AfterValidator, Field

Made = dict[Any, Any]

MARKS = (typing.Required, typing.NotRequired, typing_extensions.ReadOnly)
LISTS = (Iterable, Collection, Container, Reversible)
KEPT = ("__module__", "__doc__", "__pydantic_config__")  # of a TypedDict that is made anew
TEXTS = (typing.LiteralString, typing_extensions.LiteralString, typing.AnyStr)


def rewrite(annotation: Any, made: Made | None = None) -> Any:
    """Return the annotation with everything inside it rewritten where it must be.

    `made` has the classes that were made anew already, for those that contain themselves.
    """
    made = {} if made is None else made
    origin, given = get_origin(annotation), get_args(annotation)
    if _is_old_typed_dict(origin or annotation):
        return _typed_dict(annotation, origin or annotation, made)
    if origin is Annotated:
        text = words(annotation)
        said = [Field(description=text)] if text else []
        return Annotated[rewrite(given[0], made), *said, *given[1:]]
    if annotation in TEXTS:
        return str
    if annotation in LISTS or (origin in LISTS and not given):
        return list
    if origin is Literal:
        return _literal(annotation, given)
    return _generic(annotation, origin, given, made) if given else annotation


def words(annotation: Any) -> str:
    """Return what is said in plain words, or by `Doc`, of what is annotated."""
    said = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    texts = (getattr(note, "documentation", note) for note in said)
    return " ".join(text for text in texts if isinstance(text, str))


def unmarked(hint: Any) -> Any:
    """Take off what is said of a key and not of its value."""
    if get_origin(hint) in MARKS:
        return unmarked(get_args(hint)[0])
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        return Annotated[unmarked(inner), *notes]
    return hint


def _generic(annotation: Any, origin: Any, given: tuple[Any, ...], made: Made) -> Any:
    inner = tuple(rewrite(one, made) for one in given)
    if origin in LISTS:
        return list[inner[0]]  # type: ignore[valid-type]
    if inner == given:
        return annotation
    return Union[inner] if origin in (Union, types.UnionType) else origin[inner]  # noqa: UP007


def _is_old_typed_dict(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) and type(annotation).__module__ == "typing"


def _literal(annotation: Any, given: tuple[Any, ...]) -> Any:
    """Let members of an enumeration be written as their values; those of `StrEnum` are values."""
    members = {one.value: one for one in given if _is_member(one)}
    if not members:
        return annotation
    values = tuple(one.value if _is_member(one) else one for one in given)
    return Annotated[
        Literal[values],
        AfterValidator(lambda value: members.get(value, value)),
    ]


def _is_member(value: Any) -> bool:
    return isinstance(value, enum.Enum) and isinstance(value.value, str | int)


def _typed_dict(annotation: Any, old: Any, made: Made) -> Any:
    """Build the same TypedDict anew, a generic one for the types that are given."""
    if annotation in made:
        return made[annotation]
    try:
        hints = get_type_hints(old, include_extras=True)
    except NameError:
        return annotation
    new = made[annotation] = typing_extensions.TypedDict(old.__name__, {})  # type: ignore[operator]
    for word in KEPT:
        if hasattr(old, word):
            setattr(new, word, getattr(old, word))
    given = dict(zip(getattr(old, "__parameters__", ()), get_args(annotation), strict=False))
    hints = {name: _filled(hint, given) for name, hint in hints.items()}
    new.__annotations__ = {name: _key(old, name, hint, made) for name, hint in hints.items()}
    return new


def _filled(hint: Any, given: Mapping[Any, Any]) -> Any:
    """Put the types that are given in place of those that are left open."""
    around = types.GenericAlias(tuple, hint)
    chosen = tuple(given.get(one, one) for one in around.__parameters__)
    return get_args(around[chosen])[0] if chosen else hint


def _key(old: Any, name: str, hint: Any, made: Made) -> Any:
    """Rewrite one key; whether it may be left out is marked, or as the class says."""
    mark = get_origin(hint)
    optional = name in old.__optional_keys__
    if mark in (typing.Required, typing.NotRequired):
        hint, optional = get_args(hint)[0], mark is typing.NotRequired
    inner = rewrite(hint, made)
    return typing_extensions.NotRequired[inner] if optional else typing_extensions.Required[inner]
