"""A Slack that costs next to nothing: Socket Mode and the few methods that an answer needs."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.questions import Question
from bench.wire import Connection, Request

TEAM, BOT_USER, PERSON = "T0BENCH", "U0BOT", "U0ANN"
SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,"
    "files:read,files:write,groups:history,groups:read,im:history,im:read,im:write,mpim:history,"
    "mpim:read,reactions:read,reactions:write,team:read,users:read,users:read.email"
)
LIMITS = {
    "chat.postMessage": 60,
    "chat.update": 50,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "agents.sessions.setStatus": 50,
    "assistant.threads.setStatus": 600,
    "conversations.replies": 50,
    "conversations.history": 50,
    "users.info": 100,
}
PER_CHANNEL = frozenset({"chat.postMessage"})
SHOWING = frozenset(
    {"chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update"}
)
REPLACING = frozenset({"chat.update"})
MINUTE = 60.0
USER = {"id": PERSON, "team_id": TEAM, "name": "ann", "real_name": "Ann Vries", "tz": "UTC",
        "is_admin": True, "is_bot": False, "profile": {"display_name": "Ann"}}  # fmt: skip


class LeanSlack:
    """Delivers questions and watches the answers; `limits` enforces Slack's documented figures."""

    def __init__(self, *, limits: bool = False) -> None:
        self.limits = limits
        self.port = 0
        self.connections = 0
        self.refused: Counter[str] = Counter()
        self.questions: dict[int, Question] = {}
        self.changed: Callable[[Question], None] = lambda question: None
        self.connected_at = 0.0
        self.connected = asyncio.Event()
        self._socket: Connection | None = None
        self._envelopes: dict[str, Question] = {}
        self._by_thread: dict[tuple[str, str], Question] = {}
        self._by_post: dict[str, Question] = {}
        self._windows: dict[tuple[str, str], deque[float]] = {}
        self._clock = 0
        self._server: asyncio.Server | None = None

    @property
    def api_url(self) -> str:
        """Give the base of the Web API."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def start(self) -> None:
        """Open a port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", 0, backlog=2048)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Close the port."""
        if self._server:
            self._server.close()

    def new_ts(self) -> str:
        """Give a time stamp that was never given before."""
        self._clock = max(self._clock + 1, time.time_ns() // 1000)
        return f"{self._clock // 1_000_000}.{self._clock % 1_000_000:06d}"

    def ask(self, channel: str, thread: str = "") -> Question:
        """Deliver a question, in a new thread if none is named."""
        if self._socket is None:
            raise ConnectionError("nobody is connected to the bench's Slack")
        ts = self.new_ts()
        question = Question(len(self.questions) + 1, channel, thread or ts, ts)
        self.questions[question.number] = question
        self._by_thread[channel, question.thread] = question
        envelope = f"e{question.number}"
        self._envelopes[envelope] = question
        payload = json.dumps(delivery(question, envelope)).encode()
        question.sent = time.monotonic()
        self._socket.send(payload)
        return question

    def _connect(self) -> Connection:
        self.connections += 1
        return Connection(self._serve)

    def _serve(self, connection: Connection, request: Request) -> None:
        if request.target.startswith("/socket"):
            self._welcome(connection, request)
            return
        url = urlsplit(request.target)
        method = url.path.rpartition("/")[2]
        given = arguments(request, url.query)
        if (wait := self._refusal(method, given)) is not None:
            self.refused[method] += 1
            extra = b"Retry-After: %d\r\n" % max(1, round(wait))
            connection.reply(b'{"ok":false,"error":"ratelimited"}', b"429 Too Many Requests", extra)
            return
        extra = f"x-oauth-scopes: {SCOPES}\r\n".encode()
        connection.reply(json.dumps(self._answer(method, given)).encode(), extra=extra)

    def _welcome(self, connection: Connection, request: Request) -> None:
        connection.upgrade(request, self._acknowledged)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0BENCH"},
                 "debug_info": {"approximate_connection_time": 18060}}  # fmt: skip
        connection.send(json.dumps(hello).encode())
        connection.on_lost = self.connected.clear
        self._socket = connection
        self.connected_at = time.monotonic()
        self.connected.set()

    def _acknowledged(self, payload: bytes) -> None:
        now = time.monotonic()
        envelope = json.loads(payload).get("envelope_id", "")
        if question := self._envelopes.pop(envelope, None):
            question.acked = now
            self.changed(question)

    def _refusal(self, method: str, given: dict[str, Any]) -> float | None:
        if not self.limits or method not in LIMITS:
            return None
        key = (method, given.get("channel", "") if method in PER_CHANNEL else "")
        window, now = self._windows.setdefault(key, deque()), time.monotonic()
        while window and window[0] <= now - MINUTE:
            window.popleft()
        if len(window) >= LIMITS[method]:
            return window[0] + MINUTE - now
        window.append(now)
        return None

    def _answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method in SHOWING:
            return {"ok": True, "channel": given.get("channel"), "ts": self._show(method, given),
                    "message": {"text": ""}}  # fmt: skip
        return {"ok": True} | FIXED.get(method, {}) | self._about(method, given)

    def _about(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "apps.connections.open":
            return {"url": f"ws://127.0.0.1:{self.port}/socket"}
        if method == "conversations.info":
            channel = {"id": given.get("channel"), "is_im": True, "user": PERSON}
            return {"channel": channel}
        return {}

    def _show(self, method: str, given: dict[str, Any]) -> str:
        ts = given.get("ts") or self.new_ts()
        place = given.get("channel", ""), given.get("thread_ts", "")
        question = self._by_post.get(ts) or self._by_thread.get(place)
        if question is None:
            return str(ts)
        self._by_post[ts] = question
        question.calls.append(method)
        before = question.final
        question.see(shown_text(given), replace=method in REPLACING)
        if question.final and not before:
            self.changed(question)
        return str(ts)


FIXED: dict[str, dict[str, Any]] = {
    "auth.test": {"user_id": BOT_USER, "bot_id": "B0BOT", "user": "callboard", "team_id": TEAM,
                  "team": "Bench", "url": "https://bench.slack.com/", "app_id": "A0BENCH",
                  "is_enterprise_install": False},
    "users.info": {"user": USER},
    "bots.info": {"bot": {"id": "B0BOT", "app_id": "A0BENCH", "user_id": BOT_USER}},
    "team.info": {"team": {"id": TEAM, "name": "Bench", "domain": "bench"}},
    "conversations.replies": {"messages": [], "has_more": False},
    "conversations.history": {"messages": [], "has_more": False},
}  # fmt: skip


def arguments(request: Request, query: str) -> dict[str, Any]:
    """Read the arguments of a call from query and body."""
    given: dict[str, Any] = dict(parse_qsl(query))
    if request.body.startswith(b"{"):
        given |= json.loads(request.body)
    elif request.body:
        given |= dict(parse_qsl(request.body.decode()))
    return given


def shown_text(given: dict[str, Any]) -> str:
    """Give the text that a call shows: Markdown, chunks of it, or plain text."""
    if text := given.get("markdown_text"):
        return str(text)
    if chunks := given.get("chunks"):
        listed = json.loads(chunks) if isinstance(chunks, str) else chunks
        return "".join(part.get("text", "") for part in listed)
    return str(given.get("text") or "")


def delivery(question: Question, envelope: str) -> dict[str, Any]:
    """Give a direct message as Slack delivers it."""
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": question.channel,
        "user": PERSON,
        "team": TEAM,
        "text": f"Tell me something {question.mark}",
        "ts": question.ts,
        "event_ts": question.ts,
    }
    if question.thread != question.ts:
        event["thread_ts"] = question.thread
    authorization = {"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "enterprise_id": None,
                     "is_enterprise_install": False}  # fmt: skip
    return {
        "type": "events_api",
        "envelope_id": envelope,
        "accepts_response_payload": False,
        "payload": {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0BENCH",
            "event_id": f"Ev{question.number:010d}",
            "event_time": int(float(question.ts)),
            "event": event,
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
        },
    }
