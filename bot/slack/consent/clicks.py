"""Clicks on what a turn has posted, taken one after the other from the inbox.

So a click is durable before Slack gets its acknowledgement, and one taken up again after a crash
decides what it decided.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import explain
from bot.slack.inbound.invocation import Invocation, restored
from bot.slack.outbound.respond import Responder
from bot.slack.text.blocks import SlackMessage
from storage import Storage
from storage.records import Event, Ticket


@dataclass(frozen=True, slots=True)
class Clicks:
    """Takes one kind of clicks; `take` returns what only the person who clicked is told."""

    client: AsyncWebClient
    storage: Storage
    take: Callable[[Invocation], Awaitable[str]]

    async def answer(self, ticket: Ticket, event: Event) -> bool:
        """Take one click, and mark its event as done; tell whether more waits in its thread."""
        click = restored(event)
        if sentence := await self.take(click):
            await self._tell(click, sentence)
        return await self.storage.inbox.finish(ticket, event.id)

    async def apologise(self, event: Event, error: BaseException) -> None:
        """Tell a person that their click is given up."""
        await self._tell(restored(event), explain.explained(error, ""))

    async def _tell(self, click: Invocation, sentence: str) -> None:
        await Responder(self.client, click).result(SlackMessage(sentence), fresh=True)
