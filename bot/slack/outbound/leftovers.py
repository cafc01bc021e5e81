"""What an earlier run of a turn has posted: found again, edited by this run, deleted where not."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.send import FateUnknown, Refused, Sender
from bot.slack.outbound.journal import Journal
from bot.slack.outbound.message import Old
from bot.slack.outbound.stream import end_stream
from storage.records import Post

logger = logging.getLogger(__name__)


@dataclass(eq=False, repr=False)
class Leftovers:
    """The messages of earlier runs by part."""

    sender: Sender
    place: Place
    journal: Journal
    _olds: dict[int, Old] = field(init=False, default_factory=dict)

    def __contains__(self, part: int) -> bool:
        return part in self._olds

    def take(self, part: int) -> Old | None:
        """Return the message of a part, which is going to be edited."""
        return self._olds.pop(part, None)

    async def find(self, posts: Iterable[Post]) -> None:
        """Find the messages of these parts, and end their streams.

        Raises:
            FateUnknown: Slack cannot tell now.
        """
        for post in posts:
            ts = post.ts or await self._find(post)
            if ts is None:
                continue
            if post.kind == "stream" and post.state != "final":
                await end_stream(self.sender, self.place.channel, ts)
            self._olds[post.part] = Old(ts, len(post.body))

    async def _find(self, post: Post) -> str | None:
        known = await self.journal.known()
        ts = await posting.find_part(self.sender, self.place, post.part, post.kind, known)
        if ts is not None:
            self.journal.sent(post.part, ts)
        return ts

    async def delete(self) -> None:
        """Delete messages that this run had no use for."""
        olds, self._olds = self._olds, {}
        for old in olds.values():
            await delete(self.sender, self.place.channel, old.ts)


async def delete(sender: Sender, channel: str, ts: str) -> None:
    """Delete a message, as far as Slack lets us."""
    try:
        await sender.call("chat.delete", {"channel": channel, "ts": ts})
    except (Refused, FateUnknown) as error:
        logger.info("message_not_deleted", extra={"reason": str(error)})
