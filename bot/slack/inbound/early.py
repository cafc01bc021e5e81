"""What arrived before the mention it follows, in threads that the bot has no part in yet.

Slack promises no order: a mention that was delivered in vain comes again seconds or minutes later,
and what was said below it meanwhile may be here first, and so may edits and deletions of it or of
what stands below it. Those are kept in memory only, and not many: of threads that are none of the
bot's business nothing is stored. After a restart Slack is asked instead (`workspace.backfill`).
"""

from dataclasses import replace

from bot.slack.inbound.incoming import Revised
from storage.records import Event

_THREADS = 200
_REPLIES = 20
_REVISIONS = 1000


class Early:
    """The newest of these replies, by thread, and revisions, by message; the last ones last."""

    def __init__(self) -> None:
        self._threads: dict[str, dict[str, Event]] = {}
        self._revisions: dict[tuple[str, str], Revised] = {}

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
        """Take out the replies that were written after a mention.

        Those before it stay: the mention that they follow may be still on its way.
        """
        replies = self._threads.get(mention.thread, {}).values()
        later = [reply for reply in replies if float(reply.ts) > float(mention.ts)]
        for reply in later:
            self.drop(reply.thread, reply.id)
        return later

    def revise(self, revised: Revised) -> None:
        """Remember an edit or a deletion, unless a newer one is known; none follows a deletion."""
        known = self._revisions.get((revised.thread, revised.ts))
        if known and (known.text is None or revised.at < known.at):
            return
        self._revisions[revised.thread, revised.ts] = revised
        if len(self._revisions) > _REVISIONS:
            del self._revisions[next(iter(self._revisions))]

    def current(self, event: Event) -> Event | None:
        """Return an event as its author has revised it; None if it was deleted."""
        revised = self._revisions.get((event.thread, event.ts))
        if revised is None:
            return event
        if revised.text is None:
            return None
        return replace(event, body=event.body | {"text": revised.text})
