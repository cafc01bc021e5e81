"""Acting as a person in the local Slack: the half of `LocalSlack` that tests and scripts drive."""

from collections.abc import Sequence
from typing import Any

from playground.slack import people
from playground.slack.deliveries import Delivery
from playground.slack.filestore import upload
from playground.slack.interactions import Interactions
from playground.slack.modals import top
from playground.slack.refusal import Refusal
from playground.slack.workspace import Workspace


class Acting:
    """What people do; every method takes effect at once and sends its events to the bot."""

    workspace: Workspace
    interactions: Interactions

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
        ids = [one if isinstance(one, str) else self.upload(user, *one) for one in files]
        return people.say(self.workspace, channel, user, text, thread_ts, ids, broadcast=broadcast)

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Edit a person's message."""
        people.edit(self.workspace, channel, ts, text)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message."""
        people.delete(self.workspace, channel, ts)

    async def react(
        self, channel: str, ts: str, user: str, name: str, *, remove: bool = False
    ) -> None:
        """React to a message as a person, or take the reaction back."""
        people.add_reaction(self.workspace, channel, ts, user, name, remove=remove)

    async def stop(self, channel: str, thread_ts: str, user: str) -> None:
        """Press the Stop button of a thread."""
        people.stop(self.workspace, channel, thread_ts, user)

    async def join(self, channel: str, user: str) -> None:
        """Let someone (also the bot) join a channel."""
        people.join(self.workspace, channel, user)

    async def open_home(self, user: str) -> None:
        """Open the app's Home tab as a person."""
        people.open_tab(self.workspace, user, "home")

    async def command(self, text: str, user: str, channel: str) -> Delivery:
        """Run a slash command, such as `/ai help`; return what was delivered and answered."""
        return await self.interactions.command(user, channel, text)

    async def click(
        self,
        user: str,
        action_id: str,
        *,
        channel: str = "",
        message_ts: str = "",
        view_id: str = "",
        block_id: str = "",
        **given: Any,
    ) -> Delivery:
        """Press or choose something in a message or a view.

        What was chosen is `value="..."` or Slack's own field (`selected_option={...}`).
        """
        if view_id:
            return await self.interactions.click_view(user, view_id, action_id, block_id, given)
        return await self.interactions.click_message(
            user, channel, message_ts, action_id, block_id, given
        )

    async def submit(
        self, user: str, values: dict[str, dict[str, Any]] | None = None, view_id: str = ""
    ) -> Delivery:
        """Fill in the modal on top (plain texts or Slack's state dicts) and submit it."""
        return await self.interactions.submit(user, view_id or self._top(user), values or {})

    async def close_view(self, user: str, view_id: str = "") -> None:
        """Close the modal on top by its cross."""
        await self.interactions.close_view(user, view_id or self._top(user))

    def _top(self, user: str) -> str:
        view = top(self.workspace, user)
        if view is None:
            raise Refusal("view_not_found")
        return view.id

    async def shortcut(
        self, user: str, callback_id: str, channel: str = "", message_ts: str = ""
    ) -> Delivery:
        """Run a global shortcut, or one on a message."""
        return await self.interactions.shortcut(user, callback_id, channel, message_ts)

    def upload(self, user: str, name: str, content: bytes) -> str:
        """Upload a file as a person; return its id for `say(files=[...])`."""
        return str(upload(self.workspace, name, content, user)["id"])

    async def uninstall(self) -> None:
        """Remove the app from the workspace."""
        people.uninstall(self.workspace)
