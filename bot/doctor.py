"""Look at everything that can be wrong before people notice, and say what to do about each.

`doctor` runs every check and changes nothing. `run` refuses to start with the same sentences.
"""

import asyncio
import os
from collections.abc import AsyncIterator

from bot import manifest
from bot.app import load_functions
from bot.clients import main_client, try_model
from bot.findings import Finding
from bot.openai.client import OpenAI
from bot.openai.errors import APIConnectionError, OpenAIError
from bot.settings import Settings
from bot.slack import checks, explain
from bot.slack.client import slack_client, slack_session
from functions import FunctionError, Registry
from storage import StorageError, StorageInUseError, open_storage

_MODELS_SHOWN = 12


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield the findings, one check after the other."""
    async for finding in _slack(settings):
        yield finding
    yield await _model(settings)
    yield await _database(settings)
    registry = load_functions(settings)
    for finding in _functions(registry, settings):
        yield finding
    for name in sorted(settings.mcp_servers):
        yield await _mcp_server(registry, name)
    await registry.aclose()
    yield _admins(settings)


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    async with slack_session() as session:
        token = settings.slack_bot_token.get_secret_value()
        client = slack_client(token, settings.slack_api_url, session)
        identity, finding = await checks.bot_token(client)
        yield finding
        if identity:
            yield checks.scopes(identity, manifest.SCOPES)
        if settings.mode == "socket" and settings.slack_app_token:
            yield await checks.app_token(client, settings.slack_app_token.get_secret_value())


async def _model(settings: Settings) -> Finding:
    model = settings.chat_model
    client = main_client(settings)
    try:
        async with asyncio.timeout(30):
            await try_model(client, model)
    except (APIConnectionError, TimeoutError):
        text = (
            f"The model's server did not answer at {client.host}. Check the network, OPENAI_PROXY "
            "and OPENAI_BASE_URL."
        )
        return Finding("CHAT_MODEL", False, text)
    except OpenAIError as error:
        return Finding("CHAT_MODEL", False, explain.advice(error, model) + await _others(client))
    finally:
        await client.aclose()
    return Finding("CHAT_MODEL", True, f"{model} answers at {client.host}")


async def _others(client: OpenAI) -> str:
    """Name the models that the server has, where it tells."""
    try:
        async with asyncio.timeout(10):
            names = sorted(model.id for model in await client.models.list())
    except (OpenAIError, TimeoutError):
        return ""
    shown = ", ".join(names[:_MODELS_SHOWN]) + (", ..." if len(names) > _MODELS_SHOWN else "")
    return f" The server has: {shown}." if names else " The server lists no models."


async def _database(settings: Settings) -> Finding:
    subject = "DATABASE_URL"
    try:
        storage = await open_storage(settings.database_url, owner=f"doctor:{os.getpid()}")
    except StorageInUseError:
        return Finding(subject, True, f"{settings.database_url} is open in a running Callboard")
    except StorageError as error:
        return Finding(subject, False, str(error))
    version = storage.engine.version
    await storage.close()
    return Finding(subject, True, f"{settings.database_url} is ready ({version})")


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


async def _mcp_server(registry: Registry, name: str) -> Finding:
    """Start a server of MCP and ask for its tools."""
    subject = f"MCP_SERVERS {name}"
    try:
        tools = await registry.servers.tools(name, {})
    except FunctionError as error:
        return Finding(subject, False, str(error))
    names = ", ".join(tool.name for tool in tools[:_MODELS_SHOWN]) or "no tools"
    return Finding(subject, True, f"it starts and offers {names}")


def _admins(settings: Settings) -> Finding:
    if settings.admins:
        return Finding("ADMINS", True, f"{len(settings.admins)} named")
    return Finding("ADMINS", True, "nobody is named: the workspace's admins and owners count")
