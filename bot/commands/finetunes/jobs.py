"""Which fine-tuning job a person means, following one, and the list of them as a table file."""

import asyncio
import csv
import io
from collections.abc import Callable
from typing import Annotated

from bot.desk.errors import CommandError
from bot.desk.parameters import Shown
from bot.desk.request import Request
from bot.desk.values import File, Text, Values, code, moment, plural
from bot.openai.client import OpenAI
from bot.openai.errors import NotFoundError, OpenAIError, OperationNotFoundError
from bot.openai.fine_tuning_objects import FineTuningJob
from storage.records import Watch

JobId = Annotated[str, Shown("JOB", "ftjob-abc123")]

_PAGE = 100

_COLUMNS = (
    *("created", "finished_or_last_event", "status"),
    *("base_model", "job_id", "fine_tuned_model"),
)
_AT_ONCE = 4


def client_of(request: Request) -> OpenAI:
    """Return the client that tunes."""
    return request.openai("files")


async def all_jobs(request: Request) -> list[FineTuningJob]:
    """Return all jobs, newest first."""
    return [job async for job in client_of(request).fine_tuning.jobs.list(limit=_PAGE)]


async def job_of(
    request: Request, job: str, fits: Callable[[FineTuningJob], bool] | None = None
) -> FineTuningJob:
    """Return the job by its id; without one, the newest that fits."""
    client = client_of(request)
    if not job:
        async for one in client.fine_tuning.jobs.list(limit=_PAGE):
            if fits is None or fits(one):
                return one
        raise CommandError(
            "There is no job that this could be for. "
            f"`{request.slash('finetunes list')}` shows all that there are."
        )
    try:
        return await client.fine_tuning.jobs.retrieve(job)
    except OperationNotFoundError:
        raise
    except NotFoundError as error:
        raise CommandError(
            f"The server has no job {code(job)}. `{request.slash('finetunes list')}` shows all."
        ) from error


async def follow(request: Request, job: str) -> None:
    """Begin to follow a job where the command was given."""
    to = request.invocation
    account = request.account_of("files")
    watch = Watch(
        id=f"{to.team}:{to.channel}:{to.thread_ts or ''}:{account}:{job}",
        team=to.team,
        channel=to.channel,
        thread_ts=to.thread_ts,
        user=request.asker.id,
        account=account,
        job=job,
    )
    await request.storage.watches.add(watch)
    request.equipment.nudge()


async def watches_of(request: Request, job: str) -> list[Watch]:
    """Return the watches of this team, or those of one job."""
    account = request.account_of("files")
    found = await request.storage.watches.of_team(request.invocation.team)
    return [one for one in found if not job or (one.job, one.account) == (job, account)]


async def tab_separated(request: Request, jobs: list[FineTuningJob]) -> Values:
    """Return the count, and the table as a file."""
    count = Text(f"*{plural(len(jobs), 'fine-tuning job')}*")
    if not jobs:
        return count
    text = io.StringIO()
    table = csv.writer(text, dialect="excel-tab", lineterminator="\n")
    table.writerow(_COLUMNS)
    for job, last in zip(jobs, await _last_events(request, jobs), strict=True):
        times = (_iso(job.created_at), _iso(last))
        table.writerow((*times, job.status, job.model, job.id, job.fine_tuned_model or ""))
    return [count, File("finetunes.tsv", text.getvalue().encode())]


async def _last_events(request: Request, jobs: list[FineTuningJob]) -> list[int]:
    """Return when something last happened in each job: its end, else its newest event."""
    client, gate = client_of(request), asyncio.Semaphore(_AT_ONCE)

    async def look(job: FineTuningJob) -> int:
        if job.finished_at:
            return job.finished_at
        async with gate:
            try:
                events = (await client.fine_tuning.jobs.list_events(job.id, limit=1)).data
            except OpenAIError:
                events = []
        return events[0].created_at if events else job.created_at

    return list(await asyncio.gather(*(look(job) for job in jobs)))


def _iso(seconds: int) -> str:
    return moment(seconds, form="%Y-%m-%dT%H:%M:%SZ")
