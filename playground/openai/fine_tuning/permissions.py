"""Permissions of checkpoints: other projects may use them. They need an admin key."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import array, text
from playground.openai.errors import ApiError
from playground.openai.ids import new_id
from playground.openai.models import Models
from playground.openai.paging import Listing, listed
from playground.openai.reading import read_object

ROOT = "/v1/fine_tuning/checkpoints/{model}/permissions"
LISTING = Listing(10, 100, ("descending", "ascending"), ("project_id",), "permission")


@dataclass(frozen=True, slots=True)
class Permission:
    """One project's permission."""

    id: str
    created_at: float
    project: str

    def shown(self) -> dict[str, Any]:
        """Give the permission object."""
        return {
            "object": "checkpoint.permission",
            "id": self.id,
            "created_at": int(self.created_at),
            "project_id": self.project,
        }


class Permissions:
    """Checkpoint permissions."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.kept: dict[str, list[Permission]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.post(ROOT, self.create),
            web.get(ROOT, self.retrieve),
            web.delete(f"{ROOT}/{{id}}", self.delete),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Let projects use a checkpoint."""
        held = self.of(request)
        body = await read_object(request, {"project_ids": array(text(least=1))}, ("project_ids",))
        now = self.models.clock()
        known = {permission.project for permission in held}
        new = [
            Permission(new_id("cp_"), now, project)
            for project in dict.fromkeys(body["project_ids"])
            if project not in known
        ]
        held.extend(new)
        return listed([one.shown() for one in new], has_more=False)

    async def retrieve(self, request: web.Request) -> web.Response:
        """List who may use a checkpoint."""
        project = request.query.get("project_id")
        meant = [one.shown() for one in self.of(request) if project in (None, one.project)]
        return LISTING.answer(request, meant)

    async def delete(self, request: web.Request) -> web.Response:
        """Take a permission back."""
        held, identifier = self.of(request), request.match_info["id"]
        found = [one for one in held if one.id == identifier]
        if not found:
            raise ApiError(404, f"No such permission: {identifier}", param="permission_id")
        held.remove(found[0])
        return web.json_response(
            {"object": "checkpoint.permission", "id": identifier, "deleted": True}
        )

    def of(self, request: web.Request) -> list[Permission]:
        """Give the permissions of the checkpoint that is meant."""
        name = request.match_info["model"]
        if name not in self.models.ready_at:
            raise ApiError(
                404,
                f"Could not find fine-tuned model checkpoint: {name}",
                param="fine_tuned_model_checkpoint",
            )
        return self.kept.setdefault(name, [])
