"""`LocalOpenAI`: the server itself; addresses and answers live in one file per resource."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.openai.answer import Answer
from playground.openai.cards import DEMO_KEY, ModelCard, standard_cards
from playground.openai.chat import Chat
from playground.openai.completion import new_id
from playground.openai.errors import ApiError, no_key, no_url, wrong_key
from playground.openai.models import Models
from playground.openai.pace import Pace
from playground.openai.record import Recorded
from playground.openai.script import Script
from playground.openai.sending import RECORD
from playground.openai.standin.answering import StandIn

logger = logging.getLogger(__name__)

BODY_LIMIT = 512 * 1024 * 1024
CLOSING_SECONDS = 0.2
KEPT_REQUESTS = 10_000


class LocalOpenAI:
    """A local OpenAI-compatible server.

    `async with LocalOpenAI() as model` serves at `model.url` (ends in /v1). Answers that were
    ordered with `model.enqueue(...)` come first and in order; after them the stand-in answers by
    its rules. `model.requests` keeps what was asked, the newest ten thousand; `model.wait(...)`
    waits for it.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        key: str = DEMO_KEY,
        cards: Iterable[ModelCard] | None = None,
        pace: Pace | None = None,
        respond: Callable[[dict[str, Any]], Answer] | None = None,
    ) -> None:
        self.port = port
        self.key = key
        self.requests: list[Recorded] = []
        self.script = Script()
        self.enqueue = self.script.enqueue
        models = Models(standard_cards() if cards is None else cards)
        answering = respond or StandIn().respond
        self.resources = (models, Chat(models, self.script, answering, pace or Pace()))
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Give the base URL, as OPENAI_BASE_URL wants it."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        """Open the port; 0 takes a free one."""
        app = web.Application(middlewares=[self._serve], client_max_size=BODY_LIMIT)
        app.on_response_prepare.append(self._sign)
        for resource in self.resources:
            app.add_routes(resource.routes())
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=CLOSING_SECONDS
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        try:
            await site.start()
        except OSError:
            await self.close()
            raise
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Close the port and drop what is still being answered."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def wait(self, predicate: Callable[[Self], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds; looked at again with every request and ending."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: predicate(self))
        except TimeoutError:
            seen = [f"{r.method} {r.path} {r.status} {r.outcome}" for r in self.requests]
            raise TimeoutError(f"not within {timeout} s; requests so far: {seen}") from None

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        record = Recorded(
            id=new_id("req_"),
            method=request.method,
            path=request.path,
            headers=request.headers,
            body=await request.read(),
            at=time.monotonic(),
        )
        request[RECORD] = record
        await self._add(record)
        try:
            return await self._answer(request, handler, record)
        except (asyncio.CancelledError, ConnectionResetError):
            record.outcome = "left" if record.outcome == "open" else record.outcome
            raise
        finally:
            await self._tell()

    async def _answer(
        self, request: web.Request, handler: Handler, record: Recorded
    ) -> web.StreamResponse:
        try:
            self._check_key(request)
            response = await handler(request)
        except ApiError as error:
            record.outcome = "refused"
            response = web.json_response(error.body(), status=error.status, headers=error.headers)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            record.outcome = "refused"
            response = web.json_response(no_url(request.method, request.path).body(), status=404)
        record.status = response.status
        if record.outcome == "open":
            record.outcome = "answered"
        return response

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        scheme, _, key = given.partition(" ")
        if scheme != "Bearer" or not key:
            raise no_key()
        if key != self.key:
            raise wrong_key(key)

    async def _add(self, record: Recorded) -> None:
        self.requests.append(record)
        del self.requests[:-KEPT_REQUESTS]
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _sign(self, request: web.Request, response: web.StreamResponse) -> None:
        record = request[RECORD]
        response.headers["x-request-id"] = record.id
        response.headers["openai-version"] = "2020-10-01"
        elapsed = int((time.monotonic() - record.at) * 1000)
        response.headers["openai-processing-ms"] = str(elapsed)
