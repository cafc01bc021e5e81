"""The web page's side: its files, its socket and what people do through it.

The page holds one WebSocket (`/page/socket`) on which only the server speaks. The first frame is
`state`, the whole workspace; then one frame per change, each `{"type": ...}`:

- `message` puts a message in or replaces it by channel and ts; `message_deleted` takes it away.
- `ephemeral`, `ephemeral_deleted`: messages that one user sees.
- `session`: status, title and Stop button of a thread; `prompts`: suggested prompts of a channel.
- `view`: the modal that a user sees now (null: none); `home`: an App Home; `errors`: complaints
  about the fields of a submitted modal.
- `connection`: whether and how the bot is connected, how it has ended, and whether people may kill
  and start it (`mortal`); `call`: one line of the inspector, an API
  call (`in`) or a delivery (`out`), which replaces an earlier one of the same `n`.
- `model`: whether the model's server serves; in `state` null where people may not stop it.
- `notice`: a short word to one user (or all): the bot did not answer.

A message is Slack's dict with `channel`; one that streams or has streamed also has `streaming`
and `parts` (`text`, `task`, `plan`, `blocks` in order), one posted as Markdown has `markdown`.
Files get a `page_url` that the page may load (`/page/file/ID`), pictures a `thumb_360` as well.

What a person does is `POST /page/ACTION` with JSON that names the acting `user`; the answer is
`{"ok": true, ...}` or `{"ok": false, "error": sentence}`. The actions are the functions of
`pageactions`; `upload` takes a form with `user` and a file.
"""

import mimetypes
from pathlib import Path

from aiohttp import WSCloseCode, web
from aiohttp.web_request import FileField

from playground.slack.filestore import upload
from playground.slack.frames import Frames
from playground.slack.pageactions import PageActions
from playground.slack.pagesocket import PageSocket
from playground.slack.refusal import Json, Refusal
from playground.slack.sentences import sentence
from playground.slack.workspace import Workspace

_WEB = Path(__file__).parent.parent / "web"
_GOODBYE = 0.2
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; media-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """Serves the page and keeps every open one up to date."""

    def __init__(self, workspace: Workspace, frames: Frames, actions: PageActions) -> None:
        self.workspace = workspace
        self._frames = frames
        self._actions = actions
        self._sockets: list[PageSocket] = []

    def routes(self) -> list[web.RouteDef]:
        """Return the page's addresses."""
        return [
            web.get("/", self._index),
            web.get("/static/{name}", self._static),
            web.get("/page/socket", self._socket),
            web.post("/page/upload", self._upload),
            web.post("/page/{action}", self._act),
        ]

    def tell(self, kind: str, about: Json) -> None:
        """Pass a change on to every open page."""
        for socket in self._sockets:
            socket.tell(kind, about)

    async def close(self) -> None:
        """Close every open page's socket."""
        for socket in list(self._sockets):
            await socket.socket.close(code=WSCloseCode.GOING_AWAY)

    async def _index(self, request: web.Request) -> web.Response:
        return _file("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return _file(request.match_info["name"])

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=_GOODBYE, heartbeat=30)
        await socket.prepare(request)
        page = PageSocket(socket, self._frames)
        self._sockets.append(page)
        try:
            await page.serve()
        except ConnectionError:
            pass  # the page went while the state was on its way
        finally:
            self._sockets.remove(page)
        return socket

    async def _act(self, request: web.Request) -> web.Response:
        try:
            if request.content_type != "application/json":
                raise Refusal("invalid_arguments")
            body = await request.json()
            answer = await self._actions.act(request.match_info["action"], body)
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": sentence(refusal)})
        except (ValueError, KeyError, TypeError):
            return web.json_response({"ok": False, "error": "The page asked in a wrong way."})
        return web.json_response({"ok": True, **answer})

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        found = next((value for value in form.values() if isinstance(value, FileField)), None)
        user = str(form.get("user", ""))
        if found is None or user not in self.workspace.users:
            return web.json_response({"ok": False, "error": "No file arrived."})
        name = found.filename.replace("%22", '"')  # as browsers write a quote in a form
        body = upload(self.workspace, name, found.file.read(), user)
        kept = {key: body[key] for key in ("id", "name", "size", "mimetype")}
        return web.json_response({"ok": True, "file": kept})


def _file(name: str) -> web.Response:
    path = _WEB / name
    if path.parent != _WEB or name.startswith(".") or not path.is_file():
        return web.Response(status=404, text="not found")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return web.Response(body=path.read_bytes(), content_type=kind, headers=_HEADERS)
