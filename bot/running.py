"""The ways into a running bot: the socket or the HTTP server, how they are opened and closed."""

from collections.abc import Mapping

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

from bot.errors import StartError
from bot.settings import Settings
from bot.slack.inbound.bolt import Socket
from bot.slack.inbound.command_intake import CommandIntake
from bot.slack.inbound.http import endpoint
from bot.slack.inbound.intake import Intake
from bot.web import Server
from bot.worker import Worker
from storage import Storage

_DEFAULT_PORT = 3000


class Running:
    """The ways in of a running bot, and its `storage`; `state` says why it is not ready."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        worker: Worker,
        intake: Intake,
        commands: CommandIntake,
        bolt: AsyncApp,
    ) -> None:
        self.state: str | None = "starting"
        self.port: int | None = None
        self.storage = storage
        self._settings = settings
        self._worker = worker
        self._intake = intake
        self._commands = commands
        self._bolt = bolt
        self._socket: Socket | None = None
        self._server: Server | None = None

    async def serve(self) -> None:
        """Open the HTTP server: always in HTTP mode, in Socket Mode only where a port is set."""
        http = self._settings.mode == "http"
        port = self._settings.port if self._settings.port is not None else _DEFAULT_PORT
        if not http and self._settings.port is None:
            return
        slack = endpoint(self._bolt) if http else None
        self._server = Server(self.not_ready, self.metrics, slack)
        try:
            self.port = await self._server.start(self._settings.address, port)
        except OSError as error:
            await self._server.close()
            raise StartError(
                f"Port {port} cannot be opened on {self._settings.address}: another program may "
                "have it. Set PORT to a free one."
            ) from error

    async def connect(self) -> None:
        """Open the Socket Mode connection, in that mode."""
        if self._settings.mode == "socket":
            self._socket = Socket(self._bolt, reveal(self._settings.slack_app_token))
            await self._socket.connect()

    async def close_intake(self) -> None:
        """Take no more events; what is not acknowledged Slack delivers again."""
        self.state = "leaving"
        self._intake.open = self._commands.open = False
        if self._socket:
            await self._socket.close()
        await self._intake.leave()

    async def close_server(self) -> None:
        """Close the HTTP server, which has said `not ready` while answers were ending."""
        if self._server:
            await self._server.close()

    def not_ready(self) -> str | None:
        """Tell why events would not arrive now, or nothing."""
        if self.state or not self._socket:
            return self.state
        return "no connection to Slack" if self._socket.lost else None

    def metrics(self) -> Mapping[str, float]:
        """Return the numbers of `/metrics`."""
        return {"ready": float(self.not_ready() is None), "threads": float(self._worker.running)}


def reveal(secret: SecretStr | None) -> str:
    """Return a secret's text, or nothing."""
    return secret.get_secret_value() if secret else ""
