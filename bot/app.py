"""Builds everything from the settings, starts it and stops it; the only file that knows everything.

Starting: functions, storage and Slack's word about our token; then the way in (Socket Mode or
HTTP); then the events that an earlier process left. Stopping: the socket is closed as soon as what
goes on beside the events has ended, running answers get time to end, and what cannot end, or comes
over HTTP meanwhile, is left for the next process.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot import __version__, clients, manifest
from bot.chat.knowledge import Knowledge
from bot.chat.turn import Limits
from bot.commands import shipped
from bot.commands.finetunes.board import TuningBoard
from bot.desk import guide
from bot.desk.desk import Desk
from bot.desk.request import Equipment, House
from bot.dispatch import Dispatch
from bot.errors import StartError
from bot.finetuning.follower import Follower
from bot.finetuning.watcher import Watcher
from bot.openai.accounts import Accounts
from bot.openai.client import OpenAI
from bot.purge import no_later, purge
from bot.running import Running
from bot.settings import Settings
from bot.slack.answering.answer import Answers
from bot.slack.answering.manner import Manner
from bot.slack.calls import checks
from bot.slack.calls.budget import Budget
from bot.slack.calls.client import slack_session
from bot.slack.calls.clock import LoopClock
from bot.slack.calls.send import Sender
from bot.slack.consent.approval import Approvals
from bot.slack.consent.clicks import Clicks
from bot.slack.consent.inquiry import Inquiries
from bot.slack.inbound.bolt import bolt_app
from bot.slack.inbound.command_intake import CommandIntake
from bot.slack.inbound.intake import Intake
from bot.slack.inbound.invocation import APPROVAL, COMMAND, INQUIRY
from bot.slack.outbound.faults import Faults
from bot.slack.outbound.greeting import greet
from bot.slack.outbound.respond import Responder
from bot.slack.workspace.backfill import missed
from bot.slack.workspace.directory import Directory
from bot.slack.workspace.files import Files
from bot.slack.workspace.groups import UserGroups
from bot.slack.workspace.people import People
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.search import Search
from bot.slack.workspace.threads import Threads
from bot.tasks import beside
from bot.worker import Worker
from functions import Context, Hosts, Registry, Web
from storage import Storage, StorageError, milliseconds, open_storage
from storage.engine import WallClock

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

_DRAIN_S = 18.0  # of the 25 that we promise; what is cancelled then, and closing, take the rest


@asynccontextmanager
async def running(
    settings: Settings,
    clock: WallClock = milliseconds,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Running]:
    """Start the bot, and stop it when the block ends; what was opened last is closed first.

    `sleep` waits some seconds.

    Raises:
        StartError: Slack, the model's server, the database or the port refused.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(slack_session())
        client = clients.slack(settings, session)
        opening = _opening(settings, clock)  # meanwhile Slack is asked
        stack.push_async_callback(_close, opening)
        identity = await clients.identified(client, sleep)
        slacks_clock = no_later(clock, identity.told_at or clock())
        if not (agreed := checks.clock(identity, clock())).ok:
            logger.warning("clock_wrong", extra={"advice": agreed.text})
        if not (granted := checks.scopes(identity, manifest.SCOPES)).ok:
            logger.warning("scopes_missing", extra={"advice": granted.text})
        storage = await _opened(opening)
        faults = Faults(client, storage.choices, identity.team, settings.admins)
        registry = load_functions(settings, storage, lambda: faults.note(registry.errors))
        stack.push_async_callback(registry.aclose)
        knowledge = Knowledge(storage.learned)
        stack.push_async_callback(knowledge.leave)
        openai = clients.main_client(settings, await knowledge.load(), knowledge.learn_parameters)
        accounts = clients.accounts(settings, openai)
        stack.push_async_callback(accounts.aclose)
        await clients.check_model(openai, settings.chat_model)
        slack = _slack(settings, client, identity, storage, clock, LoopClock(sleep))
        core = _Core(settings, clock, sleep, storage, slack, openai, accounts, registry, knowledge)
        watcher = _watcher(core)
        context = _context(core)
        desk = _desk(core, context, watcher.nudge)
        inquiries = Inquiries(storage, slack.sender, slack.identity.user, slack.people.names)
        worker = _worker(core, context, desk, inquiries)
        bot = _running(core, worker, desk, inquiries)
        await bot.serve()
        stack.push_async_callback(worker.release)
        stack.push_async_callback(bot.close_server)
        stack.push_async_callback(worker.leave, _DRAIN_S)
        stack.push_async_callback(bot.close_intake)
        await bot.connect()
        await stack.enter_async_context(beside(worker.sweep(), "sweep"))
        await stack.enter_async_context(beside(watcher.run(), "watch jobs"))
        await stack.enter_async_context(beside(faults.run(), "function faults"))
        if (days := settings.database_keep_days) is not None:
            await stack.enter_async_context(beside(purge(storage, days, slacks_clock), "purge"))
        faults.note(registry.errors)
        logger.info("ready", extra={"mode": settings.mode, "bot": identity.name, "port": bot.port})
        yield bot


@dataclass(frozen=True, slots=True)
class _Slack:
    """What speaks Slack for the whole bot."""

    client: AsyncWebClient
    identity: checks.Identity
    sender: Sender
    files: Files
    people: People
    rights: Rights


def _slack(
    settings: Settings,
    client: AsyncWebClient,
    identity: checks.Identity,
    storage: Storage,
    clock: WallClock,
    loop_clock: LoopClock,
) -> _Slack:
    people = People(client, storage.people, clock, {identity.user: identity.name})
    return _Slack(
        client=client,
        identity=identity,
        sender=Sender(client, Budget(loop_clock), loop_clock),
        files=Files(client),
        people=people,
        rights=Rights(people, identity.team, settings.admins),
    )


@dataclass(frozen=True, slots=True)
class _Core:
    """What the parts of the bot are made of."""

    settings: Settings
    clock: WallClock
    sleep: Sleep
    storage: Storage
    slack: _Slack
    openai: OpenAI
    accounts: Accounts
    registry: Registry
    knowledge: Knowledge


def _context(core: _Core) -> Callable[..., Context]:
    """Return what makes the context of a call, in a turn or from a command."""
    client, people = core.slack.client, core.slack.people
    given = core.settings.function_secrets.items()
    return partial(
        Context,
        messages=Search(client, core.storage.messages, people, core.slack.identity.user),
        people=Directory(client, people, core.clock),
        groups=UserGroups(client, core.clock),
        secrets={name: one.get_secret_value() for name, one in given},
    )


def _watcher(core: _Core) -> Watcher:
    """Return what follows fine-tuning jobs, and shows them in Slack."""
    slack, accounts = core.slack, core.accounts
    board = TuningBoard(slack.sender, slack.files, accounts, core.settings.training_prices)
    client = partial(accounts.client, "files")
    return Watcher(Follower(core.storage.watches, client, board, core.clock))


def _worker(
    core: _Core, context: Callable[..., Context], desk: Desk, inquiries: Inquiries
) -> Worker:
    """Return the worker with all that answers events: turns, commands, clicks on what a turn asks.

    An approval that is decided makes the worker go on with its thread.
    """
    slack, storage = core.slack, core.storage
    approvals = Approvals(
        storage, slack.sender, slack.files, slack.rights, lambda ticket: worker.start(ticket)
    )
    answers = Answers(
        storage=storage,
        chat=core.openai.chat,
        registry=core.registry,
        people=slack.people,
        rights=slack.rights,
        knowledge=core.knowledge,
        approvals=approvals,
        inquiries=inquiries,
        files=slack.files,
        sender=slack.sender,
        manner=_manner(core.settings, slack.identity.name),
        bot_user=slack.identity.user,
        context=context,
    )
    pressed: dict[str, Desk | Clicks] = {
        COMMAND: desk,
        APPROVAL: Clicks(slack.client, storage, approvals.decide),
        INQUIRY: Clicks(slack.client, storage, inquiries.take),
    }
    dispatch = Dispatch(answers, pressed, storage.choices)
    worker = Worker(storage, dispatch, core.clock, sleep=core.sleep)
    return worker


def _running(core: _Core, worker: Worker, desk: Desk, inquiries: Inquiries) -> Running:
    """Return the bot with its ways in: commands go first, then events."""
    settings, storage, slack = core.settings, core.storage, core.slack
    client, bot_user = slack.client, slack.identity.user
    functions = partial(_described, core.registry, slack.identity.team)
    intake = Intake(
        storage,
        bot_user,
        start=worker.start,
        stop=worker.stop,
        opened=partial(greet, client, bot_user, manifest.PROMPTS, functions),
        names=slack.people.names,
        missed=partial(missed, client, bot_user),
        asked=inquiries.asked,
    )
    commands = CommandIntake(
        storage,
        bot_user,
        events=intake,
        start=worker.start,
        check=desk.check,
        named=desk.named,
    )
    return Running(
        storage,
        worker,
        intake,
        commands,
        bolt_app(client, commands),
        app_token=_revealed(settings.slack_app_token) if settings.mode == "socket" else None,
        signing_secret=_revealed(settings.slack_signing_secret),
        address=settings.address,
        port=settings.http_port,
    )


def _revealed(secret: SecretStr | None) -> str:
    """Return a secret's text; "" without one."""
    return secret.get_secret_value() if secret else ""


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


def _desk(core: _Core, context: Callable[..., Context], nudge: Callable[[], None]) -> Desk:
    settings, slack = core.settings, core.slack
    house = House(
        name=slack.identity.name,
        user=slack.identity.user,
        version=__version__,
        mode=settings.mode,
        model=settings.chat_model,
        started=core.clock(),
        prices={name: (one.input, one.output) for name, one in settings.openai_prices.items()},
        training=settings.training_prices,
        models=settings.openai_models.model_dump(),
    )
    catalogue = shipped.catalogue(settings.command_prefix)
    equipment = Equipment(
        storage=core.storage,
        accounts=core.accounts,
        files=slack.files,
        threads=Threads(slack.client, slack.identity.user),
        people=slack.people,
        rights=slack.rights,
        house=house,
        prefix=catalogue.prefix,
        clock=core.clock,
        help=partial(guide.answer, catalogue),
        nudge=nudge,
        registry=core.registry,
        context=context,
    )
    return Desk(catalogue, equipment, partial(Responder, slack.client))


def load_functions(
    settings: Settings, storage: Storage | None, tell: Callable[[], None] = lambda: None
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
        timeout=settings.chat_turn_timeout,
    )
