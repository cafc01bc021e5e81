"""Requests as the resources make them: JSON in and out, errors raised, failures tried again.

A `Call` is one thing that a caller asked for, over all its attempts. Resources that read a stream
open each attempt themselves (`API.open`) and let the call decide about the next one
(`Call.wait`), since only they know whether anything was handed out already.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic_core import PydanticSerializationError, to_json

from bot.openai.errors import (
    APIResponseValidationError,
    CircuitOpenError,
    IncompleteAnswerError,
    OpenAIError,
)
from bot.openai.wire.chance import Chance
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.refusals import refusal, refusal_inside
from bot.openai.wire.retry import RetryPolicy, may_have_worked, retry_delay
from bot.openai.wire.transport import Request, Response, Transport

logger = logging.getLogger(__name__)

Taken = TypeVar("Taken")
LONGEST_ERROR = 64 * 1024  # bytes
LONGEST_ANSWER = 256 * 1024 * 1024  # bytes
SLOWEST_UPLOAD = 64 * 1024  # bytes a second; whoever is slower runs into the total time limit


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation with its input, before address and credentials are added.

    `content` sends the `body` in another form than JSON; it is a function, since each attempt sends
    it from the start. What `once` asks for goes on by itself and costs money (a job): it is not
    tried again when the first time may have worked, since nobody would know of the twin. An answer
    that was lost is gone either way, so whatever is an answer, pictures too, is asked for again.
    What has a `size` in bytes is given the time that these take on their way.
    """

    method: str
    path: tuple[str, ...]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str | int] | None = None
    content: Callable[[], AsyncIterable[bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    first_byte: float | None = None
    once: bool = False
    size: int = 0

    @property
    def way(self) -> float:
        """Return how many seconds what is sent may be on its way."""
        return self.size / SLOWEST_UPLOAD


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded JSON answer and the server's name for the request."""

    data: Any
    request_id: str | None


class Call:
    """The attempts of one call: counts them, waits between them, gives up in time."""

    def __init__(self, policy: RetryPolicy, deadline: float, chance: Chance) -> None:
        self.deadline = deadline
        self.attempt = 1
        self.may_have_worked = False  # in an attempt that failed
        self._policy = policy
        self._chance = chance
        self._last: OpenAIError | None = None

    async def wait(self, error: OpenAIError) -> None:
        """Wait until the next attempt is due, or raise `error` when there is none."""
        if isinstance(error, CircuitOpenError) and self._last is not None:
            raise self._last  # what opened the circuit tells more than that it is open
        self._last = error
        delay = retry_delay(
            self._policy, error, self.attempt, random=self._chance.random, now=self._chance.now
        )
        if delay is None or asyncio.get_running_loop().time() + delay >= self.deadline:
            raise error
        logger.info(
            "model_request_retried",
            extra={"attempt": self.attempt, "delay": round(delay, 3), **error.fields()},
        )
        self.attempt += 1
        self.may_have_worked = self.may_have_worked or may_have_worked(error)
        await self._chance.sleep(delay)


class API:
    """One server as one account: adds address and credentials, decodes, raises, tries again."""

    def __init__(
        self,
        endpoint: Endpoint,
        transport: Transport,
        policy: RetryPolicy | None = None,
        chance: Chance | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._transport = transport
        self._policy = policy or RetryPolicy()
        self._chance = chance or Chance()

    @property
    def longest(self) -> float:
        """Return how many seconds a whole call may take."""
        return self._transport.timeouts.total

    def call(self, *, extra: float = 0.0) -> Call:
        """Begin a call: from now on its total time runs, `extra` seconds added."""
        deadline = asyncio.get_running_loop().time() + self.longest + extra
        return Call(self._policy, deadline, self._chance)

    async def pause(self, seconds: float) -> None:
        """Wait before asking about the same thing again."""
        await self._chance.sleep(seconds)

    async def ask(
        self, ask: Ask, take: Callable[[Response], Awaitable[Taken]], call: Call | None = None
    ) -> Taken:
        """Ask, trying again where that helps, and return what is taken out of the answer."""
        call = call or self.call(extra=ask.way)
        while True:
            try:
                async with self.open(ask, call) as response:
                    return await take(response)
            except OpenAIError as error:
                if ask.once and may_have_worked(error):
                    raise
                await call.wait(error)

    @asynccontextmanager
    async def open(self, ask: Ask, call: Call) -> AsyncIterator[Response]:
        """Make one attempt and give its answer, body unread; an error status raises."""
        response = await self.connect(ask, call)
        try:
            yield response
        except OpenAIError as error:
            error.request_id = error.request_id or response.request_id
            error.sent = response.sent
            raise
        finally:
            await response.aclose()

    async def connect(self, ask: Ask, call: Call) -> Response:
        """Do as `open` does, and leave the closing to the caller."""
        client_request_id = secrets.token_hex(16)
        try:
            response = await self._transport.open(self._request(ask, call, client_request_id))
            if not 200 <= response.status < 300:
                await self._refuse(response)
        except OpenAIError as error:
            error.client_request_id = client_request_id
            error.sent = ask.body or {}
            raise
        response.sent = ask.body or {}
        return response

    async def decoded(self, response: Response) -> Answer:
        """Read a JSON answer."""
        return self.decode(await response.read_all(LONGEST_ANSWER), response)

    def decode(self, body: bytes, response: Response) -> Answer:
        """Decode a JSON body; an error inside it raises, whatever the status was."""
        if response.status == 204:
            return Answer({}, response.request_id)
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self.strange(body, response) from error
        if isinstance(data, dict) and data.get("error") and not _tells_its_own(data):
            raise refusal_inside(self.endpoint, data["error"], response.headers)
        return Answer(data, response.request_id)

    def strange(self, body: bytes, response: Response) -> OpenAIError:
        """Return the error for a body that is not of this API."""
        if not body.strip():
            return self.incomplete("an empty answer", response)
        kind = response.content_type or "no content type"
        return APIResponseValidationError(
            f"{self.endpoint.host} answered with {len(body)} bytes of {kind}, "
            "which is no answer of this API.",
            status=response.status,
            request_id=response.request_id,
        )

    def incomplete(self, what: str, response: Response) -> IncompleteAnswerError:
        """Return the error for an answer that is not whole."""
        host = self.endpoint.host
        error = IncompleteAnswerError(f"{host} sent {what}.", host=host)
        error.status = response.status
        error.request_id = response.request_id
        return error

    async def _refuse(self, response: Response) -> None:
        try:
            body = await response.read_start(LONGEST_ERROR)
        finally:
            await response.aclose()
        raise refusal(self.endpoint, response.status, response.headers, body)

    def _request(self, ask: Ask, call: Call, client_request_id: str) -> Request:
        headers = self.endpoint.request_headers() | dict(ask.headers)
        headers["X-Client-Request-Id"] = client_request_id
        content: bytes | AsyncIterable[bytes] | None = ask.content and ask.content()
        if content is None and ask.body is not None:
            headers["Content-Type"] = "application/json"
            content = encode(ask.body)
        return Request(
            method=ask.method,
            url=self.endpoint.url(*ask.path, query=ask.query),
            headers=headers,
            content=content,
            deadline=call.deadline,
            first_byte=ask.first_byte and ask.first_byte + ask.way,
        )


def _tells_its_own(data: Mapping[str, Any]) -> bool:
    """Tell whether an `error` is that of the thing shown: a job that failed has one."""
    return "id" in data and "status" in data


def encode(body: Mapping[str, Any]) -> bytes:
    """Write a request as JSON; half an emoji, which no server takes, becomes a question mark."""
    try:
        return to_json(body)  # a quarter of json's time
    except PydanticSerializationError:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")
