"""Look at everything that can be wrong before people notice, and say what to do about each.

`doctor` runs every check. It changes nothing, but it opens the database, which makes one or brings
it up to date as `migrate` does. `run` refuses to start with the same sentences where only a change
can help; it waits a while for Slack, and only logs what else may pass by itself (a model's server
that is down).
"""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot import clients, manifest
from bot.app import load_functions
from bot.commands.functions.known import of_kind
from bot.findings import Finding
from bot.openai.client import OpenAI
from bot.openai.errors import (
    APIConnectionError,
    APIResponseValidationError,
    AuthenticationError,
    InsufficientQuotaError,
    OpenAIError,
    OperationNotFoundError,
    RedirectedError,
)
from bot.settings import Settings
from bot.slack import explain
from bot.slack.calls import checks
from bot.slack.calls.client import slack_session
from bot.web import refusal
from functions import Context, FunctionError, McpFunction, Registry, User
from storage import Storage, StorageError, StorageInUseError, look_into, milliseconds, open_storage

_ANSWER_S = 30.0  # that a model may take
_LIST_S = 10.0  # that its server may take to list the others
_NAMED = 12  # models, or tools of a server
_SUBJECTS: tuple[tuple[type[OpenAIError], str], ...] = (  # where it is not the model's
    (AuthenticationError, "OPENAI_API_KEY"),
    (InsufficientQuotaError, "OPENAI_API_KEY"),
    (OperationNotFoundError, "OPENAI_BASE_URL"),
    (APIResponseValidationError, "OPENAI_BASE_URL"),
    (RedirectedError, "OPENAI_BASE_URL"),
)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield the findings, one check after the other."""
    async for finding in _slack(settings):
        yield finding
    yield await _model(settings)
    database, is_running = await _database(settings)
    yield database
    if settings.http_port is not None:
        yield await _port(settings.address, settings.http_port, is_running)
    async with _stored(settings, is_running) as storage:
        registry = load_functions(settings, storage)
        await registry.refresh()
        for finding in _functions(registry, settings):
            yield finding
        taken = await _tools(storage) if storage else []
        for server in sorted({*settings.mcp_servers, *(one.server for one in taken)}):
            functions = [one for one in taken if one.server == server]
            yield await _mcp_server(registry, settings, server, functions)
        await registry.aclose()
    yield _admins(settings)


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    async with slack_session() as session:
        client = clients.slack(settings, session)
        identity, finding = await checks.bot_token(client)
        yield finding
        if identity:
            yield checks.scopes(identity, manifest.SCOPES)
            yield checks.clock(identity, milliseconds())
        if settings.mode == "socket" and settings.slack_app_token:
            yield await checks.app_token(client, settings.slack_app_token.get_secret_value())


async def _model(settings: Settings) -> Finding:
    model = settings.chat_model
    client = clients.main_client(settings)
    try:
        async with asyncio.timeout(_ANSWER_S):
            await client.chat.try_model(model)
        ending = await _ending(client, model)
    except (APIConnectionError, TimeoutError) as error:
        return Finding("OPENAI_BASE_URL", False, explain.unreachable(error, client.host))
    except OpenAIError as error:
        subject = next((name for kind, name in _SUBJECTS if isinstance(error, kind)), "CHAT_MODEL")
        others = await _others(client) if subject == "CHAT_MODEL" else ""
        return Finding(subject, False, _refused(error, model) + others)
    finally:
        await client.aclose()
    return Finding("CHAT_MODEL", not ending, ending or f"{model} answers at {client.host}")


async def _ending(client: OpenAI, model: str) -> str | None:
    """Say that a model is shut down soon, where its server tells."""
    try:
        async with asyncio.timeout(_LIST_S):
            return explain.ending(await client.models.retrieve(model))
    except (OpenAIError, TimeoutError):
        return None


def _refused(error: OpenAIError, model: str) -> str:
    """Return what to do; of a refusal without a sentence of its own, what the server called it."""
    advice = explain.advice(error, model)
    if advice != explain.REFUSED:
        return advice
    named = ", ".join(str(word) for word in (error.status, error.code, error.param) if word)
    return f"The model's server refused to answer a short question ({named})."


async def _others(client: OpenAI) -> str:
    """Name the models that the server has, where it tells."""
    try:
        async with asyncio.timeout(_LIST_S):
            names = sorted(model.id for model in await client.models.list())
    except (OpenAIError, TimeoutError):
        return ""
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f" The server has: {shown}." if names else " The server lists no models."


async def _database(settings: Settings) -> tuple[Finding, bool]:
    """Look at the database, and tell whether a running bot has it open."""
    subject, url = "DATABASE_URL", settings.database_url
    try:
        storage = await _open(url)
    except StorageInUseError:
        return Finding(subject, True, f"{url} is open in a running Callboard"), True
    except StorageError as error:
        return Finding(subject, False, str(error)), False
    version = storage.engine.version
    await storage.close()
    return Finding(subject, True, f"{url} is ready ({version})"), False


async def _open(url: str) -> Storage:
    return await open_storage(url, owner=f"doctor:{os.getpid()}")


async def _port(host: str, port: int, is_running: bool) -> Finding:
    """Try to listen; of a running bot it is no wonder that its port is taken."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except OSError as error:
        if is_running and error.errno == errno.EADDRINUSE:
            return Finding("PORT", True, f"{port} is taken, as by the running Callboard")
        return Finding("PORT", False, refusal(error, host, port))
    server.close()
    return Finding("PORT", True, f"{port} is free on {host}")


def _functions(registry: Registry, settings: Settings) -> list[Finding]:
    subject = "FUNCTIONS"
    broken = [Finding(subject, False, f"{one.file}: {one.sentence}") for one in registry.errors]
    names = ", ".join(sorted(registry.functions)) or "none"
    findings = [*broken, Finding(subject, True, f"{len(registry.functions)} loaded: {names}")]
    forced = settings.chat_tool_choice
    if forced not in ("auto", "none") and forced not in registry.functions:
        text = f"{forced} is no function. Set `auto`, `none`, or one of: {names}."
        findings.append(Finding("CHAT_TOOL_CHOICE", False, text))
    return findings


@asynccontextmanager
async def _stored(settings: Settings, is_running: bool) -> AsyncIterator[Storage | None]:
    """Give what is stored, to read; None where that cannot be, which was told already.

    Only who may write takes SQLite's files beside the database away at the end.
    """
    storage, url = None, settings.database_url
    try:
        storage = await (look_into(url) if is_running else _open(url))
        await storage.registrations.all()
    except StorageError:
        if storage:
            await storage.close()
        yield None
        return
    try:
        yield storage
    finally:
        await storage.close()


async def _tools(storage: Storage) -> list[McpFunction]:
    """Return the functions that admins made of tools of MCP servers."""
    return list(of_kind(McpFunction, await storage.registrations.all()))


async def _mcp_server(
    registry: Registry, settings: Settings, server: str, taken: Sequence[McpFunction]
) -> Finding:
    """Ask a server of MCP for its tools, and hold them against those that were taken."""
    command = f"/{settings.command_prefix}-functions"
    started = server in settings.mcp_servers
    subject = f"MCP_SERVERS {server}" if started else f"MCP {server}"
    secrets = {name: one.get_secret_value() for name, one in settings.function_secrets.items()}
    context = Context(user=User(id="", name=""), secrets=secrets)
    secret = next((one.secret for one in taken), None)
    try:
        offers = await registry.mcp_offers(server, secret, taken, context)
    except FunctionError as error:
        advice = "" if started else (
            f" Until it answers, calls of its tools fail; {command} remove NAME takes one away."
        )  # fmt: skip
        return Finding(subject, False, f"{error}{advice}")
    same = {one.tool.name for one in offers if one.function and not one.is_changed}
    if off := sorted({one.name for one in taken if one.tool not in same}):
        text = (
            f"it answers, but describes {', '.join(off)} otherwise than when approved, or not at "
            f"all: an admin can look and approve by {command} mcp {server} --take changed"
        )
        return Finding(subject, False, text)
    names = ", ".join([one.tool.name for one in offers if one.function][:_NAMED])
    return Finding(
        subject, True, f"it {'starts' if started else 'answers'} and offers {names or 'no tools'}"
    )


def _admins(settings: Settings) -> Finding:
    if settings.admins:
        return Finding("ADMINS", True, f"{len(settings.admins)} named")
    return Finding("ADMINS", True, "nobody is named: the workspace's admins and owners count")
