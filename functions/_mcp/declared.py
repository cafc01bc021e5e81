"""A tool of an MCP server made ready: its schema admitted, its calls held to what was approved."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from functions._context import Context
from functions._errors import DeclarationError, FunctionError
from functions._held.arguments import admitted
from functions._held.headers import secret_header
from functions._held.held import Held, offer
from functions._http.web import Broken
from functions._mcp.servers import Changed, Servers, where
from functions._mcp.value import McpFunction

Remember = Callable[[McpFunction, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DeclaredMcp(Held):
    """One tool on offer; `remember` is told when its server describes it otherwise."""

    function: McpFunction
    servers: Servers
    remember: Remember

    @property
    def origin(self) -> str:
        """Tell which tool of which server it is."""
        return f"{self.function.tool} of {where(self.function.server)} (MCP)"

    def refusal(self, context: Context) -> str | None:
        """Say why it may not be called now, be it that its server has changed it."""
        if self.function.changed:
            return (
                f"{self.name} was not run: its server has changed it, and an admin must approve "
                "that."
            )
        return Held.refusal(self, context)

    async def run(self, values: dict[str, Any], context: Context) -> Any:
        """Call the tool."""
        one = self.function
        try:
            return await self.servers.call(
                one.server, secret_header(one.secret, context.secret), one.tool, one.pin, values,
                context.progress, repeatable=one.effect != "once",
            )  # fmt: skip
        except Changed as error:
            await self.remember(one, str(error))
            raise FunctionError(f"It was not run: {error} An admin must approve it anew.") from None
        except Broken as error:
            raise FunctionError(f"{error}{self.doubt}") from None


async def forget(function: McpFunction, reason: str) -> None:
    """Remember nothing: of a tool that is not taken yet."""


def declare_mcp(
    function: McpFunction, servers: Servers, remember: Remember = forget
) -> DeclaredMcp:
    """Make a tool ready, or refuse it with a sentence for whoever registers it."""
    servers.admit(function.server)
    if function.secret is not None and function.secret.put != "header":
        raise DeclarationError("a server of MCP takes its secret in a header.")
    shown = offer(function, admitted(function.parameters))
    return DeclaredMcp(*shown, function, servers, remember)
