"""Everything that a server still knows of how a job went: its events, result files, checkpoints."""

import logging

from bot.finetuning.curves import Curves, add_results, of_events
from bot.openai.client import OpenAI
from bot.openai.errors import OpenAIError
from bot.openai.fine_tuning_objects import (
    FineTuningJob,
    FineTuningJobCheckpoint,
    FineTuningJobEvent,
)

logger = logging.getLogger(__name__)

_PAGE = 100
_MOST_EVENTS = 5_000


async def events_of(client: OpenAI, job: str) -> list[FineTuningJobEvent]:
    """Return a job's events, newest first, without the oldest of very many."""
    found: list[FineTuningJobEvent] = []
    async for event in client.fine_tuning.jobs.list_events(job, limit=_PAGE):
        found.append(event)
        if len(found) >= _MOST_EVENTS:
            break
    return found


async def curves_of(client: OpenAI, job: FineTuningJob) -> Curves:
    """Return the curves of a job; what the server does not hand out is missing in them."""
    curves = Curves()
    try:
        curves = of_events(reversed(await events_of(client, job.id)))
    except OpenAIError as error:
        logger.warning("events_not_read", extra={"reason": type(error).__name__})
    for file in job.result_files or ():
        try:
            raw = await client.files.content(file)
        except OpenAIError as error:
            logger.warning("results_not_read", extra={"reason": type(error).__name__})
        else:
            add_results(curves, raw.content)
    return curves


async def checkpoints_of(client: OpenAI, job: str) -> list[FineTuningJobCheckpoint]:
    """Return the checkpoints of a job, the newest first; none where the server has none."""
    try:
        return [one async for one in client.fine_tuning.jobs.checkpoints.list(job, limit=_PAGE)]
    except OpenAIError as error:
        logger.warning("checkpoints_not_read", extra={"reason": type(error).__name__})
        return []
