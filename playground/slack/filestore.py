"""Files: what people and the bot uploaded, and how the bytes come in and out."""

import mimetypes
import secrets

from aiohttp import web
from aiohttp.web_request import FileField

from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import TEAM, Workspace

# What Slack shows to a browser without a session, with status 200: no file, but a page.
_SIGN_IN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in</body></html>"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS = {  # which Python knows only where the system tells it
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "md": "text/markdown",
    "webp": "image/webp",
    "heic": "image/heic",
}
_SHARED_IN = {"channel": "channels", "im": "ims", "group": "groups", "mpim": "groups"}


def new_file(workspace: Workspace, name: str, size: int, user: str) -> Json:
    """Make a file's dict; its bytes may come later."""
    identifier = workspace.identifier("F")
    ending = name.rpartition(".")[2].lower() if "." in name else "binary"
    known = mimetypes.guess_type(name)[0] or _KINDS.get(ending)
    mimetype = known or "application/octet-stream"
    private = f"{workspace.url}/files-pri/{TEAM}-{identifier}/{name}"
    body: Json = {
        "id": identifier,
        "created": int(workspace.clock()),
        "timestamp": int(workspace.clock()),
        "name": name,
        "title": name,
        "mimetype": mimetype,
        "filetype": ending,
        "pretty_type": ending.upper(),
        "user": user,
        "user_team": TEAM,
        "editable": False,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "file_access": "visible",
        "url_private": private,
        "url_private_download": private.replace("/files-pri/", "/files-pri/download/"),
        "permalink": f"{workspace.url}/files/{user}/{identifier}/{name}",
        "channels": [],
        "groups": [],
        "ims": [],
    }
    workspace.files[identifier] = body
    return body


def upload(workspace: Workspace, name: str, content: bytes, user: str) -> Json:
    """Store a person's file, ready to be said with a message."""
    body = new_file(workspace, name, len(content), user)
    workspace.contents[body["id"]] = content
    return body


def find(workspace: Workspace, identifier: str) -> Json:
    """Return a file or refuse."""
    if identifier not in workspace.files:
        raise Refusal("file_not_found")
    return workspace.files[identifier]


def share(body: Json, channel: Channel) -> Json:
    """Note that a file is seen in a channel."""
    places: list[str] = body[_SHARED_IN[channel.kind]]
    if channel.id not in places:
        places.append(channel.id)
    body["is_public"] = body["is_public"] or channel.kind == "channel"
    return body


class FileServer:
    """The upload URL, the download URLs and the page's own way to a file."""

    def __init__(self, workspace: Workspace, token: str) -> None:
        self.workspace = workspace
        self.tickets: dict[str, str] = {}
        self._token = token

    def upload_url(self, identifier: str) -> str:
        """Return an address that takes this file's bytes once."""
        ticket = secrets.token_hex(12)
        self.tickets[ticket] = identifier
        return f"{self.workspace.url}/upload/v1/{ticket}"

    async def receive(self, request: web.Request) -> web.Response:
        """Take the bytes, raw or as a form's file."""
        identifier = self.tickets.pop(request.match_info["ticket"], None)
        if identifier is None:
            return web.Response(status=404, text="upload URL is unknown or was used")
        content = await _uploaded(request)
        if len(content) != self.workspace.files[identifier]["size"]:
            return web.Response(status=400, text="length differs from what was announced")
        self.workspace.contents[identifier] = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give the bytes to whoever shows the bot's token; others get a page with status 200."""
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            return web.Response(text=_SIGN_IN, content_type="text/html")
        return self._sent(request.match_info["file"].rpartition("-")[2])

    async def show(self, request: web.Request) -> web.Response:
        """Give the bytes to the page."""
        return self._sent(request.match_info["file"])

    def _sent(self, identifier: str) -> web.Response:
        body = self.workspace.files.get(identifier)
        content = self.workspace.contents.get(identifier)
        if body is None or content is None:
            return web.Response(status=404, text="not found")
        kind = body["mimetype"]
        safe = kind.startswith(("image/", "audio/", "video/")) and kind != "image/svg+xml"
        headers = {
            "Content-Disposition": "inline" if safe else "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=content, content_type=kind, headers=headers)


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for field in (await request.post()).values():
        if isinstance(field, FileField):
            return field.file.read()
    return b""
