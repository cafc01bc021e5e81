"""What a running function may know and use: who asked, where, and the ports of the bot.

A function asks for it by annotating any parameter with `Context`; the model never sees that
parameter. Ports are protocols, so this room knows neither Slack nor SQL.
"""

import dataclasses
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from functions._errors import FunctionError
from functions._ledger import Ledger
from functions._results.secrets import strike

logger = logging.getLogger(__name__)

PROGRESS_LIMIT = 200


def call_id(event: str, step: int, index: int) -> str:
    """Return the id of one tool call of an event's turn; the same after a restart."""
    return f"{event}:{step}:{index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """The person who asked; `team` is their own workspace, empty if it is the bot's."""

    id: str
    name: str = ""
    tz: str = ""
    is_admin: bool = False
    is_guest: bool = False
    team: str = ""
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMessage:
    """One hit of a message search.

    `thread_ts` is its conversation in the channel; `name` and `user` (a Slack id) are its author's,
    where they are known; it was `created` so many milliseconds after 1970 began. The message that
    is being answered has the `event` of the context.
    """

    text: str
    thread_ts: str
    created: int
    name: str | None = None
    user: str | None = None
    event: str = ""


class Messages(Protocol):
    """The stored messages of one channel."""

    async def search(
        self, team: str, channel: str, query: str, limit: int
    ) -> Sequence[FoundMessage]:
        """Find earlier messages of this channel, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """One person of the workspace, or an app.

    `name` is what Slack shows, `title` what they do, as their profile says, and `tz` a time zone
    such as Europe/Berlin.
    """

    id: str
    name: str
    real_name: str = ""
    title: str = ""
    tz: str = ""
    is_guest: bool = False
    is_bot: bool = False


class People(Protocol):
    """The people of a workspace."""

    async def find(self, team: str, query: str, limit: int) -> Sequence[FoundPerson]:
        """Find people by Slack id or by a part of a name."""


class Groups(Protocol):
    """The user groups of a workspace."""

    async def of(self, team: str, user: str, groups: Collection[str]) -> Collection[str]:
        """Return which of these groups, given by their ids, the user is in."""


class Asking(Protocol):
    """How the person who asked can be asked back."""

    async def ask(self, question: str, options: Sequence[str]) -> str | None:
        """Return the answer, one of the options where there are any; None if none came."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that people put into the conversation; `size` is in bytes, `read` fetches it."""

    name: str
    mimetype: str
    size: int
    read: Callable[[], Awaitable[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What is to be approved; the arguments are checked, and exactly these will run.

    `defaults` are the values, as JSON, of what was not given. `approvers` names who may decide:
    nobody means the person who asked, else `admins` or ids of Slack users.
    `digest` binds all of it and how the function is declared. `redacted` is fit for a log.
    """

    call_id: str
    name: str
    title: str
    arguments: str
    defaults: Mapping[str, Any]
    approvers: tuple[str, ...]
    origin: str
    digest: str
    redacted: str


class Approval(Protocol):
    """Who asks people; without it a call that must be approved is refused, and never run."""

    def knows(self, call_id: str) -> bool:
        """Tell whether people were asked about this call, whether or not that was needed."""

    async def refusal(self, request: ApprovalRequest) -> str | None:
        """Return why it was not approved, in a sentence for the model, or None if it was."""


class NoMessages:
    """Stand in where no messages are stored."""

    async def search(
        self, team: str, channel: str, query: str, limit: int
    ) -> Sequence[FoundMessage]:
        """Say that there is nothing to search."""
        raise FunctionError("Earlier messages cannot be searched here.")


class NoPeople:
    """Stand in where nobody can be looked up."""

    async def find(self, team: str, query: str, limit: int) -> Sequence[FoundPerson]:
        """Say that nobody can be looked up."""
        raise FunctionError("People cannot be looked up here.")


async def say_nothing(text: str) -> None:
    """Show progress to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything about one call that does not come from the model.

    `key` is the same whenever the same call runs again, also after a crash: hand it to outside
    systems as idempotency key. `call_id` names the line of the call ledger.
    """

    user: User
    team: str = ""
    channel: str = ""
    is_dm: bool = False
    thread: str = ""
    event: str = ""
    call_id: str = ""
    key: str = ""
    logger: logging.Logger | logging.LoggerAdapter[logging.Logger] = logger
    clock: Callable[[], float] = field(default=time.time, repr=False)
    report: Callable[[str], Awaitable[None]] = field(default=say_nothing, repr=False)
    messages: Messages = field(default_factory=NoMessages, repr=False)
    people: People = field(default_factory=NoPeople, repr=False)
    groups: Groups | None = field(default=None, repr=False)
    asking: Asking | None = field(default=None, repr=False)
    files: Sequence[GivenFile] = ()
    approval: Approval | None = field(default=None, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    ledger: Ledger | None = field(default=None, repr=False)
    dry_run: bool = False

    def for_call(self, event: str, step: int, index: int) -> "Context":
        """Return the context of one tool call, with the key and id that survive a restart."""
        own = call_id(event, step, index)
        key = hashlib.sha256(own.encode()).hexdigest()
        return dataclasses.replace(self, event=event, call_id=own, key=key)

    async def progress(self, text: str) -> None:
        """Show people one short line about what is going on; a failure only goes to the log."""
        try:
            line = strike(" ".join(text.split()), self.secrets.values())
            await self.report(line[:PROGRESS_LIMIT])
        except Exception:
            logger.warning("progress_not_shown", exc_info=True, extra={"call_id": self.call_id})

    async def ask(self, question: str, options: Sequence[str] = ()) -> str:
        """Ask the person who asked, and wait for the answer; it counts to the function's time."""
        if self.asking is None:
            raise FunctionError("The person cannot be asked here.")
        answer = await self.asking.ask(strike(question, self.secrets.values()), options)
        if answer is None:
            raise FunctionError("The person did not answer the question.")
        return answer

    def secret(self, name: str) -> str:
        """Return the secret that the admin has stored under this name."""
        try:
            return self.secrets[name if name in self.secrets else name.lower()]
        except KeyError:
            raise FunctionError(
                f"The secret {name} is not set; an admin has to add FUNCTION_SECRET_{name.upper()} "
                "to the bot's settings."
            ) from None
