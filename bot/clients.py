"""The clients as the settings name them: Slack's, that of the model's server, and the others.

Both are asked at start whether they take what the settings say of us: token, key and model.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot import environment
from bot.credentials import Credential
from bot.errors import StartError
from bot.openai.accounts import Accounts
from bot.openai.chat.adapt import Rules
from bot.openai.client import OpenAI
from bot.openai.errors import (
    APIConnectionError,
    AuthenticationError,
    ModelNotFoundError,
    OpenAIError,
    OperationNotFoundError,
)
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.limits import Limits, Network, Timeouts
from bot.openai.wire.retry import RetryPolicy
from bot.openai.wire.tls import TLS
from bot.settings import Settings
from bot.slack import explain
from bot.slack.calls import checks
from bot.slack.calls.client import slack_client

logger = logging.getLogger(__name__)

_PAUSES_S = (1.0, 2.0, 4.0)  # before Slack is asked again who we are
_MODEL_PATIENCE_S = 3.0
CHAT = "chat"  # the credentials of this name answer in Slack


def slack(settings: Settings, session: ClientSession) -> AsyncWebClient:
    """Make the client that speaks to Slack."""
    token, address = settings.slack_bot_token.get_secret_value(), settings.slack_api_url
    return slack_client(token, address, session, environment.proxy(address))


async def identified(
    client: AsyncWebClient, sleep: Callable[[float], Awaitable[None]]
) -> checks.Identity:
    """Return who Slack says we are; trouble that may pass is waited for, some seconds.

    Raises:
        StartError: Slack refuses the token, or does not answer.
    """
    for pause in (*_PAUSES_S, None):
        identity, finding = await checks.bot_token(client)
        if identity:
            return identity
        if pause is None or not finding.passing:
            break
        logger.warning("slack_not_reached", extra={"advice": finding.text})
        await sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
    raise StartError(f"{finding.subject}: {finding.text}")


def main_client(
    settings: Settings,
    learned: dict[str, Rules] | None = None,
    on_learned: Callable[[str, Rules], None] | None = None,
) -> OpenAI:
    """Make the client that answers in Slack; it opens nothing yet.

    It has the credentials that are named `chat`, or else those of the main settings.

    Raises:
        StartError: a file of certificates or keys cannot be used.
    """
    return _client(
        settings,
        settings.openai_credentials.get(CHAT, Credential()),
        legacy_functions=settings.chat_tools == "functions",
        learned=learned,
        on_learned=on_learned,
    )


async def check_model(openai: OpenAI, model: str) -> None:
    """Refuse to start with a key that the model's server does not take, or a model it has not.

    A server may have more models than it lists, so one that is not there is tried. Everything else
    may pass (a server that starts later, for which no restart may wait) or prove nothing (a server
    without a list of models, if it has chat completions), and is only told in the log; people get a
    sentence when they ask.

    Raises:
        StartError: the server refuses the key, knows no such model, or is not at this address.
    """
    try:
        async with asyncio.timeout(_MODEL_PATIENCE_S):
            try:
                if advice := explain.ending(await openai.models.retrieve(model)):
                    logger.warning("model_ends_soon", extra={"advice": advice})
            except ModelNotFoundError:
                await openai.chat.try_model(model)
            except OperationNotFoundError as error:
                if (await openai.probe.ask("POST", "chat", "completions")).status == 404:
                    text = f"OPENAI_BASE_URL: {explain.advice(error, model)}"
                    raise StartError(text) from error
                raise
    except AuthenticationError as error:
        raise StartError(f"OPENAI_API_KEY: {explain.advice(error, model)}") from error
    except ModelNotFoundError as error:
        raise StartError(f"CHAT_MODEL: {explain.advice(error, model)}") from error
    except (APIConnectionError, TimeoutError) as error:
        advice = explain.unreachable(error, openai.host)
        logger.warning("model_not_reached", extra={"advice": advice})
    except OpenAIError as error:
        logger.warning("model_not_confirmed", extra={"reason": type(error).__name__})


def accounts(settings: Settings, chat: OpenAI) -> Accounts:
    """Make the clients of all credentials, of which `chat` answers in Slack.

    Raises:
        StartError: a file of certificates or keys cannot be used.
    """
    credentials = settings.openai_credentials
    named = {
        name: chat if name == CHAT else _client(settings, one) for name, one in credentials.items()
    }
    return Accounts(_client(settings, Credential()) if CHAT in named else chat, named)


def _client(settings: Settings, one: Credential, **more: Any) -> OpenAI:
    """Make a client; what its credentials leave out is that of the main settings.

    A server of its own is not told the main one's organization, and gets none of its keys.
    """
    own = bool(one.base_url)
    admin_key = one.admin_key or (None if own else settings.openai_admin_key)
    return OpenAI(
        Endpoint(
            one.base_url or settings.openai_base_url,
            (one.api_key or settings.openai_api_key).get_secret_value(),
            organization=one.organization or (None if own else settings.openai_org_id),
            project=one.project or (None if own else settings.openai_project_id),
        ),
        admin_key=admin_key.get_secret_value() if admin_key else "",
        network=_network(settings),
        retries=RetryPolicy(attempts=settings.openai_attempts),
        **more,
    )


def _network(settings: Settings) -> Network:
    return Network(
        timeouts=Timeouts(
            connect=settings.openai_connect_timeout,
            first_byte=settings.openai_first_byte_timeout,
            idle=settings.openai_idle_timeout,
            total=settings.openai_total_timeout,
        ),
        limits=Limits(
            connections=settings.openai_connections,
            circuit_failures=settings.openai_circuit_failures,
        ),
        proxy=settings.openai_proxy,
        tls=_tls(settings),
        compression=settings.openai_compression,
    )


def _tls(settings: Settings) -> TLS | None:
    tls = TLS(
        ca_file=settings.openai_ca_file,
        certificate=settings.openai_client_certificate,
        key=settings.openai_client_key,
    )
    if tls == TLS():
        return None
    try:
        tls.context()
    except ValueError as error:
        raise StartError(f"The connection to the model's server: {error}") from error
    return tls
