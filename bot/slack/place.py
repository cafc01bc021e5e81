"""Where an answer goes, for whom, and how it can be recognised afterwards."""

import uuid
from dataclasses import dataclass
from typing import Any

ANSWER_EVENT = "callboard_answer"  # event_type of the metadata on everything a turn posts


@dataclass(frozen=True, slots=True)
class Place:
    """The thread that is answered in, the asker, and the event that asks.

    `user_team` is the asker's own team (another one than `team` in Slack Connect), `event` the
    event's id, `event_ts` its Slack time, `bot_user` our own user id.
    """

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

    def metadata(self, part: int) -> dict[str, Any]:
        """Return the message metadata that carries the key."""
        return {"event_type": ANSWER_EVENT, "event_payload": {"key": self.key(part)}}

    def client_msg_id(self, part: int) -> str:
        """Return an id that is the same whenever this part is posted."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"callboard:{self.key(part)}"))
