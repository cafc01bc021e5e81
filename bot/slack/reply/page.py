"""One Slack message of an answer: a native stream where Slack gives one, else an edited message.

A `StreamPage` is written by chat.startStream, appendStream and stopStream, always with chunks (a
stream keeps to the form it was started with). An append of unknown fate breaks the page, because
sending it again might show it twice.

A `MessagePage` is written by chat.postMessage once, then chat.update now and then: where a stream
is refused, its budget is spent, it broke off, or a restart found it half written (then `ts` is
known and its text is replaced). The text stands in a `markdown` block, its beginning in the
top-level `text` for notifications; where Slack does not take the blocks, the text goes alone, as
`markdown_text`, else as plain `text`.
"""

import contextlib
import logging
from dataclasses import dataclass
from typing import Any, Literal

from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.posting import POST, UPDATE
from bot.slack.calls.send import FateUnknown, Refused, Sender, TooFast, reason_of
from bot.slack.reply.draft import Batch, Cards
from bot.slack.text.markdown import plain
from storage.records import PostKind

logger = logging.getLogger(__name__)

PAGE_LIMIT = 11_000  # Slack takes 12,000 in a call, and a whole message fails near 13,200
SMALLEST_LIMIT = 1_000  # what is too long with less is so for another reason than its text
STREAM_S = 240.0  # Slack ends a stream after some 300
APPEND, STOP = "chat.appendStream", "chat.stopStream"
_ENDED = frozenset({"message_not_in_streaming_state", "message_not_found"})
_NOTIFICATION = 3_000  # of the 4,000 characters that chat.update takes as `text`
_WHOLE_TEXT = {POST: 39_000, UPDATE: 4_000}
_REFUSING = {  # the words with which Slack does not take a form of the text, and the next form
    "blocks": (("invalid_blocks",), "markdown_text"),
    "markdown_text": (("invalid_arg", "markdown_text", "no_text"), "text"),
}

SessionState = Literal["active", "suspended"]


class PageFailed(Exception):
    """This message cannot be written any further; go on in another way with the same text.

    `alive` tells that the stream may still be open. The last call may have had its effect.
    """

    def __init__(self, word: str, *, alive: bool) -> None:
        self.word = word
        self.alive = alive
        super().__init__(word)


class TooLong(Exception):
    """Slack takes only less text in one message; nothing of the call was shown."""


class StoppedByUser(Exception):
    """A person has clicked Stop: post nothing more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the last call for a page looks: is the turn over, and what stands under the text.

    `rest` is the state in which the session is left when it is over.
    """

    over: bool = True
    blocks: tuple[dict[str, Any], ...] = ()
    rest: SessionState = "active"


@dataclass(frozen=True, slots=True)
class Old:
    """A message that an earlier try of this turn left; `body` is what people saw, as is known."""

    ts: str
    body: str


class _Page:
    """What both kinds have: a place in Slack, what stands there, and a share of the budget."""

    def __init__(self, sender: Sender, place: Place, number: int, cards: Cards) -> None:
        self.number = number
        self.ts: str | None = None
        self.body = ""
        self._sender = sender
        self._place = place
        self._cards = cards
        self._shares = ""  # the method that it calls again and again

    def _share(self, method: str) -> None:
        self._sender.budget.share(method)
        self._shares = method

    def leave(self) -> None:
        """Give back what it still held of the budget."""
        if self._shares:
            self._sender.budget.unshare(self._shares)
            self._shares = ""


class StreamPage(_Page):
    """One stream; `start` it with something to show."""

    kind: PostKind = "stream"
    method = APPEND

    def __init__(self, sender: Sender, place: Place, number: int, cards: Cards) -> None:
        super().__init__(sender, place, number, cards)
        self.expires: float | None = None  # when to leave it for a new one
        self._shown_at = sender.clock.now()
        self._holds_stop = True

    @property
    def due(self) -> float:
        """Return when the next append keeps all streams together inside the budget."""
        return self._shown_at + self._sender.budget.interval(APPEND)

    def ready(self, length: int) -> bool:
        """Take whatever there is."""
        return True

    async def start(self, batch: Batch, known: posting.Known) -> None:
        """Open the stream with its first content; the start has been taken from the budget.

        Raises:
            Refused: No stream was opened.
            FateUnknown: Slack cannot tell now.
        """
        self.expires = self._sender.clock.now() + STREAM_S
        chunks = self._chunks(batch)
        self.ts = await posting.start(self._sender, self._place, self.number, chunks, known)
        self._share(APPEND)
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
        arguments = self._arguments(batch, parting=not ending.over) | {
            "metadata": posting.metadata(self._place.key(self.number)),
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
        """Give back also the stop that it holds: others end the stream."""
        if self._holds_stop:
            self._sender.budget.forgo(STOP)
            self._holds_stop = False
        super().leave()

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
        if batch.text and _is_too_long(word, self.body + batch.text):
            return TooLong()
        return PageFailed(word, alive=word not in _ENDED)

    def _arguments(self, batch: Batch, *, parting: bool = False) -> dict[str, Any]:
        arguments: dict[str, Any] = {"channel": self._place.channel, "ts": self.ts}
        closed = self._cards.closed() if parting else []
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


class MessagePage(_Page):
    """One message.

    Its first post waits `patience` seconds, because the answer may be complete by then. With `anew`
    the part's first message is gone.
    """

    kind: PostKind = "message"
    expires: float | None = None  # never

    def __init__(
        self,
        sender: Sender,
        place: Place,
        number: int,
        cards: Cards,
        patience: float = 0.0,
        old: Old | None = None,
        *,
        anew: bool = False,
    ) -> None:
        super().__init__(sender, place, number, cards)
        self.ts = old.ts if old else None
        self.due = sender.clock.now() + patience  # when the next edit is polite, shared by all
        self._old = old
        self._blocks: tuple[dict[str, Any], ...] = ()
        self._over = False  # the answer goes on in another message
        self._form = "blocks"
        self._freed = False  # from the stream that it was
        self._written = False
        self._anew = anew
        self._share(UPDATE)

    @property
    def method(self) -> str:
        """Return `chat.update` once the message exists."""
        return UPDATE if self.ts else POST

    @property
    def untouched(self) -> bool:
        """Tell whether it stands as an earlier run has left it."""
        return self._old is not None and not self._written

    def replaces(self, text: str) -> bool:
        """Tell whether people saw something else here before a restart."""
        return self._old is not None and self._old.body.rstrip() not in ("", text.rstrip())

    def ready(self, length: int) -> bool:
        """Do not replace text from before a restart by less."""
        return self._old is None or length >= len(self._old.body) or bool(self.body)

    async def show(self, batch: Batch) -> None:
        """Post, or edit to the longer text."""
        await self._write(self.body + batch.text)
        self.body += batch.text
        self.due = self._sender.clock.now() + self._sender.budget.interval(UPDATE)

    async def redraw(self) -> None:
        """Show what stands there with its cards as they are now, if Slack lets us."""
        with contextlib.suppress(Refused, FateUnknown, TooLong, PageFailed):
            await self._write(self.body)

    async def close(self, batch: Batch, ending: Ending) -> None:
        """Show the whole text with what stands under it."""
        self._blocks, self._over = ending.blocks, not ending.over
        try:
            if batch or (ending.blocks and self.body):
                await self._sender.budget.take(self.method, self._place.channel)
                await self.show(batch)
        finally:
            self.leave()

    async def _write(self, text: str) -> None:
        sender, place, key = self._sender, self._place, self._place.key(self.number)
        while True:
            content = self._content(text)
            try:
                if self.ts:
                    await posting.edit(sender, place.channel, self.ts, key, content)
                else:
                    self.ts = await posting.post(sender, place, key, content, anew=self._anew)
                self._written = True
                return
            except Refused as refusal:
                if not await self._mended(refusal.word):
                    raise self._failure(refusal, text) from refusal

    async def _mended(self, word: str) -> bool:
        """Do something about a refusal that need not be the last word."""
        if word == "streaming_state_conflict" and self.ts and not self._freed:
            self._freed = True
            await end_stream(self._sender, self._place.channel, self.ts)
            return True
        words, following = _REFUSING.get(self._form, ((), ""))
        if word.startswith(words):
            self._form = following
            return True
        return False

    def _failure(self, refusal: Refused, text: str) -> Exception:
        if _is_too_long(refusal.word, text):
            return TooLong()
        return PageFailed(refusal.word, alive=False) if self.ts else refusal

    def _content(self, text: str) -> dict[str, Any]:
        if self._form == "markdown_text":
            return {"markdown_text": text}
        if self._form == "text":
            bare = plain(text)
            if len(bare) > _WHOLE_TEXT[self.method]:
                raise PageFailed("msg_too_long", alive=False)
            return {"text": bare}
        cards = self._cards.block(over=self._over)
        written = [{"type": "markdown", "text": text}] if text.strip() else []
        under = [*([cards] if cards else []), *self._blocks]
        summary = plain(text, _NOTIFICATION) or "…"
        return {"text": summary, "blocks": [*written, *under]}


def _is_too_long(word: str, text: str) -> bool:
    """Tell whether Slack's error complains of the length of this text."""
    return "too_long" in word and len(text) > SMALLEST_LIMIT


async def end_stream(
    sender: Sender, channel: str, ts: str, closing: list[dict[str, Any]] | None = None
) -> None:
    """End a stream that nothing more is said in, with these chunks, as far as Slack lets us."""
    arguments: dict[str, Any] = {"channel": channel, "ts": ts, "session_status": "processing"}
    if closing:
        arguments["chunks"] = closing
    try:
        await sender.insist(STOP, arguments)
    except (Refused, FateUnknown) as error:
        logger.info("stream_not_stopped", extra={"reason": reason_of(error)})
