"""The room's door: the desk with its equipment, and who answers which kind of event."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import _help, _shipped
from bot.commands._catalogue import Catalogue
from bot.commands._desk import Desk
from bot.commands._request import Equipment, House
from bot.commands._values import Text
from bot.openai.accounts import Accounts
from bot.slack.answer import Answers
from bot.slack.files import Files
from bot.slack.invocation import KIND
from bot.slack.rights import Rights
from bot.slack.threads import Threads
from functions import Context, Registry
from storage import Storage, milliseconds
from storage.choices import Choices
from storage.records import Event, Ticket

__all__ = ["Clicks", "Desk", "House", "Kinds", "desk"]


def desk(
    client: AsyncWebClient,
    storage: Storage,
    accounts: Accounts,
    rights: Rights,
    house: House,
    prefix: str,
    nudge: Callable[[], None],
    registry: Registry,
    context: Callable[..., Context],
) -> Desk:
    """Make the desk of a bot with the commands that come with it."""
    catalogue = _shipped.catalogue(prefix)
    equipment = Equipment(
        storage=storage,
        accounts=accounts,
        files=Files(client),
        rights=rights,
        threads=Threads(client),
        house=house,
        prefix=prefix,
        clock=milliseconds,
        help=partial(_helped, catalogue),
        nudge=nudge,
        registry=registry,
        context=context,
    )
    return Desk(client, catalogue, rights, equipment)


def _helped(catalogue: Catalogue, words: str, message: bool) -> Text:
    return _help.answer(catalogue, words, message=message)


class Clicks(Protocol):
    """Takes one kind of clicks on what a turn has posted."""

    async def answer(self, ticket: Ticket, event: Event) -> Event | None:
        """Take one click; return the next event of its thread."""

    async def apologise(self, event: Event, error: BaseException) -> None:
        """Tell a person that their click is given up."""


class Kinds:
    """Hands commands to the desk, clicks in a turn to who takes that kind, messages to the answers.

    A message is answered by the model that was chosen for its channel.
    """

    def __init__(
        self, answers: Answers, desk: Desk, clicks: Mapping[str, Clicks], choices: Choices
    ) -> None:
        self._answers = answers
        self._desk = desk
        self._clicks = clicks
        self._choices = choices

    async def answer(
        self, ticket: Ticket, event: Event, stopped: Callable[[], bool]
    ) -> Event | None:
        """Answer an event; return the next one of its thread."""
        if event.kind == KIND:
            return await self._desk.answer(ticket, event)
        if clicks := self._clicks.get(event.kind):
            return await clicks.answer(ticket, event)
        answers = await self._with_model(event)
        return await answers.answer(ticket, event, stopped)

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        """Tell a person that their event is given up."""
        if event.kind == KIND:
            await self._desk.apologise(ticket, event, error)
        elif clicks := self._clicks.get(event.kind):
            await clicks.apologise(event, error)
        else:
            await self._answers.apologise(ticket, event, error)

    async def _with_model(self, event: Event) -> Answers:
        team = event.thread.partition(":")[0]
        model = await self._choices.get(team, event.body["channel"], "model")
        if model is None:
            return self._answers
        return replace(self._answers, manner=replace(self._answers.manner, model=model))
