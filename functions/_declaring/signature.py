"""Read a callable's parameters: their types, defaults, texts and kinds.

Whatever cannot become named JSON values is refused here, with a sentence for the author.
"""

import copy
import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic.fields import FieldInfo

from functions import _callables as callables
from functions._context import Context
from functions._declaring import docstring
from functions._declaring.annotations import rewrite
from functions._declaring.injected import refuse_injected
from functions._declaring.rest import Rest, refused, rest_of
from functions._errors import DeclarationError

EMPTY = inspect.Parameter.empty
MUTABLE = (list, dict, set)
ABSENT = object()  # stands for a key that is not given, and has no default
UNPACK = (typing.Unpack, typing_extensions.Unpack)
MARKS = (typing.Required, typing.NotRequired, typing_extensions.ReadOnly)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `shown` is its name for the model, None where the context goes in.

    One of `many` takes each item of its list by itself, as `*values` does.
    """

    name: str
    shown: str | None
    annotation: Any
    positional: bool
    default: Any
    description: str
    many: bool = False

    @property
    def field(self) -> FieldInfo | None:
        """Return the author's `Field(...)`, whether it stands in the annotation or as default."""
        places = (self.default, *get_args(self.annotation)[1:])
        return next((place for place in places if isinstance(place, FieldInfo)), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a callable takes, and what its docstring says it does."""

    parameters: tuple[Parameter, ...]
    summary: str
    is_async: bool
    rest: Rest | None = None

    @property
    def shown(self) -> tuple[Parameter, ...]:
        """Return the parameters that the model sees."""
        return tuple(one for one in self.parameters if one.shown is not None)

    def bind(self, values: Mapping[str, Any], context: object) -> tuple[list[Any], dict[str, Any]]:
        """Lay out checked values, by Python name, and the context as the callable wants them."""
        positional: list[Any] = []
        own = {one.name for one in self.parameters}
        named = {name: value for name, value in values.items() if name not in own}
        for one in self.parameters:
            if one.shown is None:
                value: Any = context
            elif one.name in values:
                value = values[one.name]
            elif one.positional or isinstance(one.default, MUTABLE):
                value = _fresh(one.default)
            else:
                continue
            if one.many:
                positional.extend(value)
            elif one.positional:
                positional.append(value)
            else:
                named[one.name] = value
        return positional, named


def read(call: Callable[..., Any], names: Mapping[str, Any], context: type = Context) -> Signature:
    """Read the signature; `names` are those visible where the function was declared.

    A parameter of the type `context` is where the caller hands in the context; it is not shown.
    """
    callables.refuse_unbound(call, None)
    callables.refuse_managers(call)
    target = _target(call)
    try:
        signature = inspect.signature(call)
    except (TypeError, ValueError):
        raise DeclarationError(
            "its signature cannot be read: wrap it in a typed def of your own."
        ) from None
    bound = call.keywords if isinstance(call, functools.partial) else {}
    raw = [one for one in signature.parameters.values() if one.name not in bound]
    raw = _without_idle_stars(raw)
    callables.refuse_unbound(call, raw[0] if raw else None)
    hints = _hints(target, raw, names)
    callables.refuse_cached(call, hints.items())
    if raw and callables.takes_first_by_place(call):
        hints[raw[0].name] = callables.dispatched(call, hints.get(raw[0].name, Any))
    docs = docstring.read(_documentation(call, target))
    parameters = tuple(_found(raw, hints, docs.parameters, context, call))
    rest = None
    if raw and raw[-1].kind is inspect.Parameter.VAR_KEYWORD and not _is_unpacked(raw[-1], hints):
        name, shown = raw[-1].name, [one.shown for one in parameters]
        text = docs.parameters.get(name, "")
        rest = rest_of(call, target, raw[-1], hints.get(name, Any), text, shown)
    _refuse_others_shape(call, parameters, rest)
    return Signature(parameters, docs.summary, callables.is_async(call), rest)


def _without_idle_stars(raw: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Leave out `*args` and `**kwargs` of any type that only stand behind what counts."""
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    if not raw or raw[0].kind in stars or raw[0].kind is raw[0].KEYWORD_ONLY:
        return raw
    return [one for one in raw if one.kind not in stars or one.annotation is not one.empty]


def _is_unpacked(one: inspect.Parameter, hints: Mapping[str, Any]) -> bool:
    return get_origin(hints.get(one.name)) in UNPACK


def _found(
    raw: list[inspect.Parameter],
    hints: Mapping[str, Any],
    texts: Mapping[str, str],
    context: type,
    call: Callable[..., Any],
) -> Iterator[Parameter]:
    """Yield the parameters with a name, in place of `**given: Unpack[Keys]` each of its keys.

    Those are given by their place that must be: before `*values`, or to choose the code.
    """
    before = any(one.kind is one.VAR_POSITIONAL for one in raw)
    first = callables.takes_first_by_place(call)
    for place, one in enumerate(raw):
        hint, text = hints.get(one.name, Any), texts.get(one.name, "")
        if one.kind is one.VAR_POSITIONAL:
            if one.annotation is one.empty:
                raise refused("*", one.name, "a list")
            yield _parameter(
                one.name,
                types.GenericAlias(list, hint),
                [],
                text,
                context,
                positional=True,
                many=True,
            )
        elif one.kind is not one.VAR_KEYWORD:
            must = one.kind is one.POSITIONAL_ONLY or (first and not place)
            may = before and one.kind is one.POSITIONAL_OR_KEYWORD
            yield _parameter(one.name, hint, one.default, text, context, positional=must or may)
        elif _is_unpacked(one, hints):
            yield from _keys(get_args(hint)[0], texts, context)


def _keys(keys: Any, texts: Mapping[str, str], context: type) -> Iterator[Parameter]:
    """Yield the keys of a TypedDict, which may have names that no parameter has."""
    for name, hint in get_type_hints(keys, include_extras=True).items():
        annotation = get_args(hint)[0] if get_origin(hint) in MARKS else hint
        default = EMPTY if name in keys.__required_keys__ else ABSENT
        yield _parameter(name, annotation, default, texts.get(name, ""), context)


def _refuse_others_shape(
    call: Callable[..., Any], parameters: Iterable[Parameter], rest: Rest | None
) -> None:
    plain = [one for one in parameters if not one.many]
    refuse_injected(call, [one.name for one in plain if not one.positional])
    named = [one.name for one in plain if not one.positional]
    callables.refuse_others_shape(
        call,
        [one.name for one in plain if one.positional],
        [*named, "any_other"] if rest else named,
    )


def _parameter(
    name: str,
    annotation: Any,
    default: Any,
    text: str,
    context: type,
    *,
    positional: bool = False,
    many: bool = False,
) -> Parameter:
    """Hide the parameter that is the context; describe any other as its author does."""
    if _mentions(annotation, context):
        return Parameter(name, None, annotation, positional, default, "", many)
    one = Parameter(name, name, rewrite(annotation), positional, default, text, many)
    field = one.field
    is_noted = get_origin(one.annotation) is Annotated
    notes = [note for note in get_args(one.annotation)[1:] if is_noted and isinstance(note, str)]
    alias = field.validation_alias or field.alias if field else None
    return replace(
        one,
        shown=alias if isinstance(alias, str) else name,
        description=(field.description if field else None) or " ".join(notes) or text,
    )


def _fresh(default: Any) -> Any:
    """Return a default that a call may change without harm to the next."""
    try:
        return copy.deepcopy(default) if isinstance(default, MUTABLE) else default
    except Exception:  # it holds something that has no copy
        return default


def _mentions(annotation: Any, context: type) -> bool:
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return any(_mentions(part, context) for part in get_args(annotation))
    return annotation is context


def _target(call: Callable[..., Any]) -> Any:
    """Find the plain function whose annotations and docstring count."""
    while isinstance(call, functools.partial):
        call = call.func
    found: Any = inspect.unwrap(call)
    if inspect.isclass(found):
        return found.__init__
    if isinstance(found, functools.partial):
        return _target(found)
    return found if inspect.isroutine(found) else type(found).__call__


def _documentation(call: Callable[..., Any], target: Any) -> str | None:
    while isinstance(call, functools.partial):
        call = call.func
    if inspect.isroutine(call) or inspect.isclass(call):
        return inspect.getdoc(call)
    return inspect.getdoc(target) or inspect.getdoc(type(call))


def _hints(
    target: Any, raw: Iterable[inspect.Parameter], names: Mapping[str, Any]
) -> dict[str, Any]:
    """Resolve the annotations, also those written as text."""
    function = getattr(target, "__func__", target)
    written = {one.name: one.annotation for one in raw if one.annotation is not EMPTY}
    holder = types.SimpleNamespace(__annotations__=written)
    spaces = getattr(function, "__globals__", {})
    local = {**_enclosed(function), **names}
    try:
        return get_type_hints(holder, spaces, local, include_extras=True)
    except NameError as error:
        raise DeclarationError(
            f"the type {error.name} is not known where the function stands: import it at the top "
            "of the file, not under TYPE_CHECKING."
        ) from None
    except Exception as error:  # what is written there may be any expression
        raise DeclarationError(f"its annotations cannot be read: {error}.") from error


def _enclosed(function: Any) -> dict[str, Any]:
    try:
        return dict(inspect.getclosurevars(function).nonlocals)
    except (TypeError, ValueError):
        return {}
