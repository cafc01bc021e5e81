"""The client: one server, one account, its resources as attributes.

    client = OpenAI(base_url="https://api.openai.com/v1", api_key=key)
    async with client.chat.stream(model="...", messages=[...]) as stream:
        async for text in stream: ...
        answer = stream.completion
    await client.aclose()

Making a client opens nothing and costs nothing. Clients for several servers share one pool of
connections when they are given the same `transport`; then whoever made that one closes it.
"""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from bot.openai.adapt import Rules
from bot.openai.api import API
from bot.openai.chat import Chat
from bot.openai.endpoint import Endpoint
from bot.openai.limits import Limits, Timeouts
from bot.openai.models import Models
from bot.openai.retry import RetryPolicy
from bot.openai.transport import Transport


class OpenAI:
    """A client for one OpenAI-compatible server."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str = "",
        organization: str | None = None,
        project: str | None = None,
        headers: Mapping[str, str] | None = None,
        legacy_functions: bool = False,
        learned: dict[str, Rules] | None = None,
        on_learned: Callable[[str, Rules], None] | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        proxy: str | None = None,
        tls: ssl.SSLContext | None = None,
        retries: RetryPolicy | None = None,
        transport: Transport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        endpoint = Endpoint(base_url, api_key, organization, project, headers or {})
        self._own_transport = transport is None
        self._transport = transport or Transport(
            timeouts=timeouts, limits=limits, proxy=proxy, tls=tls
        )
        self._endpoint = endpoint
        api = API(endpoint, self._transport, retries, sleep=sleep, random=random, now=now)
        self.chat = Chat(
            api, learned=learned, on_learned=on_learned, legacy_functions=legacy_functions
        )
        self.models = Models(api)

    def __repr__(self) -> str:
        return f"OpenAI({self._endpoint.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, unless they belong to a shared transport."""
        if self._own_transport:
            await self._transport.aclose()
