"""Read a callable's parameters: their types, defaults, texts and kinds.

Whatever cannot become named JSON values is refused here, with a sentence for the author.
"""

import copy
import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter as Raw
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic.fields import FieldInfo

from functions import _callables as callables
from functions._context import Context
from functions._declaring import docstring
from functions._declaring.annotations import opened, rewrite, unmarked
from functions._errors import DeclarationError

EMPTY = Raw.empty
MUTABLE = (list, dict, set)
ABSENT = object()  # stands for a key that is not given, and has no default
UNPACK = (typing.Unpack, typing_extensions.Unpack)
STARS = {Raw.VAR_POSITIONAL: ("*", "a list"), Raw.VAR_KEYWORD: ("**", "a dict")}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `shown` is its name for the model, None where the context goes in.

    It is `positional` if it must be given by its place. One of `many` takes each item of its list
    by itself, as `*values` does.
    """

    name: str
    shown: str | None
    annotation: Any
    default: Any = EMPTY
    description: str = ""
    positional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a callable takes, and what its docstring says it does.

    `rest` is what `**given: int` takes: any further key but the names that are `taken` already.
    """

    parameters: tuple[Parameter, ...]
    summary: str
    is_async: bool
    rest: Parameter | None = None
    taken: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Parameter, ...]:
        """Return the parameters that the model sees."""
        return tuple(one for one in self.parameters if one.shown is not None)

    @property
    def defaults(self) -> dict[str, Any]:
        """Return the value of each parameter that need not be given, by its own name."""
        own = (one for one in self.shown if one.default is not EMPTY)
        return {one.name: one.default for one in own if one.default is not ABSENT}

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
            elif isinstance(one.default, MUTABLE):  # which must not change for the next call
                value = copy.deepcopy(one.default)
            elif one.positional:
                value = one.default
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
    callables.refuse_uncallable(call)
    target = _target(call)
    raw = _raw(call)
    hints = _hints(target, raw, names)
    callables.refuse_cached(call, hints)
    docs = docstring.read(_documentation(call, target))
    found = [_described(one, docs.parameters, context) for one in _found(raw, hints)]
    rest = found.pop() if raw and _is_rest(raw[-1], hints) else None
    taken = _names(call).difference(one.shown or "" for one in found)
    made = Signature(
        tuple(found), docs.summary, callables.is_async(call), rest, tuple(sorted(taken))
    )
    given = [*(one.name for one in found), *(["any_other"] if rest else [])]
    callables.refuse_wrapper(call, *made.bind(dict.fromkeys(given, ()), None))
    return made


def _raw(call: Any) -> list[Raw]:
    """Return the parameters that are open, without idle stars.

    Those are `*args` and `**kwargs` of any type that only stand behind what counts.
    """
    kind = inspect.getattr_static(type(call), "__call__")
    if isinstance(kind, staticmethod | classmethod):  # whose first parameter Python 3.11 leaves out
        call = call.__call__
    signature = callables.signature_of(call)
    if signature is None:
        raise DeclarationError("its signature cannot be read: wrap it in a typed def of your own.")
    bound = call.keywords if isinstance(call, functools.partial) else {}
    raw = [one for one in signature.parameters.values() if one.name not in bound]
    if not raw or raw[0].kind in STARS:
        return raw
    return [one for one in raw if one.kind not in STARS or one.annotation is not EMPTY]


def _is_rest(one: Raw, hints: Mapping[str, Any]) -> bool:
    return one.kind is Raw.VAR_KEYWORD and get_origin(hints.get(one.name)) not in UNPACK


def _found(raw: list[Raw], hints: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters with a name, in place of `**given: Unpack[Keys]` each of its keys.

    Those are given by their place that must be, as all before `*values`.
    """
    starred = any(one.kind is Raw.VAR_POSITIONAL for one in raw)
    for one in raw:
        name, hint = one.name, hints.get(one.name, Any)
        if one.kind in STARS and one.annotation is EMPTY:
            raise _refused(name, *STARS[one.kind])
        if one.kind is Raw.VAR_POSITIONAL:
            values = types.GenericAlias(list, hint)
            yield Parameter(name, name, values, [], many=True)
        elif one.kind is Raw.VAR_KEYWORD and not _is_rest(one, hints):
            yield from _keys(get_args(hint)[0])
        else:
            before = starred and one.kind is Raw.POSITIONAL_OR_KEYWORD
            by_place = before or one.kind is Raw.POSITIONAL_ONLY
            yield Parameter(name, name, hint, one.default, positional=by_place)


def _refused(name: str, stars: str, instead: str) -> DeclarationError:
    return DeclarationError(
        f"it takes {stars}{name}, and the model can only fill parameters that have a name "
        f"and a type: name each one, give it a type as in {stars}{name}: str, or take {instead} "
        "parameter."
    )


def _keys(keys: Any) -> Iterator[Parameter]:
    """Yield the keys of a TypedDict, which may have names that no parameter has."""
    for name, hint in get_type_hints(keys, include_extras=True).items():
        default = EMPTY if name in keys.__required_keys__ else ABSENT
        yield Parameter(name, name, unmarked(hint), default)


def _described(one: Parameter, texts: Mapping[str, str], context: type) -> Parameter:
    """Hide the parameter that is the context; describe any other as its author does."""
    if _mentions(one.annotation, context):
        return replace(one, shown=None)
    annotation, default = rewrite(one.annotation), one.default
    if isinstance(default, FieldInfo):
        annotation, default = Annotated[annotation, default], EMPTY
    field = FieldInfo.from_annotation(annotation)
    alias = field.validation_alias or field.alias
    inner = FieldInfo.from_annotation(_sure(annotation))
    return replace(
        one,
        shown=alias if isinstance(alias, str) else one.name,
        annotation=annotation,
        default=default,
        description=field.description or inner.description or texts.get(one.name, ""),
    )


def _sure(annotation: Any) -> Any:
    """Return the one type that is taken beside None, if there is but one."""
    is_union = get_origin(annotation) in (Union, types.UnionType)
    members = [one for one in get_args(annotation) if one is not types.NoneType]
    return members[0] if is_union and len(members) == 1 else None


def _mentions(annotation: Any, context: type) -> bool:
    annotation = opened(annotation)
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return any(_mentions(part, context) for part in get_args(annotation))
    return annotation is context


def _target(call: Callable[..., Any]) -> Any:
    """Find the plain function whose annotations and docstring count."""
    found: Any = inspect.unwrap(callables.unbound(call))
    if inspect.isclass(found):
        return found.__init__
    if isinstance(found, functools.partial):
        return _target(found)
    return found if inspect.isroutine(found) else type(found).__call__


def _documentation(call: Callable[..., Any], target: Any) -> str | None:
    """Return the docstring; of a class, and of an object, those of the class and of its method."""
    call = callables.unbound(call)
    if inspect.isroutine(call):
        return inspect.getdoc(call)
    if inspect.isclass(call):
        texts = [call.__doc__, vars(call).get("__init__", call).__doc__]
    else:
        texts = [target.__doc__, call.__doc__]
    said = dict.fromkeys(text for text in texts if isinstance(text, str))
    return "\n\n".join(map(inspect.cleandoc, said))


def _names(call: Any) -> set[str]:
    """Return the names of all arguments, also of those that are bound already."""
    bound = call.keywords if isinstance(call, functools.partial) else {}
    function = callables.unbound(call)
    whole = callables.signature_of(getattr(function, "__func__", function))
    every = whole.parameters.values() if whole else ()
    return {*bound, *(one.name for one in every if one.kind not in STARS)}


def _hints(target: Any, raw: list[Raw], names: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve the annotations, also those written as text."""
    function = getattr(target, "__func__", target)
    written = {one.name: one.annotation for one in raw if one.annotation is not EMPTY}
    holder = types.SimpleNamespace(__annotations__=written)
    spaces = getattr(function, "__globals__", {})
    own = {one.__name__: one for one in getattr(function, "__type_params__", ())}
    local = {**_enclosed(function), **names, **own}
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
