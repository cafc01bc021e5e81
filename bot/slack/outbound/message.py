"""A page written as a message: chat.postMessage once, then chat.update now and then.

Used where a stream is refused, its budget is spent, it broke off, or a restart found it half
written (then `ts` is known and its text is replaced). The text stands in a `markdown` block, its
beginning in the top-level `text` for notifications; where Slack does not take the blocks, the text
goes alone, as `markdown_text`, else as plain `text`. Posts carry metadata with our key, so one of
unknown fate is found again.
"""

from dataclasses import dataclass
from typing import Any

from bot.slack.calls.find import find_post
from bot.slack.calls.place import Place, marks, metadata
from bot.slack.calls.send import FateUnknown, Refused, Sender
from bot.slack.outbound.cards import Cards
from bot.slack.outbound.draft import Batch
from bot.slack.outbound.page import SMALLEST_LIMIT, Ending, PageFailed, TooLong, too_long
from bot.slack.outbound.stream import end_stream
from bot.slack.text.markdown import plain
from storage.records import PostKind

POST, UPDATE = "chat.postMessage", "chat.update"
_NOTIFICATION = 3_000  # of the 4,000 characters that chat.update takes as `text`
_WHOLE_TEXT = {POST: 39_000, UPDATE: 4_000}
_REFUSING = {  # the words with which Slack does not take a form of the text, and the next form
    "blocks": (("invalid_blocks",), "markdown_text"),
    "markdown_text": (("invalid_arg", "markdown_text", "no_text"), "text"),
}
THERE = "duplicate_message"  # how Slack refuses a post that it has, also before it shows it
GONE = "duplicate_message_not_found"  # the same of a post that it had: somebody has deleted it
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Old:
    """A message that an earlier try of this turn left; `length` is how much text people saw."""

    ts: str
    length: int


class MessagePage:
    """One message.

    Its first post waits `patience` seconds, because the answer may be complete by then.
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
        again: bool = False,
    ) -> None:
        self.number = number
        self.ts = old.ts if old else None
        self.body = ""
        self._sender = sender
        self._place = place
        self._cards = cards
        self._old = old
        self._blocks: tuple[dict[str, Any], ...] = ()
        self._form = "blocks"
        self._freed = False  # from the stream that it was
        self._again = again  # the part's first message is gone, and Slack would know its id
        self.due = sender.clock.now() + patience  # when the next edit is polite, shared by all
        sender.budget.share(UPDATE)
        self._counted = True

    @property
    def method(self) -> str:
        """Return `chat.update` once the message exists."""
        return UPDATE if self.ts else POST

    @property
    def replaces(self) -> bool:
        """Tell whether people saw other text here before a restart."""
        return self._old is not None and self._old.length > 0

    def ready(self, length: int) -> bool:
        """Do not replace text from before a restart by less."""
        return self._old is None or length >= self._old.length or bool(self.body)

    async def show(self, batch: Batch) -> None:
        """Post, or edit to the longer text."""
        await self._write(self.body + batch.text)
        self.body += batch.text
        self.due = self._sender.clock.now() + self._sender.budget.interval(UPDATE)

    async def close(self, batch: Batch, ending: Ending) -> None:
        """Show the whole text with what stands under it."""
        self._blocks = ending.blocks
        try:
            if batch or (ending.blocks and self.body):
                await self._sender.budget.take(self.method, self._place.channel)
                await self.show(batch)
        finally:
            self.leave()

    def leave(self) -> None:
        """Stop counting as one who edits."""
        if self._counted:
            self._sender.budget.unshare(UPDATE)
            self._counted = False

    async def _write(self, text: str) -> None:
        for attempt in range(_TRIES):
            try:
                return await (self._update(text) if self.ts else self._post(text))
            except FateUnknown:
                if await self._arrived(attempt):
                    return None
            except Refused as refusal:
                if refusal.word == THERE:  # maybe with less text
                    await self._arrived(attempt)
                elif not await self._mended(refusal.word):
                    raise self._failure(refusal, text) from refusal
        raise FateUnknown(self.method)

    async def _arrived(self, attempt: int) -> bool:
        """Wait a moment, and tell whether the post stands in the thread after all."""
        await self._sender.clock.sleep(2.0**attempt)  # what is under way may still arrive
        if self.ts is not None:
            return False
        self.ts = await find_post(self._sender.client, self._place, self.number, "message")
        return self.ts is not None

    async def _mended(self, word: str) -> bool:
        """Do something about a refusal that need not be the last word."""
        if word == "streaming_state_conflict" and self.ts and not self._freed:
            self._freed = True
            await end_stream(self._sender, self._place.channel, self.ts)
            return True
        if word == GONE and not self._again:
            self._again = True
            return True
        words, following = _REFUSING.get(self._form, ((), ""))
        if word.startswith(words):
            self._form = following
            return True
        return False

    def _failure(self, refusal: Refused, text: str) -> Exception:
        if too_long(refusal.word) and len(text) > SMALLEST_LIMIT:
            return TooLong()
        return PageFailed(refusal.word, alive=False) if self.ts else refusal

    async def _post(self, text: str) -> None:
        arguments = self._content(text, POST) | {
            "thread_ts": self._place.thread_ts,
            **marks(self._place.key(self.number)),
        }
        if self._again:
            del arguments["client_msg_id"]
        answer = await self._sender.call(POST, arguments, self._place.channel)
        self.ts = str(answer["ts"])

    async def _update(self, text: str) -> None:
        arguments = self._content(text, UPDATE) | {"ts": self.ts}
        await self._sender.call(UPDATE, arguments)

    def _content(self, text: str, method: str) -> dict[str, Any]:
        content: dict[str, Any] = {
            "channel": self._place.channel,
            "metadata": metadata(self._place.key(self.number)),
        }
        if self._form == "markdown_text":
            return {**content, "markdown_text": text}
        if self._form == "text":
            bare = plain(text)
            if len(bare) > _WHOLE_TEXT[method]:
                raise PageFailed("msg_too_long", alive=False)
            return {**content, "text": bare}
        cards = self._cards.block()
        written = [{"type": "markdown", "text": text}] if text.strip() else []
        under = [*([cards] if cards else []), *self._blocks]
        summary = plain(text, _NOTIFICATION) or "…"
        return {**content, "text": summary, "blocks": [*written, *under]}
