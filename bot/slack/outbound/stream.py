"""A page written as a native stream: chat.startStream, appendStream, stopStream.

Always with chunks (a stream keeps to the form it was started with). An append of unknown fate
breaks the page, because sending it again might show it twice.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.posting import metadata
from bot.slack.calls.send import FateUnknown, Refused, Sender, TooFast
from bot.slack.outbound.cards import Cards
from bot.slack.outbound.draft import Batch
from bot.slack.outbound.page import (
    SMALLEST_LIMIT,
    Ending,
    PageFailed,
    StoppedByUser,
    TooLong,
    too_long,
)
from storage.records import PostKind

logger = logging.getLogger(__name__)

APPEND, STOP = "chat.appendStream", "chat.stopStream"
STREAM_S = 240.0  # Slack ends a stream after some 300
GOES_ON = "Continues below"  # of a call whose card is closed while it runs
_END_TRIES = 4
_ENDED = frozenset({"message_not_in_streaming_state", "message_not_found"})


async def end_stream(
    sender: Sender, channel: str, ts: str, closing: list[dict[str, Any]] | None = None
) -> None:
    """End a stream that nothing more is said in, with these chunks, as far as Slack lets us."""
    arguments: dict[str, Any] = {"channel": channel, "ts": ts, "session_status": "processing"}
    if closing:
        arguments["chunks"] = closing
    for attempt in range(_END_TRIES):
        try:
            await sender.call(STOP, arguments)
            return
        except Refused as refusal:
            logger.info("stream_not_stopped", extra={"reason": refusal.word})
            return
        except FateUnknown:
            await sender.clock.sleep(2.0**attempt)


class StreamPage:
    """One stream; `start` it with something to show."""

    kind: PostKind = "stream"
    method = APPEND

    def __init__(self, sender: Sender, place: Place, number: int, cards: Cards) -> None:
        self.number = number
        self.ts: str | None = None
        self.body = ""
        self._sender = sender
        self._place = place
        self._cards = cards
        self.expires: float | None = None  # when to leave it for a new one
        self._shown_at = sender.clock.now()
        self._counted = False
        self._holds_stop = True

    @property
    def due(self) -> float:
        """Return when the next append keeps all streams together inside the budget."""
        return self._shown_at + self._sender.budget.interval(APPEND)

    def ready(self, length: int) -> bool:
        """Take whatever there is."""
        return True

    async def start(self, batch: Batch, known: Callable[[], Awaitable[set[str]]]) -> None:
        """Open the stream with its first content; the start has been taken from the budget.

        Raises:
            Refused: No stream was opened.
            FateUnknown: Slack cannot tell now.
        """
        self.expires = self._sender.clock.now() + STREAM_S
        chunks = self._chunks(batch)
        self.ts = await posting.start(self._sender, self._place, self.number, chunks, known)
        self._sender.budget.share(APPEND)
        self._counted = True
        self._shown(batch)

    async def show(self, batch: Batch) -> None:
        """Append."""
        try:
            await self._sender.call(APPEND, self._arguments(batch))
        except (Refused, FateUnknown) as error:
            raise self._failure(error, batch) from error
        self._shown(batch)

    async def close(self, batch: Batch, ending: Ending) -> None:
        """Stop the stream with the rest; whatever happens, it counts no longer as open."""
        if self._holds_stop:
            self._sender.budget.redeem(STOP)
            self._holds_stop = False
        self.leave()
        arguments = self._arguments(batch, "" if ending.over else GOES_ON) | {
            "metadata": metadata(self._place.key(self.number)),
            "session_status": ending.rest if ending.over else "processing",
        }
        if ending.blocks:
            arguments["blocks"] = list(ending.blocks)
        try:
            await self._stop(arguments)
        except (Refused, FateUnknown) as error:
            raise self._failure(error, batch) from error
        self._shown(batch)

    def leave(self) -> None:
        """Give back what the stream still held of the budget."""
        if self._holds_stop:
            self._sender.budget.forgo(STOP)
            self._holds_stop = False
        if self._counted:
            self._sender.budget.unshare(APPEND)
            self._counted = False

    async def _stop(self, arguments: dict[str, Any]) -> None:
        """Stop; where the stop has to wait, the text does not."""
        try:
            await self._sender.call(STOP, arguments, wait=False)
        except TooFast:
            if "chunks" in arguments and await self._sender.budget.take(APPEND, patience=5.0):
                rest = {name: arguments[name] for name in ("channel", "ts", "chunks")}
                await self._sender.call(APPEND, rest)
                del arguments["chunks"]
            await self._sender.call(STOP, arguments)

    def _failure(self, error: Refused | FateUnknown, batch: Batch) -> Exception:
        """Return what became of a call; too much may be the text, or the cards of many calls."""
        word = error.word if isinstance(error, Refused) else "fate_unknown"
        if word == "stopped_by_user":
            return StoppedByUser()
        if too_long(word) and batch.text and len(self.body + batch.text) > SMALLEST_LIMIT:
            return TooLong()
        return PageFailed(word, alive=word not in _ENDED)

    def _arguments(self, batch: Batch, parting: str = "") -> dict[str, Any]:
        arguments: dict[str, Any] = {"channel": self._place.channel, "ts": self.ts}
        closed = self._cards.closed(parting) if parting else []
        if chunks := self._chunks(batch) + closed:
            arguments["chunks"] = chunks
        return arguments

    def _chunks(self, batch: Batch) -> list[dict[str, Any]]:
        cards = self._cards.chunks(list(batch.cards))
        before = [{"type": "markdown_text", "text": batch.before}] if batch.before else []
        after = [{"type": "markdown_text", "text": batch.after}] if batch.after else []
        return [*before, *cards, *after]

    def _shown(self, batch: Batch) -> None:
        self.body += batch.text
        self._shown_at = self._sender.clock.now()
