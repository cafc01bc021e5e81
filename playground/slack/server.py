"""The local Slack as one object: start it, act as a person in it, look at what the bot did."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

from aiohttp import web

from playground.slack import people
from playground.slack.api import Api, Call, Tokens
from playground.slack.bell import Bell
from playground.slack.deliveries import Deliveries, Delivery
from playground.slack.dump import describe
from playground.slack.faults import Cut, Fault
from playground.slack.filestore import FileServer, upload
from playground.slack.frames import Frames
from playground.slack.guard import guard
from playground.slack.interactions import Interactions
from playground.slack.manifest import Manifest
from playground.slack.modals import top
from playground.slack.page import Page
from playground.slack.pageactions import PageActions
from playground.slack.records import Channel, Kind, Session, User
from playground.slack.refusal import Json, Refusal
from playground.slack.responses import ResponseUrls
from playground.slack.seed import furnish
from playground.slack.sessions import current
from playground.slack.socketmode import SocketMode
from playground.slack.workspace import BOT_USER, TEAM, Workspace

HOST = "127.0.0.1"
_MOST_UPLOAD = 64 * 1024 * 1024

T = TypeVar("T")


class LocalSlack:
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
    ) -> None:
        self.port = port
        self.workspace = Workspace(clock)
        self.workspace.manifest = Manifest(manifest)
        furnish(self.workspace)
        self.tokens = Tokens()
        self.socket = SocketMode(lambda: self.workspace.tell("connection"))
        self.deliveries = Deliveries(self.workspace, self.socket)
        self.api = Api(self.workspace, self.tokens, self._open_connection)
        self.interactions = Interactions(self.workspace, self.deliveries)
        self.files = FileServer(self.workspace, self.tokens.bot)
        self._frames = Frames(self.api, self.deliveries)
        actions = PageActions(self.workspace, self.interactions)
        self._page = Page(self.workspace, self._frames, actions)
        self._bell = Bell()
        self.workspace.outbox = self.deliveries.event
        self.workspace.upload_url = self.files.upload_url
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

    def _open_connection(self) -> Json:
        return {"ok": True, "url": f"ws://{HOST}:{self.port}/socket?ticket={self.socket.ticket()}"}

    # What people do

    async def say(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
    ) -> str:
        """Write a message as a person; return its ts."""
        return people.say(self.workspace, channel, user, text, thread_ts, files)

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Edit a person's message."""
        people.edit(self.workspace, channel, ts, text)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message."""
        people.delete(self.workspace, channel, ts)

    async def react(
        self, channel: str, ts: str, user: str, name: str, *, remove: bool = False
    ) -> None:
        """React to a message as a person, or take the reaction back."""
        people.add_reaction(self.workspace, channel, ts, user, name, remove=remove)

    async def stop(self, channel: str, thread_ts: str, user: str) -> None:
        """Press the Stop button of a thread."""
        people.stop(self.workspace, channel, thread_ts, user)

    async def join(self, channel: str, user: str) -> None:
        """Let someone (also the bot) join a channel."""
        people.join(self.workspace, channel, user)

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's Home tab (or `messages`) as a person."""
        people.open_tab(self.workspace, user, tab)

    async def command(self, text: str, user: str, channel: str) -> Delivery:
        """Run a slash command, such as `/ai help`; return what was delivered and answered."""
        return await self.interactions.command(user, channel, text)

    async def click(
        self,
        user: str,
        action_id: str,
        *,
        channel: str = "",
        message_ts: str = "",
        view_id: str = "",
        block_id: str = "",
        **given: Any,
    ) -> Delivery:
        """Press or choose something in a message or a view.

        What was chosen is `value="..."` or Slack's own field (`selected_option={...}`).
        """
        if view_id:
            return await self.interactions.click_view(user, view_id, action_id, block_id, given)
        return await self.interactions.click_message(
            user, channel, message_ts, action_id, block_id, given
        )

    async def submit(
        self, user: str, values: dict[str, dict[str, Any]] | None = None, view_id: str = ""
    ) -> Delivery:
        """Fill in the modal on top (plain texts or Slack's state dicts) and submit it."""
        return await self.interactions.submit(user, view_id or self._top(user), values or {})

    async def close_view(self, user: str, view_id: str = "") -> None:
        """Close the modal on top by its cross."""
        await self.interactions.close_view(user, view_id or self._top(user))

    def _top(self, user: str) -> str:
        view = top(self.workspace, user)
        if view is None:
            raise Refusal("view_not_found")
        return view.id

    async def shortcut(
        self, user: str, callback_id: str, channel: str = "", message_ts: str = ""
    ) -> Delivery:
        """Run a global shortcut, or one on a message."""
        return await self.interactions.shortcut(user, callback_id, channel, message_ts)

    def upload(self, user: str, name: str, content: bytes) -> str:
        """Upload a file as a person; return its id for `say(files=[...])`."""
        return str(upload(self.workspace, name, content, user)["id"])

    async def uninstall(self) -> None:
        """Remove the app from the workspace."""
        people.uninstall(self.workspace)

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

    @property
    def limits(self) -> bool:
        """Tell whether Slack's rate limits are enforced."""
        return self.api.limits.on

    @limits.setter
    def limits(self, on: bool) -> None:
        self.api.limits.on = on

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

    @property
    def sessions(self) -> dict[tuple[str, str], Session]:
        """Return all agent sessions by channel and thread."""
        return self.workspace.sessions

    async def wait(self, predicate: Callable[[Self], T], timeout: float = 5.0) -> T:
        """Wait until the predicate is true of this Slack and return what it gave."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate(self)):
                    await self._bell.rung()
                return found
        except TimeoutError as error:
            raise AssertionError(describe(self.workspace, self.calls, self.log)) from error
