"""/v1/fine_tuning/jobs: create, list, retrieve, cancel, pause, resume, events, checkpoints."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from playground.openai.cards import ModelCard
from playground.openai.errors import ApiError, bad_request
from playground.openai.file_store import FileStore
from playground.openai.fine_tuning.course import Moment, result_file
from playground.openai.fine_tuning.creation import check_request, new_job
from playground.openai.fine_tuning.job import Job
from playground.openai.fine_tuning.recall import Recall
from playground.openai.models import Models
from playground.openai.paging import Listing, has_metadata
from playground.openai.reading import read_json
from playground.openai.switches import Switches, not_eligible

ROOT = "/v1/fine_tuning/jobs"
OWNER = "user-playground"
READY_SECONDS = 30.0
LISTING = Listing(filters=("metadata",), kind="fine-tuning job", ends=False)
EVENTS = Listing(ends=False)
CHECKPOINTS = Listing(10)


class Jobs:
    """Fine-tuning jobs."""

    def __init__(
        self, models: Models, store: FileStore, recall: Recall, switches: Switches, speed: float
    ) -> None:
        self.models = models
        self.store = store
        self.recall = recall
        self.switches = switches
        self.speed = speed
        self.kept: dict[str, Job] = {}
        self.bases: dict[str, ModelCard] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.post(ROOT, self.create),
            web.get(ROOT, self.list),
            web.get(f"{ROOT}/{{id}}", self.retrieve),
            web.post(f"{ROOT}/{{id}}/cancel", self.cancel),
            web.post(f"{ROOT}/{{id}}/pause", self.pause),
            web.post(f"{ROOT}/{{id}}/resume", self.resume),
            web.get(f"{ROOT}/{{id}}/events", self.events),
            web.get(f"{ROOT}/{{id}}/checkpoints", self.checkpoints),
        ]

    def settle(self) -> None:
        """Let everything happen that is due."""
        now = self.store.clock()
        for job in self.kept.values():
            for moment, at in job.advance(now):
                self.follow(job, moment, at)

    def follow(self, job: Job, moment: Moment, at: float) -> None:
        """Do what a moment means for the rest of the server: models appear, and a file."""
        if moment.step is not None and moment.step < job.plan.steps:
            self.offer(job, job.plan.name_of(moment.step), at)
        if moment.status == "succeeded":
            self.offer(job, job.plan.model, at)
            data = result_file(job.plan)
            file = self.store.add("step_metrics.csv", "fine-tune-results", data, at=at)
            job.result_files.append(file.id)

    def offer(self, job: Job, name: str, at: float) -> None:
        """Put a tuned model on the list; it answers some time later."""
        card = replace(self.bases[job.id], id=name, created=int(at), owned_by=OWNER)
        self.models.add(card, at + READY_SECONDS / self.speed)
        self.recall.learn(name, job.id)

    async def create(self, request: web.Request) -> web.Response:
        """Create a job."""
        body = await read_json(request)
        if not self.switches.tuning:
            raise not_eligible()
        sound = check_request(body, self.models.find, self.store)
        job, dataset = await asyncio.to_thread(new_job, sound, self.store.clock(), self.speed)
        self.kept[job.id] = job
        self.bases[job.id] = sound.card
        self.recall.keep(job.id, dataset.answers)
        return self.answer(job)

    async def list(self, request: web.Request) -> web.Response:
        """List the jobs, the newest first."""
        now, jobs = self.store.clock(), self.kept.values()
        return LISTING.answer(
            request, [job.shown(now) for job in jobs if is_meant(job, request.query)]
        )

    async def retrieve(self, request: web.Request) -> web.Response:
        """Give one job."""
        return self.answer(self.find(request))

    async def cancel(self, request: web.Request) -> web.Response:
        """End a job."""
        job = self.find(request)
        self.allow(job, "cancelled", not job.ended)
        job.cancel(self.store.clock())
        return self.answer(job)

    async def pause(self, request: web.Request) -> web.Response:
        """Pause a job that works."""
        job = self.find(request)
        self.allow(job, "paused", job.state in ("queued", "running") and job.paused_at is None)
        job.pause(self.store.clock())
        return self.answer(job)

    async def resume(self, request: web.Request) -> web.Response:
        """Let a paused job go on."""
        job = self.find(request)
        self.allow(job, "resumed", job.paused_at is not None and not job.ended)
        job.resume(self.store.clock())
        return self.answer(job)

    async def events(self, request: web.Request) -> web.Response:
        """List what a job told, the newest first."""
        return EVENTS.answer(request, [event.shown() for event in self.find(request).events])

    async def checkpoints(self, request: web.Request) -> web.Response:
        """List the checkpoints of a job, the newest first."""
        return CHECKPOINTS.answer(request, [one.shown() for one in self.find(request).checkpoints])

    def find(self, request: web.Request) -> Job:
        """Give the job that is meant, or refuse."""
        identifier = request.match_info["id"]
        if identifier not in self.kept:
            raise ApiError(
                404,
                f"Could not find fine tune: {identifier}",
                param="fine_tune_id",
                code="fine_tune_not_found",
            )
        return self.kept[identifier]

    def allow(self, job: Job, word: str, fits: bool) -> None:
        """Refuse what does not fit the state of a job."""
        if not fits:
            status = job.status(self.store.clock())
            raise bad_request(f"Job {job.id} is {status} and cannot be {word}.", "fine_tune_id")

    def answer(self, job: Job) -> web.Response:
        """Show a job."""
        return web.json_response(job.shown(self.store.clock()))


def is_meant(job: Job, query: Mapping[str, str]) -> bool:
    """Say whether the metadata of a job fits the filter: `metadata[k]=v`, or `metadata=null`."""
    given = job.asked.get("metadata") or {}
    if query.get("metadata") == "null" and given:
        return False
    return has_metadata(given, query)
