"""Tell kinds of callables apart: which could never be called by name, and why.

Told when they are registered, for a call that can only fail would be found by a user.
"""

import contextlib
import functools
import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from functions._errors import DeclarationError

METHODS: tuple[type, ...] = (
    *(classmethod, functools.partialmethod),
    *(types.MethodDescriptorType, types.WrapperDescriptorType),
)
MAKERS: tuple[Any, ...] = (contextlib.contextmanager, contextlib.asynccontextmanager)
MANAGERS = [make(None).__code__ for make in MAKERS]
CACHED = type(functools.cache(print))
ENDING = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
UNRESOLVED: dict[str, Any] = {}  # types are looked up later, and only those that count
if sys.version_info >= (3, 14):
    import annotationlib

    UNRESOLVED["annotation_format"] = annotationlib.Format.FORWARDREF


def refuse_uncallable(call: Any) -> None:
    """Refuse what lacks its object, with the way to give it one, and what nobody would enter."""
    name, path = getattr(call, "__name__", "method"), getattr(call, "__qualname__", "")
    outer = path.rpartition(".")[0].removesuffix("<locals>").rpartition(".")[2]
    if all(hasattr(unbound(call), mark) for mark in ("register", "__wrapped__")):
        raise DeclarationError(
            "it is made by singledispatch, which does not tell what it takes: wrap it in a typed "
            "def of your own."
        )
    if isinstance(call, METHODS) or (outer and _lacks_object(call)):
        raise DeclarationError(
            "it is a method without its object: register it bound, as in "
            f"{name} = {outer or 'Class'}(...).{name}."
        )
    if getattr(getattr(call, "__func__", call), "__code__", None) in MANAGERS:
        raise DeclarationError(
            "it is a context manager, which does nothing until it is entered: register a def that "
            "uses it in a with block."
        )


def _lacks_object(call: Any) -> bool:
    if inspect.ismethod(call) or not inspect.isfunction(inspect.unwrap(call)):
        return False
    signature = signature_of(call)
    first = next(iter(signature.parameters.values()), None) if signature else None
    return first is not None and first.name in ("self", "cls") and first.annotation is first.empty


def refuse_cached(call: Callable[..., Any], hints: Mapping[str, Any]) -> None:
    """Refuse what cannot be kept in a cache, or as lists and the like be its key."""
    inner = inspect.unwrap(call)
    if isinstance(getattr(call, "__func__", call), CACHED) and any(one(inner) for one in ENDING):
        raise DeclarationError(
            "it is cached, and what an async def or a generator gives can be used only once: cache "
            "inside the function what it finds."
        )
    for name, kind in hints.items():
        if hasattr(call, "cache_info") and _may_change(kind):
            raise DeclarationError(
                f"it is cached, and what {name} takes cannot be a key of a cache: take a tuple, or "
                "cache something inside the function."
            )


def _may_change(kind: Any) -> bool:
    origin, given = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, types.UnionType):
        return any(map(_may_change, given[:1] if origin is Annotated else given))
    return getattr(origin or kind, "__hash__", True) is None


def refuse_wrapper(call: Any, positional: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Refuse a decorator that does not take what it shows, given as a call would be."""
    own = signature_of(call, follow_wrapped=False)
    if own and hasattr(call, "__wrapped__") and inspect.isroutine(call):
        try:
            own.bind(*positional, **named)
        except TypeError as error:
            raise DeclarationError(
                f"a decorator around it does not take what it shows ({error}): let the decorator's "
                "inner function take *args and **kwargs, or show what it takes itself, without "
                "functools.wraps."
            ) from None


def signature_of(call: Any, *, follow_wrapped: bool = True) -> inspect.Signature | None:
    """Return what a callable takes, if that can be told: of one written in C often not."""
    try:
        return inspect.signature(call, follow_wrapped=follow_wrapped, **UNRESOLVED)
    except (TypeError, ValueError):
        return None


def unbound(call: Any) -> Any:
    """Return what a partial binds arguments of."""
    while isinstance(call, functools.partial):
        call = call.func
    return call


def is_async(call: Callable[..., Any]) -> bool:
    """Say whether a call gives a coroutine."""
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
        getattr(call, "__call__", None)  # noqa: B004 - the method itself is asked, not callability
    )
