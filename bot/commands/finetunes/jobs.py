"""Which fine-tuning job a person means, and following one."""

from collections.abc import Callable
from typing import Annotated

from bot.desk.errors import Missing
from bot.desk.parameters import Shown
from bot.desk.request import Request
from bot.desk.values import code
from bot.openai.client import OpenAI
from bot.openai.errors import NotFoundError, OperationNotFoundError
from bot.openai.fine_tuning_objects import FineTuningJob
from storage.records import Watch

JobId = Annotated[str, Shown("JOB", "ftjob-abc123")]

_PAGE = 100


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
        raise Missing(
            "There is no job that this could be for. "
            f"`{request.slash('finetunes list')}` shows all that there are."
        )
    try:
        return await client.fine_tuning.jobs.retrieve(job)
    except OperationNotFoundError:
        raise
    except NotFoundError as error:
        raise Missing(
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
