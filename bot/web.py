"""The HTTP server: Slack's endpoint in HTTP mode, and health for whoever watches the process.

`/health` says that the loop turns, `/ready` that events are taken (503 while starting, leaving,
while the Socket Mode connection is down, or where the last event could not be stored), `/metrics`
counts in Prometheus' text format. None of them tells anything about people or texts.
"""

import errno
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.http import HttpProcessingError

logger = logging.getLogger(__name__)

_LARGEST_BODY = 1024 * 1024  # bytes; Slack's own payloads stay far below
_IDLE_S = 75.0  # that a connection may be idle; aiohttp's hour would let strangers take them all
CLOSING_S = 2.0  # for the requests in hand; one whose body never comes would hold up the end

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusal(error: OSError, host: str, port: int) -> str:
    """Say what to do about a port that could not be opened."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken on {host} by another program. Set PORT to a free one."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to this user. Set PORT to one above 1023."
    return f"There is no address {host} here to listen on. Set LISTEN_HOST to one, or leave it out."


class Server:
    """Serves until closed.

    Args:
        ready: Returns why the bot is not ready, or None.
        metrics: Returns the current numbers by name.
        slack: Handles `POST /slack/events`; None in Socket Mode.
    """

    def __init__(
        self,
        ready: Callable[[], str | None],
        metrics: Callable[[], Mapping[str, float]],
        slack: Handler | None = None,
    ) -> None:
        self._ready = ready
        self._metrics = metrics
        self._app = web.Application(client_max_size=_LARGEST_BODY)
        self._app.router.add_get("/health", self._answer_health)
        self._app.router.add_get("/ready", self._answer_ready)
        self._app.router.add_get("/metrics", self._answer_metrics)
        if slack:
            self._app.router.add_post("/slack/events", slack)
        logger.addFilter(_is_ours)
        self._runner = web.AppRunner(
            self._app,
            access_log=None,
            logger=logger,
            shutdown_timeout=CLOSING_S,
            keepalive_timeout=_IDLE_S,
            auto_decompress=False,  # Slack packs nothing, and a stranger could pack gigabytes
        )

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises `OSError` when it is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening, once the requests in hand are answered or their time is over."""
        await self._runner.cleanup()

    async def _answer_health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _answer_ready(self, _request: web.Request) -> web.Response:
        reason = self._ready()
        if reason:
            return web.json_response({"status": "not ready", "reason": reason}, status=503)
        return web.json_response({"status": "ready"})

    async def _answer_metrics(self, _request: web.Request) -> web.Response:
        lines = [f"callboard_{name} {value:g}" for name, value in self._metrics().items()]
        return web.Response(text="\n".join(lines) + "\n")


def _is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a failure is not only that of a request that is no HTTP, as scanners send."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
