"""The Web API's front door: token, limits, faults, the method itself, and a record of it all."""

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from playground.slack import faults
from playground.slack.arguments import Arguments, read_arguments
from playground.slack.faults import Fault, Faults
from playground.slack.limits import Limits
from playground.slack.methods import all_methods
from playground.slack.methods.method import Method
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import Workspace

_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens and the secret that this Slack gave the bot."""

    bot: str = "xoxb-local-bot-token"
    app: str = "xapp-1-A0LOCAL-local-app-token"
    signing_secret: str = "local-signing-secret"  # noqa: S105 - made up, for 127.0.0.1 only

    @classmethod
    def made_anew(cls) -> "Tokens":
        """Make up tokens that a bot which an earlier Slack has left behind does not have."""
        known, mark = cls(), secrets.token_hex(6)
        return cls(*(f"{one}-{mark}" for one in (known.bot, known.app, known.signing_secret)))

    def check(self, token: str, method: Method) -> None:
        """Refuse a missing, wrong or unsuitable token."""
        if not token:
            raise Refusal("not_authed")
        if token not in (self.bot, self.app):
            raise Refusal("invalid_auth")
        if (token == self.app) != method.app:
            raise Refusal("not_allowed_token_type")


@dataclass(slots=True)
class Call:
    """One API call of the bot as it was answered; `at` is in seconds of `time.monotonic`."""

    method: str
    args: Json
    response: Json = field(default_factory=dict)
    status: int = 200
    at: float = 0.0
    ms: float = 0.0
    number: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether the call succeeded."""
        return bool(self.response.get("ok"))

    @property
    def error(self) -> str:
        """Return the error word, empty on success."""
        return str(self.response.get("error", ""))


class Api:
    """Answers `/api/METHOD`."""

    def __init__(self, workspace: Workspace, tokens: Tokens) -> None:
        self.workspace = workspace
        self.tokens = tokens
        self.faults = Faults()
        self.limits = Limits(workspace.clock)
        self.calls: list[Call] = []
        self.methods = all_methods()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call over HTTP."""
        started = time.monotonic()
        call = Call(request.match_info["method"], {}, at=started)
        call.number = self.workspace.record_number()
        fault = await self._run(call, request)
        call.ms = (time.monotonic() - started) * 1000
        self.calls.append(call)
        self.workspace.tell("call", call=call)
        if fault is not None and fault.cut and request.transport is not None:
            request.transport.abort()
        return _answer(call, fault, self.workspace.manifest.scopes)

    async def _run(self, call: Call, request: web.Request) -> Fault | None:
        """Fill in the call's answer; return the fault that hit it."""
        fault = None
        try:
            values = await read_arguments(request)
            token = _token(request, values)
            call.args = values
            method = self.methods.get(call.method)
            if method is None:
                raise Refusal("unknown_method", req_method=call.method)
            self.tokens.check(token, method)
            self.workspace.manifest.check_scope(method.scope, self._kind(values))
            wait = self.limits.spend(method, values)
            if wait is not None:
                fault = Fault(call.method, "ratelimited", retry_after=wait)
            else:
                fault = self.faults.take(call.method, values)
                await faults.wait(fault)
            if fault is not None and (fault.refuses or fault.cut == "before"):
                call.response, call.status = fault.body, fault.http_status
            else:
                call.response = {"ok": True} | method.run(self.workspace, Arguments(values))
        except Refusal as refusal:
            call.response = refusal.body()
        return fault

    def _kind(self, values: Json) -> str | None:
        channel = self.workspace.channels.get(str(values.get("channel")))
        return channel.kind if channel is not None else None


def _token(request: web.Request, values: Json) -> str:
    given = values.pop("token", None)
    header = request.headers.get("Authorization", "")
    return header[len(_BEARER) :] if header.startswith(_BEARER) else str(given or "")


def _answer(call: Call, fault: Fault | None, scopes: Iterable[str]) -> web.Response:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if granted := ",".join(sorted(scopes)):
        headers["X-OAuth-Scopes"] = granted
    if fault is not None and fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    return web.Response(
        body=json.dumps(call.response).encode(),
        status=call.status,
        headers=headers,
    )
