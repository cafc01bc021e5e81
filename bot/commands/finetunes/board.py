"""Where followed jobs are shown: one message each, and the end of it told in its thread.

All writing goes through the workspace's shared budget, behind the answers of conversations. A
process may die between a post and its note, so every post of a job carries a key, and before one is
made the place is looked through; where that is not allowed, it is made and may then come twice.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.commands.finetunes import card
from bot.commands.finetunes.foreseen import Foreseen
from bot.commands.finetunes.words import method_of, suffix_of
from bot.desk.advice import advice
from bot.desk.blocks import draw
from bot.desk.values import Table, Text, asking, code
from bot.finetuning.follower import BoardBusy, BoardClosed
from bot.finetuning.history import checkpoints_of, curves_of
from bot.finetuning.plot import PlotUnavailable, picture
from bot.finetuning.progress import Progress
from bot.openai.accounts import Accounts
from bot.openai.errors import OpenAIError
from bot.openai.fine_tuning_objects import FineTuningJob
from bot.slack.calls import posting
from bot.slack.calls.posting import marks
from bot.slack.calls.send import FateUnknown, Refused, Sender, TooFast
from bot.slack.text.blocks import SlackMessage
from bot.slack.text.payload import parts
from bot.slack.workspace.files import FileError, Files
from storage.records import Watch

logger = logging.getLogger(__name__)

_NOT_HERE = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action")
_GONE = (
    *(*_NOT_HERE, "account_inactive", "cant_update_message", "edit_window_closed"),
    *("message_not_found", "no_permission", "token_revoked"),
)

_SKEW_S = 120


class TuningBoard:
    """Shows jobs in Slack; `prices` are dollars per million trained tokens, by base model."""

    def __init__(
        self, sender: Sender, files: Files, accounts: Accounts, prices: Mapping[str, float]
    ) -> None:
        self._sender = sender
        self._files = files
        self._accounts = accounts
        self._prices = prices
        self._foreseen = Foreseen(prices)

    async def show(self, watch: Watch, progress: Progress) -> Watch:
        """Bring the message of a watch up to date; return what is known of it then."""
        client = self._accounts.client("files", watch.account)
        foreseen = await self._foreseen.cost(client, progress.job)
        message = card.card(progress, self._prices, foreseen, self._account(watch))
        whole = json.dumps([message.text, message.blocks], sort_keys=True)
        shown = hashlib.sha256(whole.encode()).hexdigest()[:16]
        if watch.message_ts is None:
            return replace(await self._begin(watch, message), shown=shown)
        if shown != watch.shown:
            await self._update(watch, watch.message_ts, message)
        return replace(watch, shown=shown)

    async def unfollowed(self, watch: Watch, progress: Progress | None) -> None:
        """Say in the message of a watch that the job is not followed any more."""
        ts = watch.message_ts or await posted(self._sender, watch, "card")
        if ts and not (progress and progress.job.is_final):
            await self._update(watch, ts, self._drawn(watch, card.unfollowed(watch.job, progress)))

    async def ended(self, watch: Watch, progress: Progress) -> None:
        """Tell the person that the job has ended."""
        await self._reply(watch, "end", card.ending(watch.user, progress, self._prices))

    async def figures(self, watch: Watch, job: FineTuningJob) -> None:
        """Show how the job went: picture and checkpoints."""
        client = self._accounts.client("files", watch.account)
        curves = await curves_of(client, job)
        if curves:
            await self._picture(watch, job, curves)
        found = await checkpoints_of(client, job.id)
        if found:
            await self._reply(watch, "checkpoints", card.checkpoint_table(found))

    async def lost(self, watch: Watch, error: OpenAIError) -> None:
        """Tell the person that the job cannot be followed any more."""
        why = f"status {error.status}" + (f", {error.code}" if error.code else "")
        text = (
            f"<@{watch.user}> :warning: I cannot follow {code(watch.job)} any more: the server "
            f"does not show it to this key ({code(why)}). `!finetunes info {watch.job}` tries "
            "again."
        )
        await self._reply(watch, "lost", Text(text))
        await self.unfollowed(watch, None)

    async def answers(self, watch: Watch, *, good: bool) -> None:
        """Tell the person that the new model answers, or that it still does not."""
        await self._reply(watch, "answers", card.ready(watch, good=good))

    async def unpaid(self, watch: Watch, error: OpenAIError) -> None:
        """Tell the person that the new model is not asked any more, for want of quota."""
        why = advice(error, "models", "test", watch.account)
        await self._reply(watch, "answers", card.unpaid(watch, why))

    async def _picture(self, watch: Watch, job: FineTuningJob, curves: Any) -> None:
        """Share the picture; where none can be drawn or sent, a table says the same."""
        if await shared(self._sender, watch):
            return
        title = f"{suffix_of(job) or job.id}\n{method_of(job)}, {job.model}"
        try:
            png = await picture(curves, title)
            thread = watch.thread_ts or watch.message_ts
            await self._files.share(watch.channel, thread, [(picture_name(watch), png)])
        except (PlotUnavailable, FileError) as error:
            logger.info("no_picture", extra={"reason": type(error).__name__})
            await self._reply(watch, "figures", card.figures(curves))

    def _drawn(self, watch: Watch, value: Text | Table) -> SlackMessage:
        if isinstance(value, Text):
            value = replace(value, buttons=asking(self._account(watch), value.buttons))
        return draw([value], f"finetunes info {watch.job}")

    async def _reply(self, watch: Watch, kind: str, value: Text | Table) -> None:
        """Say something in the thread of the message, unless it was told before a crash."""
        if await posted(self._sender, watch, kind):
            return
        thread = watch.thread_ts or watch.message_ts
        where = {"channel": watch.channel, "thread_ts": thread}
        body = {**where, **self._drawn(watch, value).body(), **marks(key(watch, kind))}
        await self._call("chat.postMessage", body, watch.channel)

    async def _begin(self, watch: Watch, message: SlackMessage) -> Watch:
        """Post the message; where the bot may not post, in the person's direct messages."""
        if ts := await posted(self._sender, watch, "card"):
            return replace(watch, message_ts=ts)
        body = {**message.body(), **marks(key(watch, "card"))}
        thread = {"thread_ts": watch.thread_ts} if watch.thread_ts else {}
        try:
            where = {"channel": watch.channel, **thread}
            answer = await self._call("chat.postMessage", {**where, **body}, watch.channel)
        except BoardClosed as closed:
            if str(closed) not in _NOT_HERE:
                raise
            where = {"channel": watch.user}
            answer = await self._call("chat.postMessage", {**where, **body}, watch.user)
            channel = str(answer.get("channel") or watch.user)
            watch = replace(watch, channel=channel, thread_ts=None)
        return replace(watch, message_ts=str(answer["ts"]))

    async def _update(self, watch: Watch, ts: str, message: SlackMessage) -> None:
        body = {"channel": watch.channel, "ts": ts, **message.body()}
        await self._call("chat.update", body, watch.channel)

    async def _call(
        self, method: str, arguments: Mapping[str, Any], channel: str
    ) -> Mapping[str, Any]:
        """Call Slack; a refusal tells whether to try again later or never."""
        await self._sender.budget.take(method, channel)
        try:
            return await self._sender.call(method, arguments, channel)
        except FateUnknown as error:
            raise BoardBusy(method) from error
        except Refused as error:
            if isinstance(error, TooFast) or error.word not in _GONE:
                raise BoardBusy(str(error)) from error
            raise BoardClosed(error.word) from error

    def _account(self, watch: Watch) -> str:
        """Return what the lines of buttons must name, so that they ask the same server."""
        return "" if watch.account == self._accounts.name("files") else watch.account


def key(watch: Watch, kind: str) -> str:
    """Return the key of a kind of post."""
    return f"watch:{watch.id}:{watch.created}:{kind}"


def picture_name(watch: Watch) -> str:
    """Return the name of the picture that is shared at a job's end."""
    return f"{watch.job}.end.png"


async def posted(sender: Sender, watch: Watch, kind: str) -> str | None:
    """Return the ts of a job's post if it stands where it belongs."""
    try:
        return await posting.find(sender, _since(watch), key(watch, kind))
    except FateUnknown:
        return None


async def shared(sender: Sender, watch: Watch) -> bool:
    """Tell whether the picture of a job's end stands there."""
    try:
        found: list[Mapping[str, Any]] = await posting.read(sender, _since(watch))
    except FateUnknown:
        return False
    files = [file for message in found for file in parts(message, "files")]
    return any(file.get("name") == picture_name(watch) for file in files)


def _since(watch: Watch) -> dict[str, str]:
    """Return where a job is followed, and since when."""
    thread = watch.thread_ts or watch.message_ts
    oldest = f"{watch.created / 1000 - _SKEW_S:.6f}"
    return {"channel": watch.channel, "oldest": oldest, **({"ts": thread} if thread else {})}
