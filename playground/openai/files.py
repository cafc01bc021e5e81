"""/v1/files: upload, list, retrieve, content, delete."""

import asyncio
from typing import Any

from aiohttp import web

from playground.openai.checks.form_fields import read_value
from playground.openai.checks.shape import check_known, choice
from playground.openai.checks.uploaded import EXPIRY, PURPOSES, check_content
from playground.openai.errors import bad_request, missing
from playground.openai.file_store import FileStore
from playground.openai.multipart import Form
from playground.openai.paging import Listing
from playground.openai.reading import read_multipart

ANCHOR, SECONDS = "expires_after[anchor]", "expires_after[seconds]"
FIELDS = frozenset({"file", "purpose", ANCHOR, SECONDS})
LISTED_PURPOSES = (*PURPOSES, "assistants_output", "batch_output", "fine-tune-results")
LISTING = Listing(10_000, 10_000, ("desc", "asc"), ("purpose",), "File object")
KEPT_BACK = frozenset({"assistants", "user_data", "vision"})


class Files:
    """Files."""

    def __init__(self, store: FileStore) -> None:
        self.store = store

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.post("/v1/files", self.create),
            web.get("/v1/files", self.list),
            web.get("/v1/files/{id}", self.retrieve),
            web.get("/v1/files/{id}/content", self.content),
            web.delete("/v1/files/{id}", self.delete),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Keep an uploaded file."""
        form = await read_multipart(request)
        check_known(form.names, FIELDS)
        sent = form.need("file")
        purpose, lifetime = read_purpose(form)
        await asyncio.to_thread(check_content, sent.filename, purpose, sent.data)
        file = self.store.add(sent.filename, purpose, sent.data, lifetime=lifetime)
        return web.json_response(file.shown(self.store.clock()))

    async def list(self, request: web.Request) -> web.Response:
        """List the files."""
        purpose, now = request.query.get("purpose"), self.store.clock()
        if purpose is not None:
            choice(*LISTED_PURPOSES)(purpose, "purpose")
        meant = [file.shown(now) for file in self.store if purpose in (None, file.purpose)]
        return LISTING.answer(request, meant)

    async def retrieve(self, request: web.Request) -> web.Response:
        """Give one file's object."""
        file = self.store.get(request.match_info["id"])
        return web.json_response(file.shown(self.store.clock()))

    async def content(self, request: web.Request) -> web.Response:
        """Give the bytes of a file, where its purpose allows."""
        file = self.store.get(request.match_info["id"])
        if file.purpose in KEPT_BACK:
            raise bad_request(f"Not allowed to download files of purpose: {file.purpose}")
        shown = file.filename.replace('"', "%22").replace("\r", "").replace("\n", "")
        return web.Response(
            body=file.data,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{shown}"'},
        )

    async def delete(self, request: web.Request) -> web.Response:
        """Forget a file."""
        identifier = request.match_info["id"]
        self.store.remove(identifier)
        return web.json_response({"object": "file", "id": identifier, "deleted": True})


def read_purpose(form: Form) -> tuple[str, float | None]:
    """Give the purpose and the lifetime in seconds, or refuse them."""
    purpose = form.text("purpose")
    if purpose is None:
        raise missing("purpose")
    choice(*PURPOSES)(purpose, "purpose")
    if not form.names & {ANCHOR, SECONDS}:
        return purpose, None
    given: dict[str, Any] = {"anchor": form.text(ANCHOR), "seconds": form.text(SECONDS)}
    if given["seconds"] is not None:
        given["seconds"] = read_value(given["seconds"])
    EXPIRY(given, "expires_after")
    return purpose, float(given["seconds"])
