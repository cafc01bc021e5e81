"""Answers one event: reads the conversation, runs the turn, draws and stores it.

Order of what is made durable, so that a crash anywhere is mended by running the same event again:
the person's message and every step of the turn as it happens; the answer's text while Slack is
being told; the event as done only after Slack has it all. What Slack was told before a crash stands
on the post rows, so a second run edits it and never posts twice.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial

from bot.chat import prompt
from bot.chat.events import FunctionCalled, StepFinished, TurnEvent, TurnFinished
from bot.chat.knowledge import Knowledge
from bot.chat.turn import WAITING, ChatModel, Turn
from bot.errors import TryAgain
from bot.openai.errors import OpenAIError, StreamError
from bot.openai.wire.retry import failure_of
from bot.slack import explain
from bot.slack.answering import question
from bot.slack.answering.attach import Attachments
from bot.slack.answering.conversation import Conversation, in_slack, stored
from bot.slack.answering.files import opened
from bot.slack.answering.ledger import TurnCalls
from bot.slack.answering.manner import Manner
from bot.slack.answering.record import Record, Settled
from bot.slack.answering.toolbox import Toolbox, named_in, title_of, user_of
from bot.slack.calls.place import place_of
from bot.slack.calls.send import FateUnknown, Refused, Sender, TokenRefused, TooFast
from bot.slack.consent.approval import Approvals, TurnApprovals
from bot.slack.consent.inquiry import Inquiries
from bot.slack.reply.page import StoppedByUser
from bot.slack.reply.reply import Reply
from bot.slack.text.readable import mentioned, nameless
from bot.slack.workspace.files import Files, for_functions
from bot.slack.workspace.people import PATIENCE_S, People
from bot.slack.workspace.rights import Rights
from functions import Context, Registry
from storage import Storage
from storage.records import Event, Message, Person, Ticket

logger = logging.getLogger(__name__)

_STREAM_TRIES = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that answering needs; one for the process."""

    storage: Storage
    chat: ChatModel
    registry: Registry
    people: People
    rights: Rights
    knowledge: Knowledge
    approvals: Approvals
    inquiries: Inquiries
    files: Files
    sender: Sender
    manner: Manner
    bot_user: str
    context: Callable[..., Context]

    async def answer(self, ticket: Ticket, event: Event, stopped: Callable[[], bool]) -> bool:
        """Answer one event and mark it done; a cancellation that is no Stop is passed on.

        Tells whether more waits in the thread; False means that the thread was given back.

        Raises:
            TryAgain: the model's stream broke or Slack takes nothing now; trying again may help.
        """
        run = _Run(self, ticket, event)
        try:
            return await self._ended(run, stopped)
        except (TooFast, TokenRefused, FateUnknown) as silence:
            await run.reply.leave()
            raise TryAgain("Slack does not take the answer now") from silence
        except Refused as refusal:  # the channel is archived, or closed to us: nobody to tell
            logger.warning("answer_refused", extra={"reason": refusal.word})
            return await run.done()
        except BaseException:
            await run.reply.leave()
            raise
        finally:
            await run.settle()

    async def _ended(self, run: "_Run", stopped: Callable[[], bool]) -> bool:
        """Bring a try to an end: its own, that of a failure, or a Stop's."""
        try:
            await run.prepare()
            if not stopped():
                async with asyncio.timeout(self.manner.timeout):
                    outcome = await run.turn()
                return await run.finish(outcome)
        except asyncio.CancelledError:
            if not stopped():
                await run.reply.leave_closed()  # the process ends
                raise
        except StoppedByUser:  # Slack says so when it is written to; the click itself may be late
            pass
        except (OpenAIError, TimeoutError) as error:
            if not stopped():
                return await run.fail(error)
        return await run.stop()

    async def remember(self, ticket: Ticket, event: Event) -> bool:
        """Store what people say to each other in a thread, and mark its event as done.

        Tells whether more waits in the thread.
        """
        people = (event.user, *nameless(event.body["text"], self.bot_user))
        names = await self.people.names(event.team, people)
        said = question.message(event, names, self.bot_user)
        return await self.storage.inbox.finish(ticket, event.id, messages=[said])

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        """Tell people that an event is given up.

        Raises:
            TryAgain: Slack does not tell what was posted, or whether it took the apology.
        """
        reply = Reply(self.sender, place_of(ticket, event, self.bot_user), self.storage.posts)
        posted = await self.storage.posts.of_event(event.id)
        try:
            await reply.resume(posted, Settled.of(event).parts)
            await reply.fail(explain.explained(error, self.manner.model))
        except FateUnknown as silence:
            raise TryAgain("Slack does not take the apology now") from silence


class _Run:
    """One try at one event."""

    def __init__(self, answers: Answers, ticket: Ticket, event: Event) -> None:
        self.answers = answers
        self.event = event
        self.place = place_of(ticket, event, answers.bot_user)
        self.reply = Reply(answers.sender, self.place, answers.storage.posts)
        self.record = Record(answers.storage, self.place, self.reply.journal, answers.manner.model)
        self.approvals = TurnApprovals(answers.approvals, self.reply)
        self.settled = Settled.of(event)
        limits, model = answers.manner.limits, answers.manner.model
        context = answers.knowledge.context(model, limits.context)
        self.limits = replace(limits, context=context)
        self.conversation = Conversation()
        self.asker = Person(self.place.team, event.user, event.user)
        self._turn: Turn | None = None

    @property
    def _is_another(self) -> bool:
        """Tell whether an earlier run may have left something in Slack."""
        return bool(self.event.crashes or self.event.attempts or self.event.stopped)

    # Before the turn

    async def prepare(self) -> None:
        """Read the conversation, show that work has begun, and note the question.

        Nothing of this waits for Slack when the people are known, so the status, which is sent by a
        task of its own, never goes before the request to the model.
        """
        answers, place, newest = self.answers, self.place, self.record.newest
        await answers.registry.refresh()
        await self._read()
        if newest or self._is_another:  # a deleted question leaves its posts behind
            await self.approvals.load()
            if not self.reply.resumed:
                await self._resume()
                await self._read()  # anew: people may have edited while Slack was waited for
        self.reply.start(self._title(), others_wait=self.conversation.others_wait)
        names = await self._people()
        if files := self.event.body.get("files"):
            self.event.body["files"] = await answers.files.in_full(files)
        if not newest:
            if not self.conversation.before and place.thread_ts != self.event.ts:
                self.conversation.before = await in_slack(
                    answers.sender.client, answers.storage, answers.people, place
                )
            self.record.open(question.message(self.event, names, answers.bot_user))

    async def _read(self) -> None:
        answers = self.answers
        meter = answers.knowledge.meter(answers.manner.model)
        self.conversation = await stored(answers.storage, self.event, self.limits.room, meter)
        self.record.newest[:] = self.conversation.own

    async def _resume(self) -> None:
        posts = await self.answers.storage.posts.of_event(self.event.id)
        said, title = self.record.newest, partial(title_of, self.answers.registry, self.place.team)
        ended = {message.tool_call_id for message in said}
        calls = (call for message in said for call in message.tool_calls if call.id not in ended)
        running = [FunctionCalled(call.id, call.name, title(call)) for call in calls]
        await self.reply.resume(posts, self.settled.parts, running)

    def _title(self) -> str:
        spoken_of = nameless(self.event.body["text"], self.place.bot_user)
        names = self.answers.people.known(self.place.team, spoken_of)
        return question.title(self.event, names, self.place.bot_user)

    async def _people(self) -> dict[str, str]:
        """Find out who asks, and the names of all who are spoken of."""
        people, team, bot_user = self.answers.people, self.place.team, self.place.bot_user
        self.asker = await people.get(team, self.event.user, PATIENCE_S)
        names: dict[str, str] = {}
        if spoken_of := nameless(self.event.body["text"], bot_user):
            names = await people.names(team, spoken_of)
        names |= {self.asker.id: self.asker.name, bot_user: self.answers.manner.name}
        self.reply.introduce(names)
        return names

    async def settle(self) -> None:
        """Wait for what nobody waits for any more; its failure is already known."""
        await self.record.settle()
        await asyncio.gather(self.approvals.settle(), return_exceptions=True)
        self._turn = None  # it tells us its events: two that hold each other outlive their turn

    # The turn

    async def turn(self) -> TurnFinished:
        """Let the model answer, with function calls on the way."""
        manner = self.answers.manner
        before, newest = self.conversation.before, self.record.newest
        people = prompt.people_of([*before, *newest])
        self.reply.introduce(people)
        told = await opened(self.answers.files, [*before, *newest])
        self._turn = Turn(
            chat=self.answers.chat,
            tools=await self._toolbox(),
            model=manner.model,
            system=self._system(people),
            history=told[: len(before)],
            newest=told[len(before) :],
            meter=self.answers.knowledge.meter(manner.model),
            tell=self._tell,
            limits=self.limits,
            named=question.is_shared(self.event, people),
            force=manner.force,
            fields=manner.fields,
            shown_before=self.settled.messages,
        )
        return await self._turn.run()

    def _system(self, people: Mapping[str, str]) -> str:
        manner = self.answers.manner
        return prompt.system(
            name=manner.name,
            extra=manner.prompt,
            date=question.today(self.event, self.asker.tz),
            place=question.place(self.event),
            people=people,
        )

    async def _toolbox(self) -> Toolbox:
        answers, place, newest = self.answers, self.place, self.record.newest
        context = answers.context(
            user=await user_of(self.asker, place, answers.registry, answers.rights),
            team=place.team,
            channel=place.channel,
            is_dm=place.is_dm,
            thread=place.thread_ts,
            event=self.event.id,
            ledger=TurnCalls(answers.storage, place.ticket),
            files=for_functions(answers.files, self.event.body.get("files") or ()),
        )
        named = named_in([*self.conversation.before, *newest], self.event.id)
        return Toolbox(
            registry=answers.registry,
            context=await answers.registry.with_groups(context),
            asker=partial(answers.rights.now, self.asker, place.user_team),
            reply=self.reply,
            approvals=self.approvals,
            inquiries=answers.inquiries,
            attachments=Attachments(answers.files, answers.sender, answers.storage.calls, place),
            question=self.event.body["text"],
            since=[*named, *answers.manner.forced],
        )

    async def _tell(self, event: TurnEvent) -> None:
        """Draw an event; what belongs to the history is stored before the turn goes on.

        The last answer is the exception: it is stored with the end of the turn, in one commit.
        """
        match event:
            case StepFinished(message):
                self.record.spend(event.tokens_in, event.tokens_out)
                if message.role == "assistant" and not message.tool_calls:
                    self.record.answered(message)
                else:
                    await self.record.append([message])
                    self._introduce(message)
            case _:
                self.reply.draw(event)
                if self.reply.stopped_by_user:
                    raise StoppedByUser

    def _introduce(self, message: Message) -> None:
        """Know by name whom a function told of: the model may speak of them."""
        if message.role == "tool":
            ids = mentioned(message.content, self.place.bot_user)
            self.reply.introduce(self.answers.people.known(self.place.team, ids))

    # After the turn

    async def finish(self, outcome: TurnFinished) -> bool:
        """Show the rest of the answer, then mark the event as done."""
        reason = outcome.finish_reason
        if reason == WAITING:
            return await self.suspend()
        if reason == "rounds" or not self.reply.text.strip():
            called = any(message.tool_calls for message in self.record.newest)
            await self.reply.fail(explain.unanswered(reason, called=called))
            return await self.done()
        footer = explain.footer(outcome, self.asker, self.record.newest[-1].content)
        if ts := await self.reply.finish(footer):
            self.record.posted(ts)
        return await self.done()

    async def suspend(self) -> bool:
        """Let go of everything until people have decided; another run goes on then."""
        parts = await self.reply.suspend()
        settled = Settled(parts, len(self.record.newest))
        body = {**self.event.body, "settled": asdict(settled)}
        return await self.record.park(await self.approvals.count_awaited(), body)

    async def stop(self) -> bool:
        """End after a Stop click: what was shown stays, and is remembered."""
        if self._is_another and not self.reply.resumed:
            await self._resume()  # what an earlier run left open is closed
            self.reply.start(others_wait=self.conversation.others_wait)
        await self.reply.stop()
        if not self.record.newest:  # it came while the question was being prepared
            await self.prepare()
        await self.record.append(self.approvals.stopped(self.record.newest))
        self.record.break_off(self.reply.shown, "[stopped here by the person]")
        return await self._break_off()

    async def fail(self, error: BaseException) -> bool:
        """End with one plain sentence; what was shown stays, and is remembered.

        Raises:
            TryAgain: the model's stream broke, and has not done so often.
        """
        failure = failure_of(error)
        if isinstance(failure, StreamError) and self.event.attempts + 1 < _STREAM_TRIES:
            raise TryAgain("the model's stream broke") from error
        self.record.break_off(self.reply.shown, "[broken off by a failure]")
        await self.reply.fail(explain.explained(failure, self.answers.manner.model))
        return await self._break_off()

    async def _break_off(self) -> bool:
        more = await self.done()
        await self.approvals.close()
        await self.answers.inquiries.close(self.event.id)
        return more

    async def done(self) -> bool:
        """Mark the event as done, with what its turn said and taught."""
        more = await self.record.finish()
        limit = self._turn.context_limit if self._turn else None
        await self.answers.knowledge.after_turn(self.answers.manner.model, limit)
        return more
