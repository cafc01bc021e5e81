"""Who answers which kind of event: commands the desk, clicks in a turn who asked, all else a turn.

What people in a thread say to each other is only remembered. A message is answered by the model
that was chosen for its channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.desk.desk import Desk
from bot.slack.answering.answer import Answers
from bot.slack.consent.clicks import Clicks
from storage.choices import MODEL, Choices
from storage.records import ASIDE, Event, Ticket


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Hands an event to who answers its kind; `pressed` takes commands and clicks."""

    answers: Answers
    pressed: Mapping[str, Desk | Clicks]
    choices: Choices

    async def answer(self, ticket: Ticket, event: Event, stopped: Callable[[], bool]) -> bool:
        """Answer an event; tell whether more waits in its thread."""
        if taker := self.pressed.get(event.kind):
            return await taker.answer(ticket, event)
        if event.kind == ASIDE:
            return await self.answers.remember(ticket, event)
        answers = await self._with_model(event)
        return await answers.answer(ticket, event, stopped)

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        """Tell a person that their event is given up."""
        if taker := self.pressed.get(event.kind):
            await taker.apologise(event, error)
        elif event.kind != ASIDE:
            await self.answers.apologise(ticket, event, error)

    async def _with_model(self, event: Event) -> Answers:
        model = await self.choices.get(event.team, event.body["channel"], MODEL)
        if model is None:
            return self.answers
        return replace(self.answers, manner=replace(self.answers.manner, model=model))
