"""Do what a test ordered for any operation, before its handler runs and after it.

Refusals and wrong pages come instead of the work. A cut, an early end or silence comes
after it: the work is done and the answer lost, which is what a client must be able to survive.
Chat completions take their own orders.
"""

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from playground.openai.answer import ENDING, Answer
from playground.openai.script import CHAT, Script
from playground.openai.sending import ORDER, RECORD, break_off, wrong_page
from playground.openai.switches import Switches, foreign

ROOT = "/v1/"


def obeying(script: Script, switches: Switches) -> Middleware:
    """Give the middleware that obeys script and switches."""

    @web.middleware
    async def obey(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path.removeprefix(ROOT)
        if status := switches.missing(path):
            request[RECORD].outcome = "refused"
            return web.json_response(foreign(status), status=status)
        if path == CHAT and request.method == "POST":
            return await handler(request)
        answer = script.take(sent(request), f"{request.method} {path}")
        if answer is None:
            return await handler(request)
        if answer.error:
            raise answer.error
        request[ORDER] = answer
        return wrong_page(answer) or await spoilt(request, answer, await handler(request))

    return obey


def sent(request: web.Request) -> dict[str, Any]:
    """Give the JSON object that was sent, or an empty one."""
    body = request[RECORD].json if request.content_type == "application/json" else None
    return body if isinstance(body, dict) else {}


async def spoilt(
    request: web.Request, answer: Answer, response: web.StreamResponse
) -> web.StreamResponse:
    """Hold an answer that is not streamed, or lose it."""
    if response.prepared:
        return response
    if answer.hold:
        await answer.hold.wait()
    if answer.faults & ENDING:
        await break_off(request, answer)
    return response
