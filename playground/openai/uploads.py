"""/v1/uploads: a file in parts, put together in the order that the client says."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import array, check_known, choice, text, whole
from playground.openai.checks.uploaded import EXPIRY, PURPOSES, check_content, check_ending
from playground.openai.errors import ApiError, bad_request
from playground.openai.file_store import FileStore, StoredFile
from playground.openai.ids import new_id
from playground.openai.reading import read_multipart, read_object

LIFETIME = 3_600
PART_LIMIT = 64 * 1024 * 1024
TOTAL_LIMIT = 8 * 1024**3
CREATION = {
    "bytes": whole(1, TOTAL_LIMIT),
    "filename": text(),
    "mime_type": text(),
    "purpose": choice(*PURPOSES),
    "expires_after": EXPIRY,
}
COMPLETION = {"part_ids": array(text()), "md5": text()}


@dataclass(slots=True)
class Upload:
    """An upload and the parts that have come."""

    id: str
    created_at: float
    asked: dict[str, Any]
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)
    ended: str = ""
    file: StoredFile | None = None

    def status(self, now: float) -> str:
        """Say how far it has got; what is neither complete nor cancelled expires in an hour."""
        if self.ended:
            return self.ended
        return "expired" if now >= self.created_at + LIFETIME else "pending"

    def shown(self, now: float) -> dict[str, Any]:
        """Give the upload object."""
        return {
            "id": self.id,
            "object": "upload",
            "bytes": self.asked["bytes"],
            "created_at": int(self.created_at),
            "filename": self.asked["filename"],
            "purpose": self.asked["purpose"],
            "status": self.status(now),
            "expires_at": int(self.created_at) + LIFETIME,
            "file": self.file.shown(now) if self.file else None,
        }


class Uploads:
    """Uploads in parts."""

    def __init__(self, store: FileStore) -> None:
        self.store = store
        self.kept: dict[str, Upload] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.post("/v1/uploads", self.create),
            web.post("/v1/uploads/{id}/parts", self.add_part),
            web.post("/v1/uploads/{id}/complete", self.complete),
            web.post("/v1/uploads/{id}/cancel", self.cancel),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Open an upload."""
        body = await read_object(request, CREATION, ("filename", "purpose", "bytes", "mime_type"))
        check_ending(body["filename"], body["purpose"], "filename")
        upload = Upload(new_id("upload_"), self.store.clock(), body)
        self.kept[upload.id] = upload
        return self.answer(upload)

    async def add_part(self, request: web.Request) -> web.Response:
        """Take one part; the order is decided at the end."""
        upload = self.pending(request)
        form = await read_multipart(request)
        check_known(form.names, {"data"})
        sent = form.need("data")
        if len(sent.data) > PART_LIMIT:
            raise ApiError(413, f"Part exceeds the maximum size of {PART_LIMIT} bytes.")
        if held(upload) + len(sent.data) > upload.asked["bytes"]:
            text = f"The parts exceed the {upload.asked['bytes']} bytes that the upload announced."
            raise bad_request(text, "data")
        part = new_id("part_")
        upload.parts[part] = sent.data
        return web.json_response(
            {
                "id": part,
                "object": "upload.part",
                "created_at": int(self.store.clock()),
                "upload_id": upload.id,
            }
        )

    async def complete(self, request: web.Request) -> web.Response:
        """Put the parts together and make a file of them."""
        upload = self.pending(request)
        body = await read_object(request, COMPLETION, ("part_ids",))
        data = joined(upload, body["part_ids"])
        check_sum(data, body.get("md5"))
        asked = upload.asked
        await asyncio.to_thread(check_content, asked["filename"], asked["purpose"], data)
        lifetime = (asked.get("expires_after") or {}).get("seconds")
        upload.file = self.store.add(asked["filename"], asked["purpose"], data, lifetime=lifetime)
        upload.ended = "completed"
        upload.parts.clear()
        return self.answer(upload)

    async def cancel(self, request: web.Request) -> web.Response:
        """Give an upload up."""
        upload = self.pending(request)
        upload.ended = "cancelled"
        upload.parts.clear()
        return self.answer(upload)

    def answer(self, upload: Upload) -> web.Response:
        """Show an upload."""
        return web.json_response(upload.shown(self.store.clock()))

    def pending(self, request: web.Request) -> Upload:
        """Give the upload that is meant, or refuse where it has ended."""
        identifier = request.match_info["id"]
        if identifier not in self.kept:
            raise ApiError(404, f"No such Upload object: {identifier}", param="upload_id")
        upload = self.kept[identifier]
        status = upload.status(self.store.clock())
        if status != "pending":
            raise bad_request(f"Upload {identifier} is {status} and cannot be changed.")
        return upload


def held(upload: Upload) -> int:
    """Count the bytes that have come."""
    return sum(len(part) for part in upload.parts.values())


def joined(upload: Upload, order: list[str]) -> bytes:
    """Give the parts in order, or refuse."""
    for part in order:
        if part not in upload.parts:
            raise bad_request(f"No such part: {part} in upload {upload.id}.", "part_ids")
    if len(set(order)) < len(order):
        raise bad_request("A part is named twice.", "part_ids")
    data = b"".join(upload.parts[part] for part in order)
    if len(data) != upload.asked["bytes"]:
        raise bad_request(
            f"The parts have {len(data)} bytes, but the upload announced "
            f"{upload.asked['bytes']} bytes.",
            "part_ids",
        )
    return data


def check_sum(data: bytes, wanted: str | None) -> None:
    """Refuse data that does not have the checksum."""
    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if wanted is not None and wanted.lower() != found:
        raise bad_request(f"The md5 checksum does not match: the parts give {found}.", "md5")
