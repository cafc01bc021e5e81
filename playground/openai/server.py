"""`LocalOpenAI`: the server itself; addresses and answers live in one file per resource."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.bell import Bell
from playground.guard import guard
from playground.openai.audio.speech import Speech
from playground.openai.audio.transcriptions import Transcriptions
from playground.openai.audio.translations import Translations
from playground.openai.cards import ADMIN_KEY, DEMO_KEY, ModelCard, standard_cards
from playground.openai.catalogue import catalogue
from playground.openai.chat import Chat
from playground.openai.completions import Completions
from playground.openai.embeddings import Embeddings
from playground.openai.errors import ApiError, lacks_scope, no_key, no_url, wrong_key
from playground.openai.file_store import FileStore
from playground.openai.files import Files
from playground.openai.fine_tuning.grading import Grading
from playground.openai.fine_tuning.jobs import Jobs
from playground.openai.fine_tuning.permissions import Permissions
from playground.openai.fine_tuning.recall import Recall
from playground.openai.ids import new_id
from playground.openai.images.images import Images
from playground.openai.models import Models
from playground.openai.moderations import Moderations
from playground.openai.obeying import obeying
from playground.openai.pace import Pace
from playground.openai.record import Recorded
from playground.openai.script import Script
from playground.openai.sending import RECORD
from playground.openai.standin.answering import StandIn
from playground.openai.stored import Stored
from playground.openai.switches import Switches
from playground.openai.uploads import Uploads

BODY_LIMIT = 512 * 1024 * 1024
CLOSING_SECONDS = 0.2
ADMIN_PATHS = "/v1/fine_tuning/checkpoints/"
KEPT_REQUESTS = 10_000


class LocalOpenAI:
    """A local OpenAI-compatible server.

    `async with LocalOpenAI() as model` serves at `model.url` (ends in /v1). Answers that were
    ordered with `model.enqueue(...)` come first and in order; after them the stand-in answers by
    its rules. `model.requests` keeps what was asked, the newest ten thousand; `model.wait(...)`
    waits for it.
    """

    key = DEMO_KEY
    admin_key = ADMIN_KEY

    def __init__(
        self,
        port: int = 0,
        *,
        cards: Iterable[ModelCard] | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        speed: float = 1.0,
    ) -> None:
        self.port = port
        self.requests: list[Recorded] = []
        self.script = Script()
        self.enqueue = self.script.enqueue
        self.switches = Switches()
        self.pace = pace or Pace()
        self.models = Models((*standard_cards(), *catalogue()) if cards is None else cards, clock)
        self.files = FileStore(clock)
        recall = Recall(StandIn().respond)
        self.jobs = Jobs(self.models, self.files, recall, self.switches, speed)
        stored = Stored()
        self.resources = (
            self.models,
            Chat(self.models, self.script, recall.respond, self.pace, stored),
            stored,
            Completions(self.models, recall.find, self.pace),
            Files(self.files),
            Uploads(self.files),
            self.jobs,
            Permissions(self.models),
            Grading(),
            Embeddings(self.models),
            Moderations(self.models),
            Images(self.models, self.files, self.pace),
            Transcriptions(self.models, self.pace),
            Translations(self.models),
            Speech(self.models, self.pace),
        )
        self._bell = Bell()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Give the base URL, as OPENAI_BASE_URL wants it."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def is_on(self) -> bool:
        """Tell whether the port is open."""
        return self._runner is not None

    async def start(self) -> None:
        """Open the port, the same as before if it was open once; 0 takes a free one."""
        if self._runner:
            return
        obey = obeying(self.script, self.switches)
        app = web.Application(middlewares=[self._serve, guard, obey], client_max_size=BODY_LIMIT)
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

    async def wait(self, predicate: Callable[[Self], bool], timeout: float = 60.0) -> None:
        """Wait until the predicate holds; looked at again with every request and ending."""
        try:
            await self._bell.until(lambda: predicate(self), timeout)
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
        self.requests.append(record)
        del self.requests[:-KEPT_REQUESTS]
        self._bell.ring()
        try:
            return await self._answer(request, handler, record)
        except (asyncio.CancelledError, ConnectionResetError):
            record.outcome = "left" if record.outcome == "open" else record.outcome
            raise
        finally:
            record.shorten()
            self._bell.ring()

    async def _answer(
        self, request: web.Request, handler: Handler, record: Recorded
    ) -> web.StreamResponse:
        try:
            self._check_key(request)
            self.jobs.settle()
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
        if not request.path.startswith("/v1/"):
            return
        given = request.headers.get("Authorization", "")
        scheme, _, key = given.partition(" ")
        if scheme != "Bearer" or not key:
            raise no_key()
        needs_admin = request.path.startswith(ADMIN_PATHS)
        if needs_admin and key == self.key:
            raise lacks_scope("api.fine_tuning.checkpoints.write")
        if key != (self.admin_key if needs_admin else self.key):
            raise wrong_key(key)

    async def _sign(self, request: web.Request, response: web.StreamResponse) -> None:
        record = request[RECORD]
        response.headers["x-request-id"] = record.id
        response.headers["openai-version"] = "2020-10-01"
        elapsed = int((time.monotonic() - record.at) * 1000)
        response.headers["openai-processing-ms"] = str(elapsed)
