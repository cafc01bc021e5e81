"""One followed job: what it needs now, stage by stage.

In the first stage the job is asked for, often while something changes and rarely while nothing
does, and the board keeps one message up to date. When the job has ended the board tells its person,
once. Then it shows how the job went, if that can be had. In the third stage the new model is tried
until it answers. Who stops a watch leaves it a last stage, in which its message says so.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.finetuning.progress import Progress, patience_s, pause_s, progress_of
from bot.openai.client import OpenAI
from bot.openai.errors import (
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    CircuitOpenError,
    InsufficientQuotaError,
    InternalServerError,
    NotFoundError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
)
from bot.openai.fine_tuning_objects import FineTuningJob, FineTuningJobEvent
from bot.openai.wire.retry import retry_after
from bot.tasks import beside
from storage import Lost, StorageError
from storage.engine import WallClock
from storage.records import Watch
from storage.watches import Watches

logger = logging.getLogger(__name__)

LEASE_MS = 30_000
_RENEW_S = 10.0
_EVENTS = 50
_SHORTEST_PAUSE_S = 5.0  # between two looks at a job
_LONGEST_PAUSE_S = 60.0
_MODEL_PAUSE_S = 15.0  # between two questions to a new model
_ASKED_PAUSE_S = 3_600.0  # the longest that a server may ask for
_GIVE_UP_AFTER = 4
_MODEL_PATIENCE_MS = 2 * 3600 * 1000
_NAME_PATIENCE_MS = 600_000
_NOT_READY = (
    NotFoundError,
    BadRequestError,
    PermissionDeniedError,
    RateLimitError,
    InternalServerError,
    APITimeoutError,
)
_UNSURE = (NotFoundError, PermissionDeniedError, AuthenticationError)


class BoardClosed(Exception):
    """The place where a job is shown is gone, or closed to us."""


class BoardBusy(Exception):
    """The place cannot be written to now."""


class Board(Protocol):
    """Where people see what is followed. Each may raise `BoardClosed` or `BoardBusy`."""

    async def show(self, watch: Watch, progress: Progress) -> Watch:
        """Bring the message of a watch up to date; return what is known of it then."""

    async def ended(self, watch: Watch, progress: Progress) -> None:
        """Tell the person that the job has ended."""

    async def figures(self, watch: Watch, job: FineTuningJob) -> None:
        """Show how the job went: picture and checkpoints."""

    async def lost(self, watch: Watch, error: OpenAIError) -> None:
        """Tell the person that the job cannot be followed any more."""

    async def answers(self, watch: Watch, *, good: bool) -> None:
        """Tell the person that the new model answers, or that it still does not."""

    async def unpaid(self, watch: Watch, error: OpenAIError) -> None:
        """Tell the person that the new model is not asked any more, for want of quota."""

    async def unfollowed(self, watch: Watch, progress: Progress | None) -> None:
        """Say in the message of a watch that the job is not followed any more."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Does what a watch needs, for as long as it is ours.

    Args:
        watches: What is followed.
        client: Gives the client of an account.
        board: Where it is shown.
        clock: Milliseconds since 1970.
        sleep: Waits some seconds.
    """

    watches: Watches
    client: Callable[[str], OpenAI]
    board: Board
    clock: WallClock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def look(self, watch: Watch) -> None:
        """Do what a watch needs now; whatever fails is tried again later."""
        async with beside(self._renew(watch), name=f"hold {watch.job}"):
            try:
                await self._attempt(watch)
            except Lost:
                logger.info("watch_taken_over", extra={"job": watch.job})
            except StorageError:
                logger.exception("watch_not_saved", extra={"job": watch.job})

    async def _renew(self, watch: Watch) -> None:
        """Hold a watch while it is looked at: a short lease frees it soon after a crash."""
        while True:
            await self.sleep(_RENEW_S)
            with contextlib.suppress(StorageError):
                await self.watches.renew(watch, LEASE_MS)

    async def _attempt(self, watch: Watch) -> None:
        try:
            await self._step(watch)
        except BoardClosed:
            logger.warning("watch_place_gone", extra={"job": watch.job})
            await self.watches.end(watch)
        except (BoardBusy, OpenAIError) as error:
            await self._failed(watch, error)
        except StorageError:
            raise
        except Exception as error:
            logger.exception("watch_failed", extra={"job": watch.job})
            await self._failed(watch, error)

    async def _step(self, watch: Watch) -> None:
        match watch.stage:
            case "job":
                await self._follow(watch)
            case "figures":
                await self._finish(watch, await self._job(watch))
            case "stopped":
                await self._stop(watch)
            case _:
                await self._try(watch)

    async def _follow(self, watch: Watch) -> None:
        job = await self._job(watch)
        now = self.clock()
        progress = progress_of(job, await self._events(watch), now / 1000)
        mark = f"{job.status} {progress.step}"
        if mark != watch.state:
            watch = replace(watch, state=mark, changed=now)
        watch = await self.watches.keep(await self.board.show(watch, progress))
        watch = replace(watch, failures=0)
        unnamed = job.status == "succeeded" and not job.fine_tuned_model  # as for a moment
        if not job.is_final or (unnamed and now - watch.changed < _NAME_PATIENCE_MS):
            quiet = (now - watch.changed) / 1000
            pause = pause_s(quiet, _SHORTEST_PAUSE_S, _LONGEST_PAUSE_S)
            await self.watches.release(watch, now + int(pause * 1000))
            return
        await self.board.ended(watch, progress)
        await self.watches.release(replace(watch, stage="figures"), now)

    async def _stop(self, watch: Watch) -> None:
        """Have the message say so, with the job as it stands now if the server tells."""
        progress = None
        with contextlib.suppress(OpenAIError):
            job = await self._job(watch)
            progress = progress_of(job, await self._events(watch), self.clock() / 1000)
        await self.board.unfollowed(watch, progress)
        await self.watches.end(watch)

    async def _job(self, watch: Watch) -> FineTuningJob:
        return await self.client(watch.account).fine_tuning.jobs.retrieve(watch.job)

    async def _events(self, watch: Watch) -> list[FineTuningJobEvent]:
        """Return a job's newest events; there are hosts that have none."""
        jobs = self.client(watch.account).fine_tuning.jobs
        try:
            return (await jobs.list_events(watch.job, limit=_EVENTS)).data
        except _UNSURE:
            return []

    async def _finish(self, watch: Watch, job: FineTuningJob) -> None:
        """Show how a job went; when that fails again and again, go on without."""
        if watch.failures < _GIVE_UP_AFTER:
            await self.board.figures(watch, job)
        now = self.clock()
        if job.status == "succeeded" and job.fine_tuned_model:
            made = replace(watch, stage="model", model=job.fine_tuned_model, changed=now)
            await self.watches.release(replace(made, failures=0), now)
        else:
            await self.watches.end(watch)

    async def _try(self, watch: Watch) -> None:
        """Ask the new model something short; it may take minutes until it answers."""
        try:
            await _try_model(self.client(watch.account), watch.model)
        except InsufficientQuotaError as error:
            await self.board.unpaid(watch, error)
        except _NOT_READY as error:
            now = self.clock()
            if now - watch.changed < _MODEL_PATIENCE_MS:
                logger.info("model_not_ready", extra={"reason": type(error).__name__})
                pause = max(_MODEL_PAUSE_S, self._asked_to_wait(error) or 0.0)
                await self.watches.release(watch, now + int(pause * 1000))
                return
            await self.board.answers(watch, good=False)
        else:
            await self.board.answers(watch, good=True)
        await self.watches.end(watch)

    async def _failed(self, watch: Watch, error: Exception) -> None:
        """Look again later; what the server keeps refusing is given up once that is said."""
        failures = watch.failures + 1
        if (
            isinstance(error, _UNSURE)
            and failures >= _GIVE_UP_AFTER
            and await self._is_told(watch, error)
        ):
            await self.watches.end(watch)
            return
        due = self.clock() + int(patience_s(failures, self._asked_to_wait(error)) * 1000)
        logger.warning("watch_waits", extra={"job": watch.job, "reason": type(error).__name__})
        await self.watches.postpone(replace(watch, failures=failures), due)

    async def _is_told(self, watch: Watch, error: OpenAIError) -> bool:
        """Say that a job cannot be followed any more; False if that must be tried again."""
        try:
            await self.board.lost(watch, error)
        except BoardClosed:
            logger.warning("watch_place_gone", extra={"job": watch.job})
        except BoardBusy:
            return False
        return True

    def _asked_to_wait(self, error: Exception) -> float | None:
        """Return how many seconds the server is to be left alone, or None if it does not say."""
        if isinstance(error, CircuitOpenError):
            return error.retry_after
        if isinstance(error, APIStatusError):
            asked = retry_after(error.headers, lambda: self.clock() / 1000)
            return asked and min(asked, _ASKED_PAUSE_S)
        return None


async def _try_model(client: OpenAI, model: str) -> None:
    """Ask a model for a word, as a chat model or else as a completion model."""
    try:
        await client.chat.try_model(model)
    except (NotFoundError, BadRequestError) as error:
        if "v1/completions" not in error.message:
            raise
        await client.completions.create(model=model, prompt="ok", max_tokens=1)
