"""The list of fine-tuning jobs as a file of tab-separated values."""

import asyncio
import csv
import io

from bot.commands.finetunes.jobs import client_of
from bot.desk.request import Request
from bot.desk.values import File, Text, Values, moment, plural
from bot.finetuning.history import events_of
from bot.openai.errors import OpenAIError
from bot.openai.fine_tuning_objects import FineTuningJob

_COLUMNS = (
    "created",
    "finished_or_last_event",
    "status",
    "base_model",
    "job_id",
    "fine_tuned_model",
)
_AT_ONCE = 4


async def tab_separated(request: Request, jobs: list[FineTuningJob]) -> Values:
    """Return the count, and the table as a file."""
    count = Text(f"*{plural(len(jobs), 'fine-tuning job')}*")
    if not jobs:
        return count
    newest = await _last_events(request, jobs)
    text = io.StringIO()
    table = csv.writer(text, dialect="excel-tab", lineterminator="\n")
    table.writerow(_COLUMNS)
    for job in jobs:
        times = (_iso(job.created_at), _iso(newest[job.id]))
        table.writerow((*times, job.status, job.model, job.id, job.fine_tuned_model or ""))
    return [count, File("finetunes.tsv", text.getvalue().encode())]


async def _last_events(request: Request, jobs: list[FineTuningJob]) -> dict[str, int]:
    """Return when something last happened in each job: its end, else its newest event."""
    client, gate = client_of(request), asyncio.Semaphore(_AT_ONCE)

    async def look(job: FineTuningJob) -> tuple[str, int]:
        if job.finished_at:
            return job.id, job.finished_at
        async with gate:
            try:
                events = await events_of(client, job.id, 1)
            except OpenAIError:
                events = []
        return job.id, events[0].created_at if events else job.created_at

    return dict(await asyncio.gather(*(look(job) for job in jobs)))


def _iso(seconds: int) -> str:
    return moment(seconds, form="%Y-%m-%dT%H:%M:%SZ")
