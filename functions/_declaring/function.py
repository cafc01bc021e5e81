"""`@function`: declare that the model may call something, and under which rules.

The decorator checks the options and returns a `Function`, which is still called as before. The
signature is read later, when a registry takes it in: types may be defined further down the file.
"""

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, ParamSpec, TypeVar, Unpack, overload

from functions._callables import unbound
from functions._errors import DeclarationError
from functions._rules import Options, Rules, rules_of

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(eq=False)
class Function(Generic[P, R]):
    """Something that the model may call; calling it here runs the original.

    `module` is where the decorator stood and `names` what was visible there, for annotations
    that are written as text. Other decorators may mark it with attributes, as they do a `def`.
    """

    wrapped: Callable[P, R]
    rules: Rules
    module: str
    names: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        """Say of itself what the original does, which a method that says nothing takes over."""
        self.__doc__ = self.wrapped.__doc__

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the original."""
        return self.wrapped(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> "Function[..., Any]":
        """Bind a method, so that `box.open` can be offered where `Box.open` was declared."""
        bind = getattr(self.wrapped, "__get__", None)
        bound = bind(instance, owner) if bind else self.wrapped
        return self if bound is self.wrapped else replace(self, wrapped=bound)


@overload
def function(call: Callable[P, R], /) -> Function[P, R]: ...


@overload
def function(**options: Unpack[Options]) -> Callable[[Callable[P, R]], Function[P, R]]: ...


def function(call: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a function that the model may call; see `Options` for what can be said of it."""
    frame = sys._getframe(1)  # in which the decorator stands: a module, or a function
    module = frame.f_globals.get("__name__", "")
    names = {} if frame.f_locals is frame.f_globals else dict(frame.f_locals)

    def declare(given: Callable[..., Any]) -> Function[..., Any]:
        wrapped = _original(given)
        name = options.get("name")
        name = _name_of(given) if name is None else name
        try:
            rules = rules_of(**{**options, "name": name})
        except DeclarationError as error:
            raise DeclarationError(f"{name}: {error}") from None
        return Function(wrapped, rules, module, names)

    return declare if call is None else declare(call)


def _original(call: Callable[..., Any]) -> Callable[..., Any]:
    """Take off what an earlier `@function` put around it, also inside of a partial."""
    if isinstance(call, Function):
        return _original(call.wrapped)
    if isinstance(call, functools.partial):
        return functools.partial(_original(call.func), *call.args, **call.keywords)
    return call


def _name_of(call: Callable[..., Any]) -> str:
    wrapped = unbound(call)
    if isinstance(wrapped, Function):
        return wrapped.rules.name
    if not callable(wrapped) and not isinstance(wrapped, classmethod):  # it is bound later
        raise DeclarationError(
            f"{call!r} is nothing that can be called: options of @function are given by name, "
            'as in @function(effect="read").'
        )
    found = getattr(wrapped, "__name__", None)
    if not isinstance(found, str):
        raise DeclarationError(
            f"An object of {type(wrapped).__name__} has no name of its own: "
            'give it one with function(name="...").'
        )
    return found
