"""A page written as a message: chat.postMessage once, then chat.update now and then.

Used where a stream is refused, its budget is spent, it broke off, or a restart found it half
written (then `ts` is known and its text is replaced). The text stands in a `markdown` block, its
beginning in the top-level `text` for notifications; where Slack does not take the blocks, the text
goes alone, as `markdown_text`, else as plain `text`.
"""

from dataclasses import dataclass
from typing import Any

from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.posting import POST, UPDATE
from bot.slack.calls.send import Refused, Sender
from bot.slack.outbound.cards import Cards
from bot.slack.outbound.draft import Batch
from bot.slack.outbound.page import SMALLEST_LIMIT, Ending, PageFailed, TooLong, too_long
from bot.slack.outbound.stream import end_stream
from bot.slack.text.markdown import plain
from storage.records import PostKind

_NOTIFICATION = 3_000  # of the 4,000 characters that chat.update takes as `text`
_WHOLE_TEXT = {POST: 39_000, UPDATE: 4_000}
_REFUSING = {  # the words with which Slack does not take a form of the text, and the next form
    "blocks": (("invalid_blocks",), "markdown_text"),
    "markdown_text": (("invalid_arg", "markdown_text", "no_text"), "text"),
}


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
        anew: bool = False,
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
        self._anew = anew  # the part's first message is gone
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
        key = self._place.key(self.number)
        while True:
            try:
                content = self._content(text)
                if self.ts:
                    await posting.edit(self._sender, self._place.channel, self.ts, key, content)
                else:
                    self.ts = await posting.post(
                        self._sender, self._place, key, content, anew=self._anew
                    )
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
        if too_long(refusal.word) and len(text) > SMALLEST_LIMIT:
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
        cards = self._cards.block()
        written = [{"type": "markdown", "text": text}] if text.strip() else []
        under = [*([cards] if cards else []), *self._blocks]
        summary = plain(text, _NOTIFICATION) or "…"
        return {"text": summary, "blocks": [*written, *under]}
