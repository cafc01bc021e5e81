"""The clients of the models' servers, as the settings name them: the main one and the others."""

from bot.openai.accounts import Accounts
from bot.openai.client import OpenAI
from bot.openai.limits import Timeouts
from bot.settings import Settings


def accounts(settings: Settings, main: OpenAI) -> Accounts:
    """Make the clients of all credentials; what one leaves out is that of the main settings."""
    named = {
        name: OpenAI(
            base_url=one.base_url or settings.openai_base_url,
            api_key=(one.api_key or settings.openai_api_key).get_secret_value(),
            organization=one.organization or settings.openai_org_id,
            project=one.project or settings.openai_project_id,
            proxy=settings.openai_proxy,
            timeouts=timeouts(settings),
        )
        for name, one in settings.openai_credentials.items()
    }
    return Accounts(main, named)


def timeouts(settings: Settings) -> Timeouts:
    """Return how long a model's server may take."""
    return Timeouts(
        connect=settings.openai_connect_timeout,
        first_byte=settings.openai_first_byte_timeout,
        idle=settings.openai_idle_timeout,
    )
