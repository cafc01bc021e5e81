"""The functions of one turn: the registry seen through who asks and where.

Joins two rooms that do not know each other: the turn's `Tools` and the `functions` registry.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.events import FunctionProgress
from bot.chat.turn import Consent, Outcome
from bot.slack.answering.attach import Attachments
from bot.slack.calls.place import Place
from bot.slack.consent.approval import TurnApprovals
from bot.slack.consent.inquiry import CallInquiries, Inquiries
from bot.slack.reply.reply import Reply
from bot.slack.text.mrkdwn import clipped
from bot.slack.workspace.rights import Rights
from functions import Context, Registry, User
from storage.records import Message, Person, ToolCall

_SHOWN = 60  # characters of an argument


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What one turn may call; `reply` shows progress to people.

    `asker` looks up who asks, for the rights of the moment in which a function is called.

    The `question`, and the words that have come `since` (names of calls, results), decide which
    functions are offered when there are more than can be.
    """

    registry: Registry
    context: Context
    asker: Callable[[], Awaitable[User]]
    reply: Reply
    approvals: TurnApprovals
    inquiries: Inquiries
    attachments: Attachments
    question: str
    since: list[str]

    def offered(self, room: int) -> list[dict[str, Any]]:
        """Return OpenAI's `tools` entries for the person who asked, in `room` characters."""
        return self.registry.tools(self.context, self.question, "\n".join(self.since), room)

    def title(self, call: ToolCall) -> str:
        """Return the function's title with the arguments of this call, in one short line."""
        return title_of(self.registry, self.context.team, call)

    async def consent(self, call: ToolCall, step: int, index: int) -> Consent:
        """Return whether people let a call run; ask them if they must approve it.

        In a direct message only the person who asks could: where others must, nobody is asked.
        """
        context = self.context.for_call(self.reply.place.event, step, index)
        request = await self.registry.approval_request(call.name, call.arguments, context)
        if request is None:
            return "given"
        is_news = not self.approvals.knows(request.call_id)
        if context.is_dm and is_news and not _decides(context.user, request.approvers):
            return "refused"
        return await self.approvals.consent(request)

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        """Run one call with the rights of the person who asked."""

        async def report(text: str) -> None:
            self.reply.draw(FunctionProgress(call.id, text))

        context = (await self._now()).for_call(self.reply.place.event, step, index)
        entry = self.registry.of(context.team).get(call.name)
        seconds = entry.rules.timeout if entry else 0.0
        asking = CallInquiries(self.inquiries, self.reply, context.call_id, seconds)
        context = replace(context, report=report, approval=self.approvals, asking=asking)
        result = await self.registry.call(call.name, call.arguments, context)
        await asking.close()
        text = result.text
        if result.files:
            text += await self.attachments.post(context.call_id, result.files)
        self.since.append(text)
        return Outcome(text, result.ok, result.note)

    async def _now(self) -> Context:
        """Return the context with the person's rights as they are now; in doubt no admin's."""
        user = replace(await self.asker(), groups=self.context.user.groups)
        return replace(self.context, user=user)


def _decides(user: User, approvers: Collection[str]) -> bool:
    """Tell whether a person may approve what they have asked for."""
    is_admin = user.is_admin and "admins" in approvers
    return is_admin or not approvers or user.id in approvers


def named_in(messages: Iterable[Message], event: str) -> list[str]:
    """Return what names functions: calls of the thread, results of this turn."""
    found: list[str] = []
    for message in messages:
        if message.tool_calls:
            found += [call.name for call in message.tool_calls]
        elif message.role == "tool" and message.event == event:
            found.append(message.content)
    return found


def title_of(registry: Registry, team: str, call: ToolCall) -> str:
    """Return a function's title with the arguments of a call, in one short line."""
    title = registry.title(call.name, team)
    given = _given(call.arguments)
    return f"{title} ({given})" if given else title


async def user_of(person: Person, place: Place, registry: Registry, rights: Rights) -> User:
    """Return who asks; where functions are for admins, with the rights of the moment."""
    user = rights.user(person, place.user_team)
    for_admins = (one.rules.who == "admins" for one in registry.of(place.team).values())
    if not person.fetched or not any(for_admins):
        return user
    return await rights.now(person, place.user_team)


def _given(arguments: str) -> str:
    """Return a call's arguments for people: values alone, a long one cut."""
    try:
        values = json.loads(arguments or "{}")
        if not isinstance(values, dict):
            return ""
        texts = [one if isinstance(one, str) else json.dumps(one) for one in values.values()]
    except (ValueError, RecursionError):
        return ""
    return ", ".join(clipped(text, _SHOWN) for text in texts)
