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
from collections.abc import Collection, Container, Iterable, Reversible
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic import AfterValidator, Field

Made = dict[Any, Any]

MARKS = (typing.Required, typing.NotRequired, typing_extensions.ReadOnly)
LISTS = (Iterable, Collection, Container, Reversible)
TAKEN: Any = type(typing_extensions.TypedDict("TAKEN", {}))  # type: ignore[operator]
TEXTS = (typing.LiteralString, typing_extensions.LiteralString, typing.AnyStr)


def rewrite(annotation: Any, made: Made | None = None) -> Any:
    """Return the annotation with everything inside it rewritten where it must be.

    `made` has what was made anew already, for what contains itself.
    """
    made = {} if made is None else made
    if (meant := opened(annotation)) is not annotation:
        if annotation not in made:
            made[annotation] = annotation  # while its inside may refer back to it
            inner = rewrite(meant, made)
            made[annotation] = annotation if inner == meant else inner
        return made[annotation]
    origin, given = get_origin(annotation), get_args(annotation)
    if _is_old_typed_dict(annotation):
        return _typed_dict(annotation, made)
    if origin is Annotated:
        text = words(annotation)
        said = [Field(description=text)] if text else []
        return Annotated[rewrite(given[0], made), *said, *given[1:]]
    if origin is typing_extensions.ReadOnly:  # of which pydantic warns
        return rewrite(given[0], made)
    if annotation in TEXTS:
        return str
    if annotation in LISTS or (origin in LISTS and not given):
        return list
    if origin is Literal:
        return _literal(annotation, given)
    return _generic(annotation, origin, given, made) if given else annotation


def opened(annotation: Any) -> Any:
    """Return what a name stands for that is declared by `type X = ...`."""
    is_alias = type(annotation).__name__ == "TypeAliasType"
    return annotation.__value__ if is_alias else annotation


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
    if _is_old_typed_dict(origin):
        return _typed_dict(origin, made)[inner]
    if origin in LISTS:
        return list[inner[0]]  # type: ignore[valid-type]
    if inner == given:
        return annotation
    if origin in (Union, types.UnionType):
        return Union[inner]  # noqa: UP007
    return origin[inner[0] if len(inner) == 1 else inner]


def _is_old_typed_dict(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) and type(annotation).__module__ == "typing"


def _literal(annotation: Any, given: tuple[Any, ...]) -> Any:
    """Let members of an enumeration be written as their values; those of `StrEnum` are values."""
    members = {one.value: one for one in given if _is_member(one)}
    if not members:
        return annotation
    values = tuple(one.value if _is_member(one) else one for one in given)
    return Annotated[Literal[values], AfterValidator(lambda value: members.get(value, value))]


def _is_member(value: Any) -> bool:
    return isinstance(value, enum.Enum) and isinstance(value.value, str | int)


def _typed_dict(old: Any, made: Made) -> Any:
    """Build the same TypedDict anew; one whose types are not known yet stays as it is."""
    if old in made:
        return made[old]
    try:
        hints = get_type_hints(old, include_extras=True)
    except NameError:
        return old
    inside = {"__orig_bases__": old.__bases__, **vars(old)}  # which Python 3.11 leaves out
    new = made[old] = type.__new__(TAKEN, old.__name__, old.__bases__, inside)
    new.__annotations__ = {name: rewrite(hint, made) for name, hint in hints.items()}
    return new
