"""Deliveries to the bot: events, commands and interactions, over its socket or by signed HTTP.

An event that is not acknowledged in time is delivered again: at once, after a minute, after five;
one whose websocket broke goes to the next websocket as soon as there is one.
Commands and interactions are tried once; a person sees it when no answer comes.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from playground.slack.httpmode import NO_RETRY, HttpMode
from playground.slack.refusal import Json
from playground.slack.socketmode import CONNECTION_LOST, SocketMode, Undelivered
from playground.slack.workspace import APP, BOT_USER, TEAM, Workspace


class Route(Protocol):
    """A way to the bot."""

    async def deliver(self, kind: str, payload: Json, seconds: float, retry: int, why: str) -> Json:
        """Deliver once and return what the bot answered with; raise Undelivered otherwise."""


@dataclass(slots=True)
class Delivery:
    """One thing sent to the bot and what became of it."""

    kind: str
    payload: Json
    attempts: int = 0
    acked: bool = False
    answer: Json = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    at: float = 0.0
    ms: float = 0.0
    number: int = 0

    @property
    def event(self) -> Json:
        """Return the inner event, empty for anything but events."""
        event: Json = self.payload.get("event") or {}
        return event


class Deliveries:
    """Sends whatever the workspace wants the bot to know, and keeps a record of it."""

    def __init__(self, workspace: Workspace, socket: SocketMode) -> None:
        self.workspace = workspace
        self.socket = socket
        self.route: Route = socket
        self.ack_seconds = 3.0
        self.retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
        self.log: list[Delivery] = []
        self._sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._http: HttpMode | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def by_http(self) -> bool:
        """Tell whether deliveries go to a URL."""
        return self.route is not self.socket

    def deliver_to(self, url: str, secret: str) -> None:
        """Deliver by signed HTTP from now on."""
        if self._http is None:
            self._http = HttpMode(url, secret, self.workspace.clock)
        self._http.url = url
        self.route = self._http
        self.workspace.tell("connection")

    async def verify(self) -> bool:
        """Send the challenge of `url_verification` and tell whether it came back."""
        challenge = secrets.token_hex(16)
        payload = {"type": "url_verification", "challenge": challenge, "token": "unused"}
        delivery = await self.ask("events_api", payload)
        return challenge in (delivery.answer.get("challenge"), delivery.answer.get("text"))

    def event(self, event: Json) -> Delivery:
        """Send an event to the bot, in the background."""
        delivery = Delivery("events_api", self._callback(event))
        self._start(delivery, first_retry=0)
        return delivery

    def again(self, delivery: Delivery, times: int = 1) -> None:
        """Deliver an event once more although it was acknowledged, as Slack may."""
        for number in range(1, times + 1):
            again = Delivery(delivery.kind, delivery.payload)
            again.reasons.append("http_timeout")
            self._start(again, first_retry=number)

    def _start(self, delivery: Delivery, first_retry: int) -> None:
        self._note(delivery)
        name = f"deliver {delivery.event.get('type')}"
        task = asyncio.create_task(self._deliver(delivery, first_retry), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, delivery: Delivery) -> None:
        delivery.at = time.monotonic()
        delivery.number = self.workspace.record_number()
        self.log.append(delivery)
        self.workspace.tell("delivery", delivery=delivery)

    def _callback(self, event: Json) -> Json:
        now = self.workspace.clock()
        return {
            "token": "unused-verification-token",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self.workspace.identifier("Ev"),
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event.get('channel', TEAM)}",
        }

    async def _deliver(self, delivery: Delivery, first_retry: int) -> None:
        delays = list(self.retry_delays)
        while True:
            if not self.by_http:
                await self.socket.connected()
            if await self._try(delivery, first_retry + delivery.attempts):
                return
            if not self.by_http and delivery.reasons[-1] == CONNECTION_LOST:
                continue  # a websocket that broke is not held against the bot: the next one
            if not delays:
                return
            await self._sleep(delays.pop(0))

    async def _try(self, delivery: Delivery, retry: int) -> bool:
        started = time.monotonic()
        delivery.attempts += 1
        why = delivery.reasons[-1] if delivery.reasons else ""
        try:
            delivery.answer = await self.route.deliver(
                delivery.kind, delivery.payload, self.ack_seconds, retry, why
            )
            delivery.acked = True
        except Undelivered as undelivered:
            delivery.reasons.append(undelivered.reason)
        delivery.ms = (time.monotonic() - started) * 1000
        self.workspace.tell("delivery", delivery=delivery)
        return delivery.acked or NO_RETRY in delivery.reasons

    async def ask(self, kind: str, payload: Json) -> Delivery:
        """Deliver a command or an interaction once and wait for the bot's answer."""
        delivery = Delivery(kind, payload)
        self._note(delivery)
        await self._try(delivery, 0)
        return delivery

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
