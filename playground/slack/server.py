"""The local Slack as one object: start it, act as a person in it, look at what the bot did."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

from aiohttp import web

from playground.bell import Bell
from playground.guard import guard
from playground.slack.api import Api, Call, Tokens
from playground.slack.deliveries import Deliveries, Delivery
from playground.slack.dump import describe
from playground.slack.faults import Cut, Fault
from playground.slack.filestore import FileServer
from playground.slack.frames import Frames
from playground.slack.manifest import Manifest
from playground.slack.modals import top
from playground.slack.page import Page
from playground.slack.pageactions import Mortal, PageActions, Server
from playground.slack.people import People
from playground.slack.records import Channel, Kind, Session, User
from playground.slack.refusal import Json
from playground.slack.responses import ResponseUrls
from playground.slack.seed import furnish
from playground.slack.sessions import current
from playground.slack.socketmode import SocketMode
from playground.slack.workspace import BOT_USER, TEAM, Workspace

HOST = "127.0.0.1"
_MOST_UPLOAD = 64 * 1024 * 1024

T = TypeVar("T")


class LocalSlack(People):
    """A Slack workspace on a port of this machine; use it as `async with LocalSlack() as slack`.

    `clock` gives the seconds since 1970 by which streams, trigger ids and limits age. With the
    app's `manifest` only its events are sent, only its commands exist and its scopes are asked for.
    """

    team = TEAM
    bot_user = BOT_USER

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        manifest: Json | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self.port = port
        workspace = Workspace(clock)
        workspace.manifest = Manifest(manifest)
        furnish(workspace)
        self.tokens = tokens or Tokens()
        self.socket = SocketMode(lambda: workspace.tell("connection"))
        super().__init__(workspace, Deliveries(workspace, self.socket))
        self.api = Api(self.workspace, self.tokens)
        self.files = FileServer(self.workspace, self.tokens.bot)
        self._actions = PageActions(self)
        self._frames = Frames(self.api, self.deliveries, self._actions)
        self._page = Page(self.workspace, self._frames, self._actions)
        self._bell = Bell()
        self.workspace.outbox = self.deliveries.event
        self.workspace.upload_url = self.files.upload_url
        self.workspace.socket_url = self._socket_url
        self.workspace.watchers += [self._page.tell, lambda kind, about: self._bell.ring()]
        self._runner: web.AppRunner | None = None

    # Starting and stopping

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Open the port and serve."""
        app = web.Application(client_max_size=_MOST_UPLOAD, middlewares=[guard])
        app.add_routes(self._routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        self.workspace.url = self.url

    def _routes(self) -> list[web.RouteDef]:
        responses = ResponseUrls(self.workspace)
        return [
            web.route("*", "/api/{method}", self.api.handle),
            web.get("/socket", self.socket.handle),
            web.post("/commands/{ticket}", responses.handle),
            web.post("/upload/v1/{ticket}", self.files.receive),
            web.get("/files-pri/{file}/{name}", self.files.download),
            web.get("/files-pri/download/{file}/{name}", self.files.download),
            web.get("/page/file/{file}", self.files.show),
            *self._page.routes(),
        ]

    async def close(self) -> None:
        """Close every connection and the port."""
        await self.deliveries.close()
        await self.socket.close()
        await self._page.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """Return the base of the Web API, as slack_sdk's `base_url` wants it."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """Return the bot's xoxb token."""
        return self.tokens.bot

    @property
    def app_token(self) -> str:
        """Return the xapp token for Socket Mode."""
        return self.tokens.app

    @property
    def signing_secret(self) -> str:
        """Return the secret that signs HTTP deliveries."""
        return self.tokens.signing_secret

    def _socket_url(self) -> str:
        return f"ws://{HOST}:{self.port}/socket?ticket={self.socket.ticket()}"

    # What Slack does

    def emit(self, event: Json) -> Delivery:
        """Send any event to the bot, also one of a kind that nobody knows."""
        return self.deliveries.event(event)

    def redeliver(self, event_id: str, times: int = 1) -> None:
        """Deliver an event again although the bot has acknowledged it."""
        for delivery in self.deliveries.log:
            if delivery.payload.get("event_id") == event_id:
                self.deliveries.again(delivery, times)
                return
        raise LookupError(event_id)

    def deliver_to(self, url: str) -> None:
        """Deliver by signed HTTP to this address instead of Socket Mode."""
        self.deliveries.deliver_to(url, self.tokens.signing_secret)

    async def verify_url(self) -> bool:
        """Ask the address to prove itself (`url_verification`), as when it is configured."""
        return await self.deliveries.verify()

    def drop_sockets(self) -> None:
        """Cut the bot's websockets."""
        self.socket.drop()

    async def refresh_sockets(self) -> None:
        """Ask the bot to renew its websockets (`disconnect`, `refresh_requested`)."""
        await self.socket.refresh()

    def fail(
        self,
        method: str,
        error: str | None = None,
        *,
        status: int | None = None,
        delay: float = 0.0,
        times: int | None = 1,
        retry_after: int | None = None,
        cut: Cut | None = None,
        when: Callable[[Json], bool] | None = None,
    ) -> Fault:
        """Let the next calls of a method (a pattern such as `chat.*Stream` too) go wrong."""
        fault = Fault(method, error, status, delay, times, retry_after, cut, when)
        return self.api.faults.add(fault)

    def heal(self, method: str | None = None) -> None:
        """End the faults of one method, or all."""
        self.api.faults.heal(method)

    # The stage

    def add_user(self, identifier: str, name: str = "", **about: Any) -> User:
        """Add a person; their direct message with the bot comes with them."""
        user = User(identifier, name or identifier.lower(), **about)
        self.workspace.users[identifier] = user
        self.workspace.tell("people")
        return user

    def add_channel(
        self, identifier: str, name: str, kind: Kind = "channel", members: Sequence[str] = ()
    ) -> Channel:
        """Add a channel; the bot is in it only when listed."""
        channel = Channel(identifier, name, kind, members=list(members))
        self.workspace.channels[identifier] = channel
        self.workspace.tell("people")
        return channel

    # What the bot did

    @property
    def calls(self) -> list[Call]:
        """Return every API call so far."""
        return self.api.calls

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method."""
        return [call for call in self.api.calls if call.method == method]

    @property
    def log(self) -> list[Delivery]:
        """Return everything that was delivered to the bot, or is about to be."""
        return self.deliveries.log

    def events(self, kind: str) -> list[Delivery]:
        """Return the deliveries of one type of event."""
        return [delivery for delivery in self.log if delivery.event.get("type") == kind]

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """Return a thread (its first message, then the replies), or all of a channel by time."""
        place = self.workspace.channels[channel]
        if thread_ts is not None:
            return place.thread(thread_ts)
        return list(place.messages.values())

    def session(self, channel: str, thread_ts: str) -> Session | None:
        """Return a thread's agent session: status, legacy text, title."""
        found = self.workspace.sessions.get((channel, thread_ts))
        return current(self.workspace, found) if found is not None else None

    def view(self, user: str) -> Json | None:
        """Return the modal that a person sees."""
        found = top(self.workspace, user)
        return found.body if found else None

    def home(self, user: str) -> Json | None:
        """Return a person's App Home."""
        found = self.workspace.homes.get(user)
        return found.body if found else None

    def ephemerals(self, user: str) -> list[Json]:
        """Return the messages that only this person sees."""
        return [body for (who, _), body in self.workspace.ephemerals.items() if who == user]

    @property
    def notices(self) -> list[Json]:
        """Return what the page says plainly; add to it before people open the page."""
        return self._frames.notices

    def let_stop(self, model: Server) -> None:
        """Let people on the page stop the model's server and start it again."""
        self._actions.model = model

    def let_crash(self, bot: Mortal) -> None:
        """Let people on the page kill the bot, and start it again however it ended."""
        self._actions.bot = bot
        self.workspace.tell("connection")

    def bot_ended(self, how: str) -> None:
        """Say on the page how the bot has ended: `ended with ...`."""
        self._frames.ended = how
        self.workspace.tell("connection")

    def bot_started(self) -> None:
        """Say no more that the bot has ended."""
        self._frames.ended = ""
        self.workspace.tell("connection")

    def status(self, channel: str, thread_ts: str) -> str:
        """Return what people see above a thread: the legacy text or the session's status."""
        session = self.session(channel, thread_ts)
        return (session.text or session.status) if session is not None else ""

    @property
    def sessions(self) -> dict[tuple[str, str], Session]:
        """Return all agent sessions by channel and thread."""
        return self.workspace.sessions

    async def wait(self, predicate: Callable[[Self], T], timeout: float = 60.0) -> T:
        """Wait until the predicate is true and return what it gave.

        It is asked after every change here, and now and then for what changes elsewhere.
        """
        try:
            return await self._bell.until(lambda: predicate(self), timeout)
        except TimeoutError as error:
            raise AssertionError(describe(self.workspace, self.calls, self.log)) from error
