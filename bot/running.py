"""The ways into a running bot: the socket or the HTTP server, how they are opened and closed."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from slack_bolt.async_app import AsyncApp

from bot.errors import StartError
from bot.slack.inbound.bolt import Socket
from bot.slack.inbound.command_intake import CommandIntake
from bot.slack.inbound.http import endpoint
from bot.slack.inbound.intake import Intake
from bot.web import Server, refusal
from bot.worker import Worker
from storage import Storage


@dataclass(eq=False, repr=False)
class Running:
    """The ways in of a running bot, and its `storage`.

    Events come over a socket where there is an `app_token`, else over HTTP to `address` and `port`.
    Without a port there is no HTTP server.
    """

    storage: Storage
    worker: Worker
    intake: Intake
    commands: CommandIntake
    bolt: AsyncApp
    _: KW_ONLY
    app_token: str | None
    signing_secret: str
    address: str
    port: int | None
    _state: str | None = field(default="starting", init=False)
    _socket: Socket | None = field(default=None, init=False)
    _server: Server | None = field(default=None, init=False)

    async def serve(self) -> None:
        """Open the HTTP server, where there is one; `port` is the one it got then.

        Raises:
            StartError: the port cannot be opened.
        """
        if self.port is None:
            return
        slack = None if self.app_token else endpoint(self.bolt, self.signing_secret)
        self._server = Server(self.not_ready, self.metrics, slack)
        try:
            self.port = await self._server.start(self.address, self.port)
        except OSError as error:
            await self._server.close()
            raise StartError(refusal(error, self.address, self.port)) from error

    async def connect(self) -> None:
        """Open the Socket Mode connection, in that mode; the bot is ready then.

        Raises:
            StartError: Slack refuses the token.
        """
        if self.app_token:
            self._socket = Socket(self.bolt, self.app_token)
            await self._socket.connect()
        self._state = None

    async def close_intake(self) -> None:
        """Say `not ready`, and close the socket: what is not acknowledged Slack delivers again.

        Over HTTP it would do so a minute later, and commands not at all; so what comes there while
        answers are ending is still stored, for the next process.
        """
        self._state = "leaving"
        if self._socket:
            self.commands.open = False
            await self._socket.close()

    async def close_server(self) -> None:
        """Close the HTTP server, and end what goes on beside the events."""
        if self._server:
            await self._server.close()
        await self.intake.leave()

    def not_ready(self) -> str | None:
        """Return why events cannot arrive now, or None when they can."""
        if self._state is None and self._socket and self._socket.lost:
            return "no connection to Slack"
        if self._state is None and self.intake.refuses:
            return "events cannot be stored"
        return self._state

    def metrics(self) -> Mapping[str, float]:
        """Return the numbers of `/metrics`."""
        return {"ready": float(self.not_ready() is None), "threads": float(self.worker.running)}
