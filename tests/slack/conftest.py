"""A small recording Slack, a clock that tests move, and posts kept in memory."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.slack.calls.budget import Budget
from bot.slack.calls.client import slack_client, slack_session
from bot.slack.calls.place import Place
from bot.slack.calls.send import Sender
from bot.slack.reply.reply import Reply
from playground.slack.limits import Limits
from playground.slack.methods import all_methods
from storage.records import Post, Ticket

Respond = Callable[[web.Request, dict[str, Any]], Awaitable[web.Response | None]]
BOT = "U0BOT"
TICKET = Ticket("T1:C1:1.000000", "test", 1)


class HandTimer:
    """A callback that waits for the hand clock."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback
        self.off = False

    def cancel(self) -> None:
        self.off = True


class HandClock:
    """Time that only moves when a test says so."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._timers: list[tuple[float, int, HandTimer]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self.time

    def later(self, delay: float, callback: Callable[[], None]) -> HandTimer:
        timer = HandTimer(callback)
        heapq.heappush(self._timers, (self.time + delay, next(self._count), timer))
        return timer

    async def sleep(self, delay: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        timer = self.later(delay, lambda: woken.done() or woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    @property
    def next(self) -> float | None:
        """Return when the next timer rings."""
        while self._timers and self._timers[0][2].off:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def advance(self, seconds: float) -> None:
        """Move time, ringing what is due on the way."""
        end = self.time + seconds
        while (due := self.next) is not None and due <= end:
            self.time = max(self.time, due)
            heapq.heappop(self._timers)[2].callback()
        self.time = end


@dataclass(frozen=True, slots=True)
class Called:
    """One call that Slack got, at clock time `at`."""

    method: str
    args: dict[str, Any]
    at: float


@dataclass(slots=True)
class Message:
    """A message as people see it."""

    ts: str
    text: str
    metadata: dict[str, Any] | None = None
    streaming: bool = False
    blocks: list[dict[str, Any]] = field(default_factory=list)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    user: str = BOT


class RecordingSlack:
    """Does what Slack does with messages, records calls, and fails as told."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.calls: list[Called] = []
        self.messages: list[Message] = []
        self.url = ""
        self._faults: dict[str, list[Respond]] = {}
        self._ts = itertools.count(100)
        self.limits, self.known = Limits(clock.now), all_methods()
        self.refused: list[str] = []  # methods, each time by the limits
        self.requests = 0
        self._held: list[str] = []
        self.holding: dict[str, asyncio.Event] = {}

    def said(self, method: str) -> list[Called]:
        """Return the calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def methods(self) -> list[str]:
        """Return what was called, without status."""
        return [call.method for call in self.calls if "setStatus" not in call.method]

    @property
    def texts(self) -> list[str]:
        """Return what stands in the thread."""
        return [message.text for message in self.messages]

    def refuse(self, method: str, word: str, times: int = 1) -> None:
        """Refuse the next calls of a method with an error word."""
        self.answer(method, {"ok": False, "error": word}, times)

    def answer(self, method: str, body: dict[str, Any], times: int = 1) -> None:
        """Answer the next calls of a method with a body."""
        for _ in range(times):
            self.respond(method, web.json_response(body))

    def respond(self, method: str, response: web.Response) -> None:
        """Answer the next call of a method with whatever a server may say."""

        async def respond(_request: web.Request, _args: dict[str, Any]) -> web.Response:
            return response

        self._faults.setdefault(method, []).append(respond)

    def limit(self, method: str, after: int, times: int = 1) -> None:
        """Answer the next calls of a method with 429."""

        async def respond(_request: web.Request, _args: dict[str, Any]) -> web.Response:
            return self._too_fast(after)

        self._faults.setdefault(method, []).extend([respond] * times)

    @staticmethod
    def _too_fast(seconds: int) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})

    def cut(self, method: str, *, after_effect: bool) -> None:
        """Break the connection of the next call of a method."""

        async def respond(request: web.Request, args: dict[str, Any]) -> web.Response:
            if after_effect:
                self.act(method, args)
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        self._faults.setdefault(method, []).append(respond)

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args = dict(request.query) if request.method == "GET" else await request.json()
        known = self.known.get(method)
        if known and (seconds := self.limits.spend(known, args)) is not None:
            self.refused.append(method)
            return self._too_fast(seconds)
        self.calls.append(Called(method, args, self.clock.now()))
        if method in self.holding:
            self._held.append(method)
            await self.holding[method].wait()
            self._held.remove(method)
        faults = self._faults.get(method)
        if faults and (answer := await faults.pop(0)(request, args)) is not None:
            return answer
        return web.json_response(self.act(method, args))

    def act(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        if method in ("chat.startStream", "chat.postMessage"):
            return self._post(method, args)
        if method == "conversations.replies":
            return {"ok": True, "messages": [self._told(m) for m in self.messages]}
        if method not in ("chat.appendStream", "chat.stopStream", "chat.update", "chat.delete"):
            return {"ok": True}
        found = [m for m in self.messages if m.ts == args["ts"]]
        if not found:
            return {"ok": False, "error": "message_not_found"}
        return self._change(method, args, found[0])

    def _post(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        message = Message(f"{next(self._ts)}.000000", "", streaming=method == "chat.startStream")
        self.messages.append(message)
        self._write(message, args)
        return {"ok": True, "ts": message.ts, "channel": args["channel"]}

    def _change(self, method: str, args: dict[str, Any], message: Message) -> dict[str, Any]:
        if method == "chat.delete":
            self.messages.remove(message)
            return {"ok": True}
        stream = method != "chat.update"
        if stream and not message.streaming:
            return {"ok": False, "error": "message_not_in_streaming_state"}
        if not stream and message.streaming:
            return {"ok": False, "error": "streaming_state_conflict"}
        if not stream:
            message.cards.clear()
        self._write(message, args)
        message.streaming = method == "chat.appendStream"
        return {"ok": True, "ts": message.ts}

    def _write(self, message: Message, args: dict[str, Any]) -> None:
        for chunk in args.get("chunks", ()):
            if chunk["type"] == "markdown_text":
                message.text += chunk["text"]
            else:
                message.cards.setdefault(chunk["id"], {}).update(chunk)
        if args.get("blocks") and "chunks" not in args:
            message.blocks = args["blocks"]
            texts = [b["text"] for b in args["blocks"] if b["type"] == "markdown"]
            message.text = "".join(texts) or message.text
        elif "text" in args or "markdown_text" in args:
            message.text = args.get("markdown_text") or args["text"]
        message.metadata = args.get("metadata") or message.metadata

    @staticmethod
    def _told(message: Message) -> dict[str, Any]:
        told: dict[str, Any] = {"ts": message.ts, "user": message.user, "text": message.text}
        return {**told, "metadata": message.metadata} if message.metadata else told

    async def wait(self, predicate: Callable[[], bool], limit: float = 60.0) -> None:
        """Wait until something is so; when nothing is under way, time moves to the next timer."""
        end, quiet = self.clock.now() + limit, 0
        while not predicate():
            quiet = 0 if self.under_way else quiet + 1
            await asyncio.sleep(0 if quiet < 30 else 0.001)
            if quiet < 50:
                continue
            due = self.clock.next
            assert due is not None or quiet < 2000, self._state("nothing will happen")
            if due is not None:
                assert due <= end, self._state("too late")
                self.clock.advance(max(0.0, due - self.clock.now()))
                quiet = 0

    async def settle(self) -> None:
        """Let what is under way come to rest without moving time."""
        quiet = 0
        while quiet < 20:
            await asyncio.sleep(0)
            quiet = 0 if self.under_way else quiet + 1

    @property
    def under_way(self) -> bool:
        """Tell whether a call is being made or answered; one that is held does not count."""
        return self.requests > len(self._held)

    def watch(self, session: aiohttp.ClientSession) -> None:
        """Count the requests of a session."""

        async def begin(*_: Any) -> None:
            self.requests += 1

        async def end(*_: Any) -> None:
            self.requests -= 1

        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(begin)
        trace.on_request_end.append(end)
        trace.on_request_exception.append(end)
        trace.freeze()
        session.trace_configs.append(trace)

    def _state(self, why: str) -> str:
        return f"{why}: {self.clock.now()} {self.methods} {self.texts}"


class MemoryPosts:
    """`storage.posts` in memory: what was written, in its order."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.others: set[str] = set()  # ts of other answers in the thread
        self.error: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def _note(self, *entry: Any) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        self.log.append(entry)

    async def begin(self, _ticket: Ticket, post: Post) -> None:
        await self._note("begin", post.part, post.kind)

    async def sent(self, _ticket: Ticket, _event: str, part: int, ts: str) -> None:
        await self._note("sent", part, ts)

    async def save(self, _ticket: Ticket, _event: str, part: int, body: str) -> None:
        await self._note("save", part, body)

    async def known(self, _thread: str) -> set[str]:
        return self.others | {entry[2] for entry in self.log if entry[0] == "sent"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def recorder(clock: HandClock) -> AsyncIterator[RecordingSlack]:
    slack = RecordingSlack(clock)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield slack
    for event in slack.holding.values():
        event.set()
    await runner.cleanup()


def place(**changes: Any) -> Place:
    values: dict[str, Any] = {
        "ticket": TICKET,
        "team": "T1",
        "channel": "C1",
        "thread_ts": "1.000000",
        "user": "U0ANN",
        "user_team": "T2",
        "is_dm": True,
        "event": "msg:T1:C1:1.000000",
        "event_ts": "1.000000",
        "bot_user": BOT,
    }
    return Place(**{**values, **changes})


@dataclass(slots=True)
class Desk:
    """Everything a reply needs, and a way to make one."""

    slack: RecordingSlack
    clock: HandClock
    budget: Budget
    client: Any
    posts: MemoryPosts

    def reply(self, **changes: Any) -> Reply:
        sender = Sender(self.client, self.budget, self.clock)
        reply = Reply(sender, place(**changes), self.posts)
        reply.introduce({"U0BOB": "Bob"})
        return reply

    async def ended(self, ending: Awaitable[Any]) -> Any:
        """Wait for an ending, moving time on where it waits."""
        task = asyncio.ensure_future(ending)
        await self.slack.wait(task.done, limit=400)
        return task.result()


@pytest.fixture
async def desk(recorder: RecordingSlack, clock: HandClock) -> AsyncIterator[Desk]:
    async with slack_session() as session:
        recorder.watch(session)
        client = slack_client("xoxb-test", recorder.url, session)
        yield Desk(recorder, clock, Budget(clock), client, MemoryPosts())
