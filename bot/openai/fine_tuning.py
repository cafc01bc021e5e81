"""Fine-tuning: jobs with their events and checkpoints, who may use a checkpoint, and graders."""

from typing import Unpack

from bot.openai.errors import BadRequestError
from bot.openai.fine_tuning_objects import (
    CheckpointPermission,
    FineTuningJob,
    FineTuningJobCheckpoint,
    FineTuningJobEvent,
    GraderRun,
    GraderValidation,
    PermissionDeleted,
)
from bot.openai.fine_tuning_request import (
    GraderParameters,
    GraderRunParameters,
    JobFilters,
    JobParameters,
    PermissionFilters,
    PermissionParameters,
    job_body,
)
from bot.openai.listing import Listing, Page, PageFilters
from bot.openai.resource import Resource, page_of, read
from bot.openai.rules import checked
from bot.openai.wire.api import API, Ask

JOBS = ("fine_tuning", "jobs")
GRADERS = ("fine_tuning", "alpha", "graders")


class JobCheckpoints(Resource):
    """The checkpoints of jobs."""

    def list(self, job_id: str, **filters: Unpack[PageFilters]) -> Listing[FineTuningJobCheckpoint]:
        """Return a job's checkpoints: await a page or iterate over all."""
        path = (*JOBS, job_id, "checkpoints")
        return self._listing(FineTuningJobCheckpoint, path, PageFilters, filters)


class Jobs(Resource):
    """Fine-tuning jobs."""

    def __init__(self, api: API) -> None:
        super().__init__(api)
        self.checkpoints = JobCheckpoints(api)

    async def create(self, **parameters: Unpack[JobParameters]) -> FineTuningJob:
        """Begin a job.

        It costs money, so it is not asked for again when a failure leaves open whether it began:
        then look at the list.
        """
        ask = Ask("POST", JOBS, body=job_body(**parameters), once=True)
        return await self._result(FineTuningJob, ask)

    def list(self, **filters: Unpack[JobFilters]) -> Listing[FineTuningJob]:
        """Return the jobs, newest first: await a page or iterate over all."""
        return self._listing(FineTuningJob, JOBS, JobFilters, filters)

    async def retrieve(self, job_id: str) -> FineTuningJob:
        """Return one job."""
        return await self._result(FineTuningJob, Ask("GET", (*JOBS, job_id)))

    async def cancel(self, job_id: str) -> FineTuningJob:
        """Stop a job for good."""
        return await self._command(job_id, "cancel")

    async def pause(self, job_id: str) -> FineTuningJob:
        """Stop a job for now."""
        return await self._command(job_id, "pause")

    async def resume(self, job_id: str) -> FineTuningJob:
        """Let a paused job go on."""
        return await self._command(job_id, "resume")

    def list_events(
        self, job_id: str, **filters: Unpack[PageFilters]
    ) -> Listing[FineTuningJobEvent]:
        """Return what happened in a job, newest first: await a page or iterate over all."""
        path = (*JOBS, job_id, "events")
        return self._listing(FineTuningJobEvent, path, PageFilters, filters)

    async def _command(self, job_id: str, word: str) -> FineTuningJob:
        call = self._api.call()
        try:
            return read(FineTuningJob, await self._json(Ask("POST", (*JOBS, job_id, word)), call))
        except BadRequestError:
            if not call.may_have_worked:
                raise
            return await self.retrieve(job_id)  # it had worked, and cannot be done twice


class Permissions(Resource):
    """Which projects may use a checkpoint; takes an admin key."""

    def list(
        self, checkpoint: str, **filters: Unpack[PermissionFilters]
    ) -> Listing[CheckpointPermission]:
        """Return the permissions of a checkpoint: await a page or iterate over all."""
        return self._listing(
            CheckpointPermission, _permissions(checkpoint), PermissionFilters, filters
        )

    async def create(
        self, checkpoint: str, **parameters: Unpack[PermissionParameters]
    ) -> Page[CheckpointPermission]:
        """Let projects use a checkpoint; return the new permissions."""
        body = checked(PermissionParameters, parameters)
        answer = await self._json(Ask("POST", _permissions(checkpoint), body=body))
        return page_of(CheckpointPermission, answer)

    async def delete(self, checkpoint: str, permission_id: str) -> PermissionDeleted:
        """Take a permission back."""
        path = (*_permissions(checkpoint), permission_id)
        return await self._delete(PermissionDeleted, *path)


class Checkpoints:
    """Checkpoints beyond their jobs."""

    def __init__(self, api: API) -> None:
        self.permissions = Permissions(api)


class Graders(Resource):
    """Graders, to be looked at and tried before a job pays for them."""

    async def validate(self, **parameters: Unpack[GraderParameters]) -> GraderValidation:
        """Have the server look at a grader."""
        body = checked(GraderParameters, parameters)
        ask = Ask("POST", (*GRADERS, "validate"), body=body)
        return await self._result(GraderValidation, ask)

    async def run(self, **parameters: Unpack[GraderRunParameters]) -> GraderRun:
        """Try a grader on an answer."""
        body = checked(GraderRunParameters, parameters)
        slow = self._slow(parameters)
        ask = Ask("POST", (*GRADERS, "run"), body=body, first_byte=slow)
        return await self._result(GraderRun, ask)


class Alpha:
    """What OpenAI calls not finished."""

    def __init__(self, api: API) -> None:
        self.graders = Graders(api)


class FineTuning:
    """Fine-tuning at one server; `admin` is the same server asked with an admin key."""

    def __init__(self, api: API, admin: API) -> None:
        self.jobs = Jobs(api)
        self.checkpoints = Checkpoints(admin)
        self.alpha = Alpha(api)


def _permissions(checkpoint: str) -> tuple[str, ...]:
    return ("fine_tuning", "checkpoints", checkpoint, "permissions")
