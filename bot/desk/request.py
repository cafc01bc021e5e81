"""A request: one thing that a person typed or pressed, from its arrival to the answer."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk.blocks import plain_message
from bot.desk.errors import CommandError, Unconfirmed
from bot.desk.order import Order, Verb
from bot.desk.values import Text
from bot.openai.accounts import Accounts, Purpose
from bot.openai.client import OpenAI
from bot.slack.inbound.invocation import Invocation
from bot.slack.outbound.respond import Responder
from bot.slack.text.blocks import SlackMessage
from bot.slack.workspace.files import Files
from bot.slack.workspace.people import People
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.threads import Threads
from functions import Context, Registry
from storage import Storage
from storage.choices import MODEL
from storage.engine import WallClock
from storage.records import Act, ActState, Decision, Person, Ticket

Slash = Callable[[str], str]  # tells how a person types a line
ROOT = "ai"  # the command that has no name but the prefix
INTERRUPTED = "I was interrupted in the middle of this, and do not know how far it came."


@dataclass(frozen=True, slots=True)
class House:
    """What commands know of the bot: plain values; `user` is its Slack id.

    `started` is in milliseconds since 1970. `prices` (of input and output) and `training` (of
    fine-tuning) are dollars per million tokens by model, `models` those of other operations.
    """

    name: str
    user: str
    version: str
    mode: str
    model: str
    started: int
    prices: Mapping[str, tuple[float, float]]
    training: Mapping[str, float]
    models: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What all commands may use; one for the process.

    `nudge` tells the watcher that there is a new watch, `context` makes what a function gets to
    know of a person, as in an answer.
    """

    storage: Storage
    accounts: Accounts
    files: Files
    threads: Threads
    people: People
    rights: Rights
    house: House
    prefix: str
    clock: WallClock
    help: Callable[[str, Slash], Text]
    nudge: Callable[[], None]
    registry: Registry
    context: Callable[..., Context]


@dataclass(slots=True, eq=False)
class Request:
    """What was asked for, and everything with which it is done and answered.

    What is to be run the desk finds out on the way: the `order`, the `page` of a list, the
    `decision` (the person's yes to what they were asked), who the `asker` is, the `line` that the
    order means, the `account` that is named in it, and what is `given`: the arguments of the
    command's function. `progress` shows how far it is (the desk decides how often that is told),
    `used` names the credentials that were used last.
    """

    equipment: Equipment
    ticket: Ticket
    invocation: Invocation
    responder: Responder
    order: Order = field(init=False)
    page: int = field(init=False, default=0)
    decision: Decision | None = field(init=False, default=None)
    asker: Person = field(init=False)
    line: str = field(init=False)
    account: str = field(init=False)
    given: Mapping[str, Any] = field(init=False)
    progress: Callable[[str], Awaitable[None]] = field(init=False)
    used: str = field(init=False, default="")
    _act: Act | None = field(init=False, default=None)

    async def show(self, message: SlackMessage, *, fresh: bool = False) -> None:
        """Show an answer; a `fresh` one leaves the message that was clicked as it is."""
        await self.responder.result(message, fresh=fresh)

    async def say(self, text: str, *, fresh: bool = False) -> None:
        """Show a sentence."""
        await self.show(plain_message(text), fresh=fresh)

    @property
    def verb(self) -> Verb | None:
        """Return what was pressed; None where a line was written."""
        verb: Verb | None = self.invocation.pressed.get("do")
        return verb

    @property
    def storage(self) -> Storage:
        """Return where things are kept."""
        return self.equipment.storage

    @property
    def files(self) -> Files:
        """Return what reads and sends Slack's files."""
        return self.equipment.files

    @property
    def thread_ts(self) -> str | None:
        """Return the thread in which this was asked, if it was in one."""
        return self.order.thread or None

    @property
    def now(self) -> float:
        """Return the seconds since 1970."""
        return self.equipment.clock() / 1000

    def openai(self, purpose: Purpose = "chat") -> OpenAI:
        """Return the client for a purpose, with the credentials that were chosen."""
        self.used = self.account_of(purpose)
        return self.equipment.accounts.client(purpose, self.account)

    def account_of(self, purpose: Purpose = "chat") -> str:
        """Return the name of the credentials that `openai` uses."""
        return self.equipment.accounts.name(purpose, self.account)

    def slash(self, line: str) -> str:
        """Return how a person types a line: `files list` is `/ai-files list`, or `!files list`."""
        return as_typed(line, self.equipment.prefix, message=self.invocation.by_message)

    async def chat_model(self) -> str:
        """Return the model that answers messages in this channel."""
        to = self.invocation
        chosen = await self.storage.choices.get(to.team, to.channel, MODEL)
        return chosen or self.equipment.house.model

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of people, their ids where Slack does not tell, and of channels."""
        return await self.equipment.people.names(self.invocation.team, ids)

    async def named(self, ids: Collection[str]) -> str:
        """List people, groups and channels by their names; by the id what Slack does not tell."""
        names = await self.names(ids)
        signs = {"C": "#", "S": "@"}
        named = (signs.get(one[0], "") + names[one] if one in names else one for one in ids)
        return ", ".join(sorted(named))

    async def confirm(
        self,
        effect: str,
        *,
        button: str = "Do it",
        must_type: str = "",
        danger: bool = False,
        change: bool = False,
        record: str = "",
    ) -> None:
        """Go on only when the person has confirmed exactly this effect, and write it down.

        Call it before anything is done that costs, changes or deletes, with everything that will
        happen in one sentence; that must be the same when the line runs again after the
        confirmation (so no ages in it). Without a confirmation this ends the run; the desk asks.
        `danger` paints the button red, for what cannot be undone or takes something away.
        `record` goes into the audit behind the effect: what is too long to be shown.
        """
        decision = self.decision
        if decision is None or decision.effect != effect:
            raise Unconfirmed(effect, button, must_type, danger, change)
        act = Act(
            id=decision.id,
            team=self.invocation.team,
            user=self.asker.id,
            channel=self.invocation.channel,
            command=self.line,
            effect=f"{effect}\n{record}".strip(),
            account=self.used or self.account_of(),
        )
        if not await self.storage.audit.begin(act):
            raise CommandError(INTERRUPTED)
        self._act = act

    async def ended(self, state: ActState, detail: str = "") -> None:
        """Note in the audit how the act ended, if there was one."""
        act, self._act = self._act, None
        if act is not None:
            await self.storage.audit.end(act.id, state, detail[:300], self.used)

    @property
    def reopened(self) -> bool:
        """Tell whether the person wants to see the form again that they filled in."""
        return self.verb == "open"


def as_typed(line: str, prefix: str, *, message: bool = False) -> str:
    """Return a line as a person types it, as a slash command or as a message."""
    name, _, rest = line.partition(" ")
    root = name == ROOT
    if message:
        return f"!{rest or 'help'}" if root else f"!{line}"
    return f"/{prefix}{'' if root else '-' + name}{' ' + rest if rest else ''}"
