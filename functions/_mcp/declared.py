"""A tool of an MCP server made ready: its schema admitted, its calls held to what was approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions._context import Context
from functions._declared import tool_of
from functions._errors import DeclarationError, FunctionError
from functions._function import Rules, rules_of
from functions._http.request import HEADER_TEXT, check_header
from functions._http.value import SecretHeader
from functions._http.web import Broken
from functions._jsonschema.arguments import read, taken
from functions._jsonschema.check import Checker
from functions._mcp.servers import Changed, Servers, where
from functions._mcp.value import McpFunction, dump
from functions._permission import refusal

DOUBT = " It may have taken effect nevertheless: do not repeat it unasked."


@dataclass(frozen=True, slots=True)
class DeclaredMcp:
    """One tool on offer; `changed` is told when its server describes it otherwise."""

    function: McpFunction
    rules: Rules
    tool: dict[str, Any]
    checker: Checker
    servers: Servers
    changed: Callable[[McpFunction, str], None]

    @property
    def name(self) -> str:
        """Return the name under which the model calls it."""
        return self.rules.name

    @property
    def origin(self) -> str:
        """Tell which tool of which server it is."""
        return f"{self.function.tool} of {where(self.function.server)} (MCP)"

    @property
    def definition(self) -> str:
        """Tell what decides, beside the arguments, what a call does; an approval is bound to it."""
        return dump(self.function)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Return nothing: what was not given is filled in where the arguments are read."""
        return {}

    @property
    def is_async(self) -> bool:
        """Tell that its work is a coroutine."""
        return True

    def refusal(self, context: Context) -> str | None:
        """Say why this person may not call it here, or None if they may."""
        return refusal(self.name, self.rules.who, self.rules.where, context)

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and the arguments as clean JSON, or raise `Refused`."""
        return read(self.name, text, self.checker)

    def work(self, values: dict[str, Any], context: Context) -> Callable[[], Any]:
        """Return the call, ready to be run."""
        return partial(self._run, values, context)

    async def _run(self, values: dict[str, Any], context: Context) -> Any:
        one = self.function
        try:
            return await self.servers.call(
                one.server, headers_of(one.secret, context.secret), one.tool, one.pin, values,
                context.progress,
            )  # fmt: skip
        except Changed as error:
            self.changed(one, str(error))
            raise FunctionError(f"It was not run: {error} An admin must approve it anew.") from None
        except Broken as error:
            doubt = "" if self.rules.effect == "read" else DOUBT
            raise FunctionError(f"{error}{doubt}") from None


def headers_of(secret: SecretHeader | None, reveal: Callable[[str], str]) -> dict[str, str]:
    """Return the headers with which a server is asked."""
    if secret is None:
        return {}
    text = secret.prefix + reveal(secret.secret)
    if not HEADER_TEXT.fullmatch(text):
        raise FunctionError(
            f"The secret {secret.secret} has characters that cannot stand in a header."
        )
    return {secret.header: text}


def declare_mcp(
    function: McpFunction, servers: Servers, changed: Callable[[McpFunction, str], None]
) -> DeclaredMcp:
    """Make a tool ready, or refuse it with a sentence for whoever registers it."""
    try:
        return _declare(function, servers, changed)
    except DeclarationError as error:
        text = str(error).removeprefix(f"{function.name}: ")
        raise DeclarationError(f"{function.name}: {text}") from None


def _declare(
    function: McpFunction, servers: Servers, changed: Callable[[McpFunction, str], None]
) -> DeclaredMcp:
    rules = rules_of(
        name=function.name,
        title=function.title,
        description=function.description,
        effect=function.effect,
        timeout=function.timeout,
        who=function.who,
        where=function.where,
        approve=function.approve,
        approvers=function.approvers,
    )
    servers.admit(function.server)
    if function.secret is not None:
        check_header(function.secret.header, function.secret.prefix)
    parameters = taken(function.parameters)
    tool = tool_of(rules, function.description, parameters)
    return DeclaredMcp(function, rules, tool, Checker(parameters), servers, changed)
