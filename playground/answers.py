"""Who answers in the playground: the stand-in, or a real model that the environment names."""

from collections.abc import Mapping
from dataclasses import dataclass

from playground.openai import ADMIN_KEY, DEMO_KEY, STANDIN

NAMES = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "CHAT_MODEL")


@dataclass(frozen=True, slots=True)
class Answers:
    """The model's server, as the bot is told of it."""

    base_url: str
    api_key: str
    model: str
    is_real: bool

    @property
    def environment(self) -> dict[str, str]:
        """Give the bot's settings for it."""
        named = dict(zip(NAMES, (self.base_url, self.api_key, self.model), strict=True))
        if self.is_real:
            return named
        # The bot reads .env, too: accounts that stand there are not used by a stand-in.
        return named | {"OPENAI_ADMIN_KEY": ADMIN_KEY, "OPENAI_CREDENTIALS": "{}"}


def choose(environment: Mapping[str, str], local_url: str) -> Answers:
    """Take the server that OPENAI_BASE_URL names; without it the stand-in answers.

    A key alone does not choose a real model: nobody should pay for a demo by having a key around.
    """
    base_url, key, model = (environment.get(name, "") for name in NAMES)
    if not base_url:
        return Answers(local_url, DEMO_KEY, STANDIN, is_real=False)
    return Answers(base_url, key or "none", model or "gpt-6-luna", is_real=True)
