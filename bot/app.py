"""Builds everything from the settings, starts it and stops it; the only file that knows everything.

Starting: functions, storage and Slack's word about our token; then the way in (Socket Mode or
HTTP); then the events that an earlier process left. Stopping: the way in is closed first, running
answers get time to end, what cannot end is left for the next process.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import __version__, clients, manifest
from bot.chat.knowledge import Knowledge
from bot.chat.turn import Limits
from bot.commands import shipped
from bot.commands.finetunes.watching import watcher
from bot.desk.desk import Desk
from bot.desk.opening import open_desk
from bot.desk.request import House
from bot.dispatch import Dispatch
from bot.errors import StartError
from bot.openai.accounts import Accounts
from bot.openai.client import OpenAI
from bot.purge import Purge
from bot.settings import Settings
from bot.slack.answering.answer import Answers
from bot.slack.answering.manner import Manner
from bot.slack.calls import checks
from bot.slack.calls.budget import Budget
from bot.slack.calls.client import slack_session
from bot.slack.calls.clock import LoopClock
from bot.slack.calls.send import Sender
from bot.slack.consent.approval import Approvals
from bot.slack.consent.approver import Approver
from bot.slack.consent.clicks import Clicks
from bot.slack.consent.inquiry import Inquirer, Inquiries
from bot.slack.inbound.bolt import Socket, bolt_app
from bot.slack.inbound.greeting import Greeting
from bot.slack.inbound.http import endpoint
from bot.slack.inbound.intake import Intake
from bot.slack.inbound.invocation import APPROVAL, INQUIRY
from bot.slack.inbound.orders import Orders
from bot.slack.outbound.faults import Faults
from bot.slack.outbound.reply import Reply
from bot.slack.workspace.backfill import missed
from bot.slack.workspace.files import Files
from bot.slack.workspace.groups import UserGroups
from bot.slack.workspace.people import Directory, People
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.search import Search
from bot.web import Server
from bot.worker import Worker
from functions import Change, Context, Hosts, Registry, Web
from storage import Storage, StorageError, milliseconds, open_storage
from storage.engine import WallClock

logger = logging.getLogger(__name__)

_DRAIN_S = 18.0  # of the 25 that we promise; what cannot end then takes up to five more
_DEFAULT_PORT = 3000


@asynccontextmanager
async def running(settings: Settings, clock: WallClock = milliseconds) -> AsyncIterator["Running"]:
    """Start the bot, and stop it when the block ends; what was opened last is closed first."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(slack_session())
        client = clients.slack(settings, session)
        opening = _opening(settings, clock)  # meanwhile Slack is asked
        stack.push_async_callback(_close, opening)
        identity = await _identified(client)
        storage = await _opened(opening)
        if not (granted := checks.scopes(identity, manifest.SCOPES)).ok:
            logger.warning("scopes_missing", extra={"advice": granted.text})
        faults = Faults(client, storage.choices, identity.team, settings.admins)
        registry = load_functions(settings, storage, lambda _: faults.are(registry.errors))
        stack.push_async_callback(faults.leave)
        stack.push_async_callback(registry.aclose)
        knowledge = Knowledge(storage.learned)
        stack.push_async_callback(knowledge.leave)
        openai = clients.main_client(settings, await knowledge.load(), knowledge.learn_parameters)
        accounts = clients.accounts(settings, openai)
        stack.push_async_callback(accounts.aclose)
        await clients.check_model(openai, settings.chat_model)
        people = People(client, storage.people, clock)
        budget = Budget(LoopClock())
        sender = Sender(client, budget, LoopClock())
        approvals = Approvals(storage, sender, Files(client))
        inquiries = Inquiries(storage, sender)
        rights = Rights(client, settings.admins, clock)
        answers = _answers(
            settings, client, identity, storage, openai, registry, knowledge, people, sender,
            approvals, inquiries, clock,
        )  # fmt: skip
        follower = watcher(client, budget, storage, accounts, settings.training_prices, clock)
        stack.push_async_callback(follower.leave)
        purge = Purge(storage, settings.database_keep_days, clock)
        stack.push_async_callback(purge.leave)
        commands = _desk(
            settings, client, identity, storage, accounts, registry, follower.nudge, rights,
            answers.context, clock,
        )  # fmt: skip
        approver = Approver(storage, approvals, rights, start=lambda ticket: worker.start(ticket))
        inquirer = Inquirer(storage, inquiries)
        clicks = {
            APPROVAL: Clicks(client, storage, approver.decide),
            INQUIRY: Clicks(client, storage, inquirer.take),
        }
        worker = Worker(storage, Dispatch(answers, commands, clicks, storage.choices), clock)
        bot = Running(settings, client, storage, worker, commands)
        bot.build(identity, registry, people)
        await bot.serve()
        stack.push_async_callback(bot.close_server)
        stack.push_async_callback(worker.leave, _DRAIN_S)
        stack.push_async_callback(bot.close_intake)
        await bot.connect()
        worker.watch()
        follower.start()
        purge.start()
        faults.start()
        faults.are(registry.errors)
        bot.state = None
        logger.info("ready", extra={"mode": settings.mode, "bot": identity.name, "port": bot.port})
        yield bot


class Running:
    """The ways in of a running bot, and its `storage`; `state` says why it is not ready."""

    def __init__(
        self,
        settings: Settings,
        client: AsyncWebClient,
        storage: Storage,
        worker: Worker,
        commands: Desk,
    ) -> None:
        self.state: str | None = "starting"
        self.port: int | None = None
        self._settings = settings
        self._client = client
        self.storage = storage
        self._worker = worker
        self._commands = commands
        self._intake: Intake
        self._orders: Orders
        self._bolt: AsyncApp
        self._socket: Socket | None = None
        self._server: Server | None = None

    def build(self, identity: checks.Identity, registry: Registry, people: People) -> None:
        """Make the Bolt app around the intake of events."""
        functions = partial(_described, registry, identity.team)
        greeting = Greeting(self._client, identity.user, manifest.PROMPTS, functions)
        self._intake = Intake(
            self.storage,
            identity.user,
            start=self._worker.start,
            stop=self._worker.stop,
            opened=greeting.opened,
            names=people.names,
            missed=partial(missed, self._client, identity.user),
        )
        self._orders = Orders(
            self.storage,
            identity.user,
            events=self._intake,
            start=self._worker.start,
            check=self._commands.check,
            named=self._commands.named,
        )
        secret = reveal(self._settings.slack_signing_secret)
        self._bolt = bolt_app(self._client, secret, self._orders)

    async def serve(self) -> None:
        """Open the HTTP server: always in HTTP mode, in Socket Mode only where a port is set."""
        http = self._settings.mode == "http"
        port = self._settings.port if self._settings.port is not None else _DEFAULT_PORT
        if not http and self._settings.port is None:
            return
        slack = endpoint(self._bolt) if http else None
        self._server = Server(self.not_ready, self.metrics, slack)
        try:
            self.port = await self._server.start(self._settings.address, port)
        except OSError as error:
            await self._server.close()
            raise StartError(
                f"Port {port} cannot be opened on {self._settings.address}: another program may "
                "have it. Set PORT to a free one."
            ) from error

    async def connect(self) -> None:
        """Open the Socket Mode connection, in that mode."""
        if self._settings.mode == "socket":
            self._socket = Socket(self._bolt, reveal(self._settings.slack_app_token))
            await self._socket.connect()

    async def close_intake(self) -> None:
        """Take no more events; what is not acknowledged Slack delivers again."""
        self.state = "leaving"
        self._intake.open = self._orders.open = False
        if self._socket:
            await self._socket.close()
        await self._intake.leave()

    async def close_server(self) -> None:
        """Close the HTTP server, which has said `not ready` while answers were ending."""
        if self._server:
            await self._server.close()

    def not_ready(self) -> str | None:
        """Tell why events would not arrive now, or nothing."""
        if self.state or not self._socket:
            return self.state
        return "no connection to Slack" if self._socket.lost else None

    def metrics(self) -> Mapping[str, float]:
        """Return the numbers of `/metrics`."""
        return {"ready": float(self.not_ready() is None), "threads": float(self._worker.running)}


def _answers(
    settings: Settings,
    client: AsyncWebClient,
    identity: checks.Identity,
    storage: Storage,
    openai: OpenAI,
    registry: Registry,
    knowledge: Knowledge,
    people: People,
    sender: Sender,
    approvals: Approvals,
    inquiries: Inquiries,
    clock: WallClock,
) -> Answers:
    return Answers(
        client=client,
        storage=storage,
        chat=openai.chat,
        registry=registry,
        people=people,
        knowledge=knowledge,
        approvals=approvals,
        inquiries=inquiries,
        manner=_manner(settings, identity.name),
        bot_user=identity.user,
        reply=partial(Reply, sender),
        context=partial(
            Context,
            messages=Search(client, storage.messages, people, identity.user),
            people=Directory(client, people, clock),
            groups=UserGroups(client, clock),
            secrets={
                name: value.get_secret_value() for name, value in settings.function_secrets.items()
            },
        ),
    )


def _opening(settings: Settings, clock: WallClock) -> asyncio.Task[Storage]:
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    opening = open_storage(settings.database_url, owner, clock)
    return asyncio.create_task(opening, name="open database")


async def _opened(opening: asyncio.Task[Storage]) -> Storage:
    try:
        return await opening
    except StorageError as error:
        raise StartError(str(error)) from error


async def _close(opening: asyncio.Task[Storage]) -> None:
    """Close the database, also where it is still being opened or could not be."""
    await asyncio.wait({opening})
    if not (opening.cancelled() or opening.exception()):
        await opening.result().close()


async def _identified(client: AsyncWebClient) -> checks.Identity:
    """Return who Slack says we are."""
    identity, finding = await checks.bot_token(client)
    if identity is None:
        raise StartError(f"{finding.subject}: {finding.text}")
    return identity


def _desk(
    settings: Settings,
    client: AsyncWebClient,
    identity: checks.Identity,
    storage: Storage,
    accounts: Accounts,
    registry: Registry,
    nudge: Callable[[], None],
    rights: Rights,
    context: Callable[..., Context],
    clock: WallClock,
) -> Desk:
    house = House(
        name=identity.name,
        user=identity.user,
        version=__version__,
        mode=settings.mode,
        model=settings.chat_model,
        started=clock(),
        prices={name: (one.input, one.output) for name, one in settings.openai_prices.items()},
        training=settings.training_prices,
        models=settings.openai_models.model_dump(),
    )
    return open_desk(
        client, shipped.catalogue(settings.command_prefix), house, storage=storage,
        accounts=accounts, rights=rights, registry=registry, context=context, nudge=nudge,
        clock=clock,
    )  # fmt: skip


def load_functions(
    settings: Settings,
    storage: Storage | None = None,
    tell: Callable[[Change], None] | None = None,
) -> Registry:
    """Load our own functions and those that FUNCTIONS names; a broken file is told and left out."""
    registry = Registry.load(
        ["functions", *settings.functions],
        store=storage.registrations if storage else None,
        web=Web(Hosts(settings.function_hosts)),
        launches=settings.mcp_servers,
        tell=tell,
    )
    for broken in registry.errors:
        logger.error("function_not_loaded", extra={"file": broken.file, "reason": broken.sentence})
    return registry


def _described(registry: Registry, team: str) -> list[tuple[str, str]]:
    """Return name and description of each function of a team, for the Home tab."""
    functions = sorted(registry.of(team).items())
    return [(name, one.tool["function"]["description"]) for name, one in functions]


def _manner(settings: Settings, name: str) -> Manner:
    fields: dict[str, Any] = {
        "max_completion_tokens": settings.chat_answer_tokens,
        "temperature": settings.chat_temperature,
        "reasoning_effort": settings.chat_reasoning_effort,
    }
    return Manner(
        name=name,
        model=settings.chat_model,
        prompt=settings.chat_prompt,
        limits=Limits(
            rounds=settings.chat_rounds,
            context=settings.chat_context_tokens,
            answer=settings.chat_answer_tokens,
        ),
        force=settings.chat_tool_choice,
        fields={name: value for name, value in fields.items() if value is not None},
        seconds=settings.chat_turn_timeout,
        admins=settings.admins,
    )


def reveal(secret: SecretStr | None) -> str:
    """Return a secret's text, or nothing."""
    return secret.get_secret_value() if secret else ""
