"""Tell kinds of callables apart: which could never be called by name, and why.

Told when they are registered, for a call that can only fail would be found by a user.
"""

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Collection
from typing import Any, get_origin

from functions._errors import DeclarationError

METHODS: tuple[type, ...] = (
    *(classmethod, functools.partialmethod),
    *(types.MethodDescriptorType, types.WrapperDescriptorType),
)
UNHASHABLE = (list, dict, set)
MAKERS: tuple[Any, ...] = (contextlib.contextmanager, contextlib.asynccontextmanager)
MANAGERS = [make(None).__code__ for make in MAKERS]


def refuse_unbound(call: Any, first: inspect.Parameter | None) -> None:
    """Refuse what stands in a class and lacks its object, with the way to give it one."""
    name = getattr(call, "__name__", "method")
    if isinstance(call, property | functools.cached_property):
        raise DeclarationError("it is a property, which is not called: wrap it in a typed def.")
    outer = getattr(call, "__qualname__", "").rpartition(".")[0]
    of_class = outer and not outer.endswith("<locals>")
    if isinstance(call, METHODS):
        raise DeclarationError(_unbound(name, outer.rpartition(".")[2] or "Class"))
    if isinstance(call, functools.singledispatchmethod) or (
        of_class and _is_dispatched_method(call)
    ):
        raise DeclarationError(
            "it is a singledispatchmethod, which does not tell what it takes: wrap it in a typed "
            "def of your own."
        )
    if not (of_class and inspect.isfunction(inspect.unwrap(call))) or inspect.ismethod(call):
        return
    if first and first.name in ("self", "cls") and first.annotation is first.empty:
        raise DeclarationError(_unbound(name, outer.rpartition(".")[2]))


def _unbound(name: str, owner: str) -> str:
    return (
        f"it is a method without its object: register it bound, as in {name} = {owner}(...).{name}."
    )


def _is_dispatched_method(call: Callable[..., Any]) -> bool:
    return hasattr(call, "register") and not hasattr(call, "dispatch")


def takes_first_by_place(call: Callable[..., Any]) -> bool:
    """Tell whether the first argument chooses the code, and so must be given by its place."""
    return hasattr(call, "dispatch") and hasattr(call, "registry")


def dispatched(call: Callable[..., Any], annotation: Any) -> Any:
    """Return the type of the argument that chooses the code: all that one is registered for."""
    if annotation in (inspect.Parameter.empty, Any, object):
        return Any
    kinds = [kind for kind in getattr(call, "registry", {}) if kind is not object]
    return functools.reduce(lambda left, right: left | right, kinds, annotation)


def refuse_managers(call: Callable[..., Any]) -> None:
    """Refuse context managers: nobody would enter them."""
    if getattr(getattr(call, "__func__", call), "__code__", None) in MANAGERS:
        raise DeclarationError(
            "it is a context manager, which does nothing until it is entered: register a def that "
            "uses it in a with block."
        )


def refuse_cached(call: Callable[..., Any], hints: Collection[tuple[str, Any]]) -> None:
    """Refuse lists and the like as parameters of something cached: they cannot be its key."""
    if not hasattr(call, "cache_info"):
        return
    for name, kind in hints:
        if (get_origin(kind) or kind) in UNHASHABLE:
            raise DeclarationError(
                f"it is cached, and what {name} takes cannot be a key of a cache: take a tuple, or "
                "cache something inside the function."
            )


def refuse_others_shape(
    call: Callable[..., Any], positional: Collection[str], named: Collection[str]
) -> None:
    """Refuse a decorator's wrapper that shows a signature other than its own."""
    if not hasattr(call, "__wrapped__") or not inspect.isroutine(call):
        return
    try:
        own = inspect.signature(call, follow_wrapped=False)
    except (TypeError, ValueError):  # written in C, as `functools.lru_cache`
        return
    try:
        own.bind(*positional, **dict.fromkeys(named))
    except TypeError as error:
        raise DeclarationError(
            f"a decorator around it does not take what it shows ({error}): let the decorator's "
            "inner function take *args and **kwargs, or show what it takes itself, without "
            "functools.wraps."
        ) from None


def is_async(call: Callable[..., Any]) -> bool:
    """Say whether a call gives a coroutine."""
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
        getattr(call, "__call__", None)  # noqa: B004 - the method itself is asked, not callability
    )
