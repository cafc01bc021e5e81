"""Replies without a mention that arrived before the mention they follow.

Slack promises no order: a mention that was delivered in vain comes again seconds or minutes later,
and what was said below it meanwhile may be here first, in a thread that the bot has no part in yet.
Such replies are kept in memory only, and not many: of threads that are none of the bot's business
nothing is stored.
"""

from storage.records import Event

_THREADS = 200
_REPLIES = 20


class Early:
    """The newest of these replies, by thread; the thread that was written in last stands last."""

    def __init__(self) -> None:
        self._threads: dict[str, dict[str, Event]] = {}

    def keep(self, event: Event) -> None:
        """Remember a reply."""
        replies = self._threads.pop(event.thread, {})
        replies[event.id] = event
        self._threads[event.thread] = replies
        if len(replies) > _REPLIES:
            del replies[next(iter(replies))]
        if len(self._threads) > _THREADS:
            del self._threads[next(iter(self._threads))]

    def drop(self, thread: str, event_id: str) -> None:
        """Forget a reply."""
        replies = self._threads.get(thread)
        if replies and replies.pop(event_id, None) and not replies:
            del self._threads[thread]

    def after(self, mention: Event) -> list[Event]:
        """Take out the replies that were written after a mention."""
        replies = self._threads.pop(mention.thread, {}).values()
        return [reply for reply in replies if float(reply.ts) > float(mention.ts)]
