"""What was said in a thread before a turn: as stored, or read in Slack by a bot that comes late."""

from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import window
from bot.slack.calls.place import Place
from bot.slack.workspace.backfill import read_thread
from bot.slack.workspace.people import People
from storage import Storage
from storage.records import Event, Message


@dataclass(slots=True)
class Conversation:
    """What is known of a thread when a turn begins.

    `before` is what was said before the turn, `own` what an earlier run of it has left.
    `others_wait` tells that people must decide about other turns of the thread.
    """

    before: list[Message] = field(default_factory=list)
    own: list[Message] = field(default_factory=list)
    others_wait: bool = False


async def stored(storage: Storage, event: Event, room: int, meter: window.Meter) -> Conversation:
    """Read what of a conversation can be of use at most, in a request of `room` tokens.

    What an earlier run of the turn has left is read whole, whatever was said since.
    """
    ratio = meter.characters_per_token
    messages = await storage.messages.history(
        event.thread, int(room * ratio), each=int(window.MESSAGE_OVERHEAD * ratio)
    )
    before = [message for message in messages if message.event != event.id]
    own: list[Message] = []
    if len(before) < len(messages) or "settled" in event.body:  # it has waited, or was broken off
        own = await storage.messages.of_turn(event.id)
    if not any(message.tool_calls for message in before):  # so none has waited for people
        return Conversation(before, own)
    waiting = await storage.inbox.parked(event.thread)
    return Conversation(window.gathered(before, waiting), own, others_wait=bool(waiting))


async def in_slack(
    client: AsyncWebClient, storage: Storage, people: People, place: Place
) -> list[Message]:
    """Read in Slack what was said in a thread that the bot meets in its middle, and store it."""
    past = await read_thread(client, place, lambda users: people.names(place.team, users))
    await storage.messages.backfill(place.ticket, past)
    return past
