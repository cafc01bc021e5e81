"""The functions of one turn: the registry seen through who asks and where.

Joins two rooms that do not know each other: the turn's `Tools` and the `functions` registry.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.chat.events import FunctionProgress, TurnEvent
from bot.chat.turn import Consent, Outcome
from bot.slack.answering.attach import Attachments
from bot.slack.consent.approval import TurnApprovals
from bot.slack.consent.inquiry import TurnInquiries
from bot.slack.workspace.rights import Standing, with_admins
from functions import Context, Registry, User
from storage.records import Event, Message, Person, ToolCall

_SHOWN = 60  # characters of an argument


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What one turn may call; `draw` shows progress to people.

    `said` is the question and what has come since, calls before and results included: it decides
    which functions are offered when there are more than can be.
    """

    registry: Registry
    context: Context
    event: str
    draw: Callable[[TurnEvent], None]
    approvals: TurnApprovals
    inquiries: TurnInquiries
    attachments: Attachments
    said: list[str] = field(default_factory=lambda: [""])

    def offered(self, room: int) -> list[dict[str, Any]]:
        """Return OpenAI's `tools` entries for the person who asked, in so many characters."""
        return self.registry.tools(self.context, self.said[0], "\n".join(self.said[1:]), room)

    def title(self, call: ToolCall) -> str:
        """Return the function's title with the arguments of this call, in one short line."""
        title = self.registry.title(call.name, self.context.team)
        given = _given(call.arguments)
        return f"{title} ({given})" if given else title

    async def consent(self, call: ToolCall, step: int, index: int) -> Consent:
        """Tell whether a call is approved, and ask people where they must approve it."""
        context = self.context.for_call(self.event, step, index)
        request = self.registry.approval_request(call.name, call.arguments, context)
        return await self.approvals.consent(request) if request else "given"

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        """Run one call with the rights of the person who asked."""

        async def report(text: str) -> None:
            self.draw(FunctionProgress(call.id, text))

        context = self.context.for_call(self.event, step, index)
        entry = self.registry.of(context.team).get(call.name)
        seconds = entry.rules.timeout if entry else 0.0
        asking = self.inquiries.of_call(context.call_id, seconds)
        context = replace(context, report=report, approval=self.approvals, asking=asking)
        result = await self.registry.call(call.name, call.arguments, context)
        await asking.close()
        text = result.text
        if result.files:
            text += await self.attachments.post(context.call_id, result.files)
        self.said.append(text)
        return Outcome(text, result.ok, result.note)


def said_in(messages: Iterable[Message], event: Event) -> list[str]:
    """Return what decides which functions are offered: the question, calls before, its results."""
    found = [event.body["text"]]
    for message in messages:
        found += [call.name for call in message.tool_calls]
        if message.role == "tool" and message.event == event.id:
            found.append(message.content)
    return found


def any_for_admins(registry: Registry, team: str) -> bool:
    """Tell whether a function of the team is for admins alone."""
    return any(one.rules.who == "admins" for one in registry.of(team).values())


def user_of(person: Person, team: str, admins: Collection[str]) -> User:
    """Return the person who asks, as functions know them; `team` is their own.

    Without `admins` the workspace's are. Guests and people of other teams never are, and whoever
    Slack does not tell us about has the rights of a guest.
    """
    is_guest = person.is_guest or not person.fetched
    standing: Standing = "guest" if is_guest else "admin" if person.is_admin else "member"
    is_admin = with_admins(standing, person.id, admins) == "admin"
    return User(
        id=person.id,
        name=person.name,
        tz=person.tz,
        is_admin=is_admin and team in ("", person.team),
        is_guest=is_guest,
        team=team,
    )


def _given(arguments: str) -> str:
    """Return a call's arguments for people: values alone, a long one cut."""
    try:
        values = json.loads(arguments or "{}")
        if not isinstance(values, dict):
            return ""
        texts = [one if isinstance(one, str) else json.dumps(one) for one in values.values()]
    except (ValueError, RecursionError):
        return ""
    return ", ".join(text if len(text) <= _SHOWN else text[:_SHOWN] + "…" for text in texts)
