"""The clients of the models' servers, as the settings name them: the main one and the others."""

from collections.abc import Callable
from functools import partial

from pydantic import SecretStr

from bot.errors import StartError
from bot.openai.accounts import Accounts
from bot.openai.adapt import Rules
from bot.openai.client import OpenAI
from bot.openai.limits import Limits, Timeouts
from bot.openai.retry import RetryPolicy
from bot.openai.tls import TLS
from bot.settings import Settings


def main_client(
    settings: Settings,
    learned: dict[str, Rules] | None = None,
    on_learned: Callable[[str, Rules], None] | None = None,
) -> OpenAI:
    """Make the client that answers in Slack; it opens nothing yet.

    Raises:
        StartError: a file of certificates or keys cannot be used.
    """
    return _connected(settings)(
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value(),
        organization=settings.openai_org_id,
        project=settings.openai_project_id,
        admin_key=_text(settings.openai_admin_key),
        legacy_functions=settings.chat_tools == "functions",
        learned=learned,
        on_learned=on_learned,
    )


async def try_model(client: OpenAI, model: str) -> None:
    """Ask the model for one word; the cheapest proof that address, key and name are right.

    Raises:
        OpenAIError: one of them is wrong.
    """
    question = [{"role": "user", "content": "Say ok."}]
    await client.chat.create(model=model, messages=question, max_completion_tokens=16)


def accounts(settings: Settings, main: OpenAI) -> Accounts:
    """Make the clients of all credentials; what one leaves out is that of the main settings."""
    connected = _connected(settings)
    named = {
        name: connected(
            base_url=one.base_url or settings.openai_base_url,
            api_key=(one.api_key or settings.openai_api_key).get_secret_value(),
            organization=one.organization or settings.openai_org_id,
            project=one.project or settings.openai_project_id,
            admin_key=_text(one.admin_key or (None if one.base_url else settings.openai_admin_key)),
        )
        for name, one in settings.openai_credentials.items()
    }
    return Accounts(main, named)


def _connected(settings: Settings) -> Callable[..., OpenAI]:
    """Return what makes clients that connect as the settings say."""
    return partial(
        OpenAI,
        proxy=settings.openai_proxy,
        tls=_tls(settings),
        compression=settings.openai_compression,
        retries=RetryPolicy(attempts=settings.openai_attempts),
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
    )


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


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
