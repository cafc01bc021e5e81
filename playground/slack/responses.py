"""response_url: five messages within thirty minutes, also where the bot is no member."""

import secrets

from aiohttp import web

from playground.slack.arguments import Arguments, parsed_object
from playground.slack.messages import bot_message
from playground.slack.methods.chat import content_of, revise, show_ephemeral
from playground.slack.records import Response
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import Workspace

_USES = 5
_SECONDS = 30 * 60


def new_response(
    workspace: Workspace,
    channel: str,
    user: str,
    ts: str | None = None,
    thread_ts: str | None = None,
) -> Response:
    """Issue a response_url."""
    ticket = secrets.token_hex(12)
    url = f"{workspace.url}/commands/{ticket}"
    response = Response(url, channel, user, workspace.clock(), ts, thread_ts)
    workspace.responses[ticket] = response
    return response


def use(workspace: Workspace, ticket: str, body: Json) -> None:
    """Answer through a response_url, if it is still good."""
    response = workspace.responses.get(ticket)
    if response is None:
        raise Refusal("invalid_url")
    if workspace.clock() - response.issued > _SECONDS:
        raise Refusal("expired_url")
    if response.uses >= _USES:
        raise Refusal("used_url")
    response.uses += 1
    respond(workspace, response, body)


def respond(workspace: Workspace, response: Response, body: Json) -> None:
    """Post, replace or delete what the bot says: ephemeral unless it asks for the channel."""
    if body.get("delete_original"):
        _delete(workspace, response)
        return
    a = Arguments(body)
    content = content_of(workspace, a)
    if body.get("replace_original") and response.ts:
        _replace(workspace, response, content)
        return
    place = workspace.channels[response.channel]
    thread_ts = a.text("thread_ts") or response.thread_ts
    message = bot_message(workspace, "", thread_ts)
    message.update(content)
    if body.get("response_type") == "in_channel":
        workspace.add(place, message)
    else:
        message["channel"] = response.channel
        show_ephemeral(workspace, response.user, message)


def _replace(workspace: Workspace, response: Response, content: Json) -> None:
    hidden = workspace.ephemerals.get((response.user, str(response.ts)))
    if hidden is not None:
        for gone in ("blocks", "is_dismissed"):
            hidden.pop(gone, None)
        hidden.update(content)
        workspace.tell("ephemeral", user=response.user, message=hidden)
        return
    message = workspace.message(response.channel, str(response.ts))
    revise(workspace, message, content, text=True, blocks="blocks" in content)
    workspace.changed(response.channel, message)


def _delete(workspace: Workspace, response: Response) -> None:
    ts = str(response.ts)
    if workspace.ephemerals.pop((response.user, ts), None) is not None:
        workspace.tell("ephemeral_deleted", user=response.user, channel=response.channel, ts=ts)
    elif response.ts:
        workspace.message(response.channel, ts)
        workspace.remove(workspace.channels[response.channel], ts)


class ResponseUrls:
    """Serves the response_urls."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    async def handle(self, request: web.Request) -> web.Response:
        """Take one answer of the bot."""
        try:
            raw = await request.read() or b"{}"
            body = parsed_object(raw, "invalid_payload", "invalid_payload")
            use(self.workspace, request.match_info["ticket"], body)
        except Refusal as refusal:
            status = 404 if refusal.word.endswith("_url") else 400
            return web.json_response(refusal.body(), status=status)
        return web.Response(text="ok")
