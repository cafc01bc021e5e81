"""Where an answer goes, for whom, by whose right, and how it can be recognised afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.records import Event, Ticket

# Of all that is posted: Slack would fetch a link, and what is in its address would be told there.
QUIET: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Place:
    """The thread that is answered in, the asker, and the event that asks.

    `ticket` is our right to work on the thread, `user_team` the asker's own team (another one than
    `team` in Slack Connect), `event` the event's id, `event_ts` its Slack time, `bot_user` our own
    user id.
    """

    ticket: Ticket
    team: str
    channel: str
    thread_ts: str
    user: str
    user_team: str
    is_dm: bool
    event: str
    event_ts: str
    bot_user: str

    def key(self, part: int) -> str:
        """Return the name by which part `part` of the answer is found again."""
        return f"{self.event}:{part}"

    @property
    def since(self) -> dict[str, str]:
        """Return where and from when on an answer to the event may stand."""
        return {"channel": self.channel, "ts": self.thread_ts, "oldest": self.event_ts}


def place_of(ticket: Ticket, event: Event, bot_user: str) -> Place:
    """Return where an event is answered."""
    return Place(
        ticket=ticket,
        team=event.team,
        channel=event.body["channel"],
        thread_ts=event.body["thread_ts"],
        user=event.user,
        user_team=event.body.get("user_team") or event.team,
        is_dm=event.body["channel_type"] == "im",
        event=event.id,
        event_ts=event.ts,
        bot_user=bot_user,
    )
