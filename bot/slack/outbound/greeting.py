"""What a person sees before they have asked anything: suggested prompts, and the Home tab."""

import logging
from collections.abc import Callable, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.inbound.incoming import Opened
from bot.slack.text.blocks import Block, context, section
from bot.slack.text.mrkdwn import escape

logger = logging.getLogger(__name__)

_HOME_FUNCTIONS = 40  # a Home tab takes 100 blocks


async def greet(
    client: AsyncWebClient,
    bot_user: str,
    prompts: Sequence[tuple[str, str]],
    functions: Callable[[], Sequence[tuple[str, str]]],
    opened: Opened,
) -> None:
    """Show what belongs to the tab; a workspace without the feature is no failure.

    `prompts` are title and message; `functions` tells name and description of each function.
    """
    try:
        if opened.tab == "home":
            view = {"type": "home", "blocks": home(bot_user, functions())}
            await client.views_publish(user_id=opened.user, view=view)
        elif opened.tab == "messages":
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=opened.channel,
                prompts=[{"title": title, "message": message} for title, message in prompts],
            )
    except NO_ANSWER as error:
        logger.info("greeting_refused", extra={"reason": reason_of(error)})


def home(bot_user: str, functions: Sequence[tuple[str, str]]) -> list[Block]:
    """Return the blocks of the Home tab."""
    start = (
        f"*Ask me anything*\nWrite to me in *Messages*, or mention <@{bot_user}> in a channel. "
        "In a thread that I am part of you need no further mention; "
        "start a message with somebody else's mention and I keep silent."
    )
    blocks: list[Block] = [section(start), {"type": "divider"}]
    blocks.append(section("*Functions that I can call*" if functions else "_No functions yet._"))
    for title, description in functions[:_HOME_FUNCTIONS]:
        blocks.append(section(f"`{title}`  {escape(description)}"))
    note = "Answers are written by a language model: check what matters. Press *Stop* to end one."
    return [*blocks, context(note)]
