"""Find decorators that hand over an argument themselves which the model would give as well.

Such a call fails with "got multiple values" however it is made. It is seen in the decorator's
source, where that is to be had: `call(*args, session=..., **kwargs)`.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection
from typing import Any

from functions._errors import DeclarationError


def refuse_injected(call: Callable[..., Any], names: Collection[str]) -> None:
    """Refuse a function of which a decorator fills a parameter that the model sees."""
    while hasattr(call, "__wrapped__"):
        for name in sorted(_given(call) & set(names)):
            raise DeclarationError(
                f"a decorator around it gives {name} itself, and so would the model: let the "
                f'decorator\'s inner function say kwargs["{name}"] = ..., or take {name} out of '
                "the signature that it shows."
            )
        call = call.__wrapped__


def _given(wrapper: Any) -> set[str]:
    """Return the names that a wrapper adds to whatever it was given by name, in every call."""
    code = getattr(wrapper, "__code__", None)
    if code is None or not code.co_flags & inspect.CO_VARKEYWORDS:
        return set()
    rest = code.co_varnames[
        code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARARGS)
    ]
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError):
        return set()
    nodes = list(ast.walk(tree))
    calls = [one for one in nodes if isinstance(one, ast.Call) and _passes_on(one, rest)]
    added = [{word.arg for word in one.keywords if word.arg} for one in calls]
    looked_at = {one.value for one in nodes if isinstance(one, ast.Constant)}
    return set.intersection(*added) - looked_at if added else set()


def _passes_on(call: ast.Call, rest: str) -> bool:
    return any(
        word.arg is None and isinstance(word.value, ast.Name) and word.value.id == rest
        for word in call.keywords
    )
