"""/v1/fine_tuning/jobs: create, list, retrieve, cancel, pause, resume, events, checkpoints."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from aiohttp import web

from playground.openai.cards import ModelCard
from playground.openai.errors import ApiError, bad_request
from playground.openai.file_store import FileStore
from playground.openai.fine_tuning.course import Moment, result_file
from playground.openai.fine_tuning.creation import check_request, new_job
from playground.openai.fine_tuning.job import Job
from playground.openai.fine_tuning.recall import Recall
from playground.openai.models import Models
from playground.openai.paging import Page, listed, page_of
from playground.openai.reading import has_metadata, read_json, read_limit, read_query
from playground.openai.switches import Switches, not_eligible

ROOT = "/v1/fine_tuning/jobs"
OWNER = "user-playground"
READY_SECONDS = 30.0
LARGEST_PAGE = 100


class Shown(Protocol):
    """Something with an id that can be shown."""

    @property
    def id(self) -> str:
        """Give the id."""

    def shown(self) -> dict[str, Any]:
        """Give its object."""


S = TypeVar("S", bound=Shown)


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
        query = read_query(request, ("after", "limit", "metadata"))
        limit = read_limit(query, 20, LARGEST_PAGE)
        jobs = [job for job in reversed(self.kept.values()) if is_meant(job, query)]
        page = page_of(jobs, query.get("after"), limit, "fine-tuning job")
        now = self.store.clock()
        data = [job.shown(now) for job in page.items]
        return listed(data, has_more=page.has_more, ids=False)

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
        job = self.find(request)
        page = cut(request, job.events[::-1], 20)
        shown = [event.shown() for event in page.items]
        return listed(shown, has_more=page.has_more, ids=False)

    async def checkpoints(self, request: web.Request) -> web.Response:
        """List the checkpoints of a job, the newest first."""
        job = self.find(request)
        page = cut(request, job.checkpoints[::-1], 10)
        return listed([one.shown() for one in page.items], has_more=page.has_more)

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


def cut(request: web.Request, items: Sequence[S], default: int) -> Page[S]:
    """Cut the page that the query wants."""
    query = read_query(request, ("after", "limit"))
    limit = read_limit(query, default, LARGEST_PAGE)
    return page_of(items, query.get("after"), limit, "object")


def is_meant(job: Job, query: dict[str, str]) -> bool:
    """Say whether the metadata of a job fits the filter: `metadata[k]=v`, or `metadata=null`."""
    given = job.asked.get("metadata") or {}
    if query.get("metadata") == "null" and given:
        return False
    return has_metadata(given, query)
