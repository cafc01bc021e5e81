"""The registry: which functions there are, who is offered which, and who may call them.

Only what stands here can run; a name that a model makes up meets a list, never a lookup in code.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from functions._arguments import show
from functions._call import Calls, crashed
from functions._context import Context
from functions._declared import Declared, declare
from functions._errors import DeclarationError
from functions._faults import nearest
from functions._function import Function
from functions._gate import Gate
from functions._load import LoadError, load
from functions._offer import FINDER, choose, finder
from functions._offer import LIMIT as OFFERED
from functions._result import LIMIT, Result, bounded, clean
from functions._run import Runner

logger = logging.getLogger(__name__)

UNKNOWN_LIMIT = 4000


class Registry:
    """The functions that the model may call, and the only way to call them."""

    def __init__(
        self,
        functions: Iterable[Function[..., Any]] = (),
        *,
        result_limit: int = LIMIT,
        runner: Runner | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.errors: tuple[LoadError, ...] = ()
        self._declared: dict[str, Declared] = {}
        self._calls = Calls(runner or Runner(), Gate(clock), result_limit)
        self._clock = clock
        for function in functions:
            self.add(function)

    @classmethod
    def load(cls, sources: Iterable[str | Path], **options: Any) -> "Registry":
        """Take in every function of these packages and folders; `errors` tells what is broken."""
        registry = cls(**options)
        registry.errors = tuple(load(sources, registry.add))
        return registry

    @property
    def functions(self) -> Mapping[str, Declared]:
        """Return all functions by name."""
        return MappingProxyType(self._declared)

    def add(self, function: Function[..., Any]) -> None:
        """Take a function in, or raise `DeclarationError` with a sentence for its author."""
        declared = declare(function)
        if declared.name == FINDER:
            raise DeclarationError(f"{FINDER}: this name is the registry's own, choose another.")
        earlier = self._declared.get(declared.name)
        if earlier is not None:
            raise DeclarationError(
                f"{declared.name}: there is a function of this name already, in "
                f"{earlier.function.module}. Rename one of them, or give one another name with "
                'function(name="...").'
            )
        self._declared[declared.name] = declared

    def title(self, name: str) -> str:
        """Return what people call the function, whatever name the model made up."""
        found = self._declared.get(name)
        return found.rules.title if found else clean(name)[:64]

    def tools(self, context: Context, text: str = "") -> list[dict[str, Any]]:
        """Return the entries of OpenAI's `tools` for what this person may call here.

        At most 128 can be offered. When there are more, those nearest to `text` are, and one that
        finds the others: hand in what was said last, with the results of this turn's calls.
        """
        allowed = self._allowed(context)
        if len(allowed) <= OFFERED:
            return [one.tool for one in allowed]
        return [one.tool for one in (*choose(allowed, text, OFFERED - 1), self._finder)]

    async def call(self, name: str, arguments: str | bytes | None, context: Context) -> Result:
        """Run one tool call and return what the model is told; raise only `CancelledError`."""
        started = self._clock()
        try:
            result = await self._call(name, arguments, context)
        except Exception as error:
            result = crashed(clean(str(name))[:64], error, context)
        logger.info(
            "function_called",
            extra={
                "function": clean(str(name))[:64],
                "call_id": context.call_id,
                "ok": result.ok,
                "note": result.note,
                "seconds": round(self._clock() - started, 3),
            },
        )
        return result

    async def _call(self, name: str, text: str | bytes | None, context: Context) -> Result:
        declared = self._find(name)
        if declared is None:
            return self._unknown(name, context)
        if refusal := declared.refusal(context):
            return Result(refusal, ok=False, note="not allowed")
        return await self._calls.call(declared, text, context)

    def _find(self, name: str) -> Declared | None:
        if name == FINDER and len(self._declared) > OFFERED:
            return self._finder
        return self._declared.get(name)

    @cached_property
    def _finder(self) -> Declared:
        return declare(finder(self._allowed))

    def _allowed(self, context: Context) -> list[Declared]:
        return [one for one in self._declared.values() if one.refusal(context) is None]

    def _unknown(self, name: str, context: Context) -> Result:
        names = [one.name for one in self._allowed(context)]
        likely = nearest(str(name), names)
        hint = f" Did you mean {likely}?" if likely else ""
        offered = f"There are: {', '.join(names)}." if names else "There are none."
        text = f"There is no function {show(clean(str(name)))}.{hint} {offered}"
        return Result(bounded(text, UNKNOWN_LIMIT), ok=False, note="no such function")
