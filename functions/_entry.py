"""What the registry holds: anything that can be offered to the model and called, of any origin."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from functions._context import Context
from functions._function import Rules


class Entry(Protocol):
    """One function on offer: written in Python, or registered while the bot runs."""

    @property
    def name(self) -> str:
        """Return the name under which the model calls it."""

    @property
    def rules(self) -> Rules:
        """Return the options that it was declared with."""

    @property
    def tool(self) -> dict[str, Any]:
        """Return its entry of OpenAI's `tools`."""

    @property
    def origin(self) -> str:
        """Tell people where it comes from: a module, or the host that it asks."""

    @property
    def definition(self) -> str:
        """Tell what decides, beside the arguments, what a call does; an approval is bound to it."""

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Return the value of each parameter that need not be given, by its own name."""

    @property
    def is_async(self) -> bool:
        """Tell whether its work is a coroutine."""

    def refusal(self, context: Context) -> str | None:
        """Say why this person may not call it here, or None if they may."""

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and the arguments as clean JSON, or raise `Refused`."""

    def work(self, values: dict[str, Any], context: Context) -> Callable[[], Any]:
        """Return the call, ready to be run."""
