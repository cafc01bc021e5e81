"""Builds everything from the settings, starts it and stops it; the only file that knows everything.

Starting: functions, storage and Slack's word about our token; then the way in (Socket Mode or
HTTP); then the events that an earlier process left. Stopping: the way in is closed first, running
answers get time to end, what cannot end is left for the next process.
"""

import asyncio
import logging
import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot import __version__, clients, manifest
from bot.chat.knowledge import Knowledge
from bot.chat.turn import Limits
from bot.commands import shipped
from bot.commands.finetunes.watching import watcher
from bot.desk import guide
from bot.desk.desk import Desk
from bot.desk.request import Equipment, House
from bot.dispatch import Dispatch
from bot.errors import StartError
from bot.openai.accounts import Accounts
from bot.openai.client import OpenAI
from bot.purge import Purge
from bot.running import Running, reveal
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
from bot.slack.inbound.bolt import bolt_app
from bot.slack.inbound.command_intake import CommandIntake
from bot.slack.inbound.greeting import Greeting
from bot.slack.inbound.intake import Intake
from bot.slack.inbound.invocation import APPROVAL, INQUIRY
from bot.slack.outbound.faults import Faults
from bot.slack.outbound.reply import Reply
from bot.slack.outbound.respond import Responder
from bot.slack.workspace.backfill import missed
from bot.slack.workspace.files import Files
from bot.slack.workspace.groups import UserGroups
from bot.slack.workspace.people import Directory, People
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.search import Search
from bot.slack.workspace.threads import Threads
from bot.worker import Worker
from functions import Change, Context, Hosts, Registry, Web
from storage import Storage, StorageError, milliseconds, open_storage
from storage.engine import WallClock
from storage.records import Ticket

logger = logging.getLogger(__name__)

_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0)  # before Slack is asked again who we are
_DRAIN_S = 18.0  # of the 25 that we promise; what is cancelled then, and closing, take the rest


@asynccontextmanager
async def running(
    settings: Settings,
    clock: WallClock = milliseconds,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Running]:
    """Start the bot, and stop it when the block ends; what was opened last is closed first."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(slack_session())
        client = clients.slack(settings, session)
        opening = _opening(settings, clock)  # meanwhile Slack is asked
        stack.push_async_callback(_close, opening)
        identity = await _identified(client, sleep)
        storage = await _opened(opening)
        if not (granted := checks.scopes(identity, manifest.SCOPES)).ok:
            logger.warning("scopes_missing", extra={"advice": granted.text})
        faults = Faults(client, storage.choices, identity.team, settings.admins)
        registry = load_functions(settings, storage, lambda _: faults.note(registry.errors))
        stack.push_async_callback(faults.leave)
        stack.push_async_callback(registry.aclose)
        knowledge = Knowledge(storage.learned)
        stack.push_async_callback(knowledge.leave)
        openai = clients.main_client(settings, await knowledge.load(), knowledge.learn_parameters)
        accounts = clients.accounts(settings, openai)
        stack.push_async_callback(accounts.aclose)
        await clients.check_model(openai, settings.chat_model)
        slack = _slack(settings, client, identity, storage, clock)
        answers = _answers(settings, slack, storage, openai, registry, knowledge, clock)
        prices = settings.training_prices
        follower = watcher(slack.sender, slack.files, storage, accounts, prices, clock)
        stack.push_async_callback(follower.leave)
        purge = Purge(storage, settings.database_keep_days, clock)
        stack.push_async_callback(purge.leave)
        desk = _desk(settings, slack, answers, accounts, follower.nudge, clock)
        clicks = _clicks(answers, slack, lambda ticket: worker.start(ticket))
        worker = Worker(storage, Dispatch(answers, desk, clicks, storage.choices), clock)
        bot = _running(settings, slack, answers, worker, desk)
        await bot.serve()
        stack.push_async_callback(bot.close_server)
        stack.push_async_callback(worker.leave, _DRAIN_S)
        stack.push_async_callback(bot.close_intake)
        await bot.connect()
        worker.watch()
        follower.start()
        purge.start()
        faults.start()
        faults.note(registry.errors)
        bot.state = None
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
) -> _Slack:
    return _Slack(
        client=client,
        identity=identity,
        sender=Sender(client, Budget(LoopClock()), LoopClock()),
        files=Files(client),
        people=People(client, storage.people, clock),
        rights=Rights(client, settings.admins, clock),
    )


def _answers(
    settings: Settings,
    slack: _Slack,
    storage: Storage,
    openai: OpenAI,
    registry: Registry,
    knowledge: Knowledge,
    clock: WallClock,
) -> Answers:
    client, bot_user = slack.client, slack.identity.user
    secrets = {name: one.get_secret_value() for name, one in settings.function_secrets.items()}
    return Answers(
        client=client,
        storage=storage,
        chat=openai.chat,
        registry=registry,
        people=slack.people,
        knowledge=knowledge,
        approvals=Approvals(storage, slack.sender, slack.files),
        inquiries=Inquiries(storage, slack.sender),
        files=slack.files,
        sender=slack.sender,
        manner=_manner(settings, slack.identity.name),
        bot_user=bot_user,
        reply=partial(Reply, slack.sender),
        context=partial(
            Context,
            messages=Search(client, storage.messages, slack.people, bot_user),
            people=Directory(client, slack.people, clock),
            groups=UserGroups(client, clock),
            secrets=secrets,
        ),
    )


def _clicks(answers: Answers, slack: _Slack, start: Callable[[Ticket], None]) -> dict[str, Clicks]:
    """Return who takes the clicks on what a turn asks."""
    storage = answers.storage
    approver = Approver(answers.approvals, slack.rights, start)
    inquirer = Inquirer(answers.inquiries)
    return {
        APPROVAL: Clicks(slack.client, storage, approver.decide),
        INQUIRY: Clicks(slack.client, storage, inquirer.take),
    }


def _running(
    settings: Settings, slack: _Slack, answers: Answers, worker: Worker, desk: Desk
) -> Running:
    """Return the bot with its ways in: commands go first, then events."""
    client, bot_user, storage = slack.client, answers.bot_user, answers.storage
    functions = partial(_described, answers.registry, slack.identity.team)
    intake = Intake(
        storage,
        bot_user,
        start=worker.start,
        stop=worker.stop,
        opened=Greeting(client, bot_user, manifest.PROMPTS, functions).opened,
        names=slack.people.names,
        missed=partial(missed, client, bot_user),
    )
    commands = CommandIntake(
        storage,
        bot_user,
        events=intake,
        start=worker.start,
        check=desk.check,
        named=desk.named,
    )
    bolt = bolt_app(client, reveal(settings.slack_signing_secret), commands)
    return Running(settings, storage, worker, intake, commands, bolt)


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


async def _identified(
    client: AsyncWebClient, sleep: Callable[[float], Awaitable[None]]
) -> checks.Identity:
    """Return who Slack says we are; trouble that may pass is waited for, about half a minute."""
    for pause in (*_PAUSES_S, None):
        identity, finding = await checks.bot_token(client)
        if identity:
            return identity
        if pause is None or not finding.passing:
            break
        logger.warning("slack_not_reached", extra={"advice": finding.text})
        await sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
    raise StartError(f"{finding.subject}: {finding.text}")


def _desk(
    settings: Settings,
    slack: _Slack,
    answers: Answers,
    accounts: Accounts,
    nudge: Callable[[], None],
    clock: WallClock,
) -> Desk:
    house = House(
        name=slack.identity.name,
        user=slack.identity.user,
        version=__version__,
        mode=settings.mode,
        model=settings.chat_model,
        started=clock(),
        prices={name: (one.input, one.output) for name, one in settings.openai_prices.items()},
        training=settings.training_prices,
        models=settings.openai_models.model_dump(),
    )
    catalogue = shipped.catalogue(settings.command_prefix)
    equipment = Equipment(
        storage=answers.storage,
        accounts=accounts,
        files=slack.files,
        threads=Threads(slack.client, slack.identity.user),
        rights=slack.rights,
        house=house,
        prefix=catalogue.prefix,
        clock=clock,
        help=partial(guide.answer, catalogue),
        nudge=nudge,
        registry=answers.registry,
        context=answers.context,
    )
    return Desk(catalogue, equipment, partial(Responder, slack.client))


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
