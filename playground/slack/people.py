"""What people do in the workspace: write, edit, delete, react, press Stop, open the app's tabs."""

from collections.abc import Sequence

from playground.slack.filestore import find, share, upload
from playground.slack.interactions import Interactions
from playground.slack.messages import (
    announce,
    announce_delete,
    announce_edit,
    person_message,
    public,
)
from playground.slack.methods.streams import close
from playground.slack.reactions import react
from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.text import rich_text, written


class People(Interactions):
    """Every act takes effect at once and sends its events to the bot."""

    async def say(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[str | tuple[str, bytes]] = (),
        *,
        broadcast: bool = False,
    ) -> str:
        """Write a message as a person; return its ts.

        `files` are ids of `upload` or (name, bytes); `broadcast` also sends a reply to the channel.
        """
        place = self._seen(channel, user)
        if thread_ts is not None and thread_ts not in place.messages:
            raise Refusal("thread_not_found")
        if not text.strip() and not files:
            raise Refusal("no_text")
        who = self.workspace.user(user)
        message = person_message(self.workspace, who, written(text), thread_ts)
        if files:
            ids = [one if isinstance(one, str) else self.upload(user, *one) for one in files]
            shared = [share(find(self.workspace, identifier), place) for identifier in ids]
            message.update(subtype="file_share", files=shared, upload=False)
        elif broadcast and thread_ts is not None:
            message["subtype"] = "thread_broadcast"
        self.workspace.add(place, message)
        announce(self.workspace, place, message)
        return str(message["ts"])

    def _seen(self, channel: str, user: str) -> Channel:
        """Return a channel that this person is in; an im is made when first used."""
        place = self.workspace.channels.get(channel)
        if place is None and channel == f"D{user[1:]}":
            place = self.workspace.im(self.workspace.user(user).id)
        if place is None:
            raise Refusal("channel_not_found")
        if user not in place.members:
            if place.kind != "channel":
                raise Refusal("not_in_channel")
            place.members.append(user)
        return place

    def upload(self, user: str, name: str, content: bytes) -> str:
        """Upload a file as a person; return its id for `say(files=[...])`."""
        return str(upload(self.workspace, name, content, user)["id"])

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Change what a person wrote."""
        place = self.workspace.channels[channel]
        message = self.workspace.message(channel, ts)
        old = public(message)
        typed = written(text)
        message.update(text=typed, edited={"user": message["user"], "ts": self.workspace.ts()})
        if "blocks" in message:
            message["blocks"] = [rich_text(typed)]
        self.workspace.changed(channel, message)
        announce_edit(self.workspace, place, message, old)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message."""
        place = self.workspace.channels[channel]
        self.workspace.message(channel, ts)
        announce_delete(self.workspace, place, self.workspace.remove(place, ts))

    async def react(
        self, channel: str, ts: str, user: str, name: str, *, remove: bool = False
    ) -> None:
        """React to a message as a person, or take the reaction back."""
        react(self.workspace, self._seen(channel, user), ts, user, name, remove=remove)

    async def stop(self, channel: str, thread_ts: str, user: str) -> None:
        """Press the Stop button: the thread's streams end and the bot is told."""
        streams = list(self.workspace.open_streams.get((channel, thread_ts), []))
        for stream in streams:
            stream.stopped_by_user = True
            close(self.workspace, stream)
            self.workspace.changed(channel, self.workspace.message(channel, stream.ts))
        self.workspace.emit(
            {
                "type": "agent_session_stopped",
                "channel": channel,
                "thread_ts": thread_ts,
                "user": user,
                "streaming_message_ts": [stream.ts for stream in streams],
                "event_ts": self.workspace.ts(),
            }
        )

    async def open_tab(self, user: str, tab: str) -> None:
        """Open the app's Home tab (`home`) or its Messages tab (`messages`)."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.workspace.im(user).id,
            "tab": tab,
            "event_ts": self.workspace.ts(),
        }
        if tab == "home" and user in self.workspace.homes:
            event["view"] = self.workspace.homes[user].body
        self.workspace.emit(event)

    async def join(self, channel: str, user: str) -> None:
        """Let someone (also the bot) join a channel: a system message and member_joined_channel."""
        place = self.workspace.channels[channel]
        if user not in place.members:
            place.members.append(user)
        message: Json = {
            "type": "message",
            "subtype": "channel_join",
            "user": user,
            "text": f"<@{user}> has joined the channel",
            "ts": self.workspace.ts(),
        }
        self.workspace.add(place, message)
        announce(self.workspace, place, message)
        self.workspace.emit(
            {
                "type": "member_joined_channel",
                "user": user,
                "channel": channel,
                "channel_type": "C" if place.kind == "channel" else "G",
                "team": self.workspace.user(user).team,
                "event_ts": message["ts"],
            }
        )

    async def uninstall(self) -> None:
        """Remove the app from the workspace."""
        self.workspace.emit({"type": "app_uninstalled", "event_ts": self.workspace.ts()})
