"""POST /v1/chat/completions: check, let somebody answer, send it whole or as a stream."""

import time
from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from playground.openai import tokens
from playground.openai.answer import Answer, Fault
from playground.openai.checks.chat import check_chat, check_model
from playground.openai.ids import new_id
from playground.openai.models import Models
from playground.openai.pace import Pace
from playground.openai.reading import read_json
from playground.openai.reply import Reply
from playground.openai.script import Request, Script
from playground.openai.sending import send_stream, send_whole
from playground.openai.stored import Stored

Respond = Callable[[Request], Answer]


class Chat:
    """Chat completions."""

    def __init__(
        self, models: Models, script: Script, respond: Respond, pace: Pace, stored: Stored
    ) -> None:
        self.models = models
        self.stored = stored
        self.script = script
        self.respond = respond
        self.pace = pace

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [web.post("/v1/chat/completions", self.create)]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Answer one conversation."""
        body = await read_json(request)
        check_chat(body)
        card = self.models.answering(body["model"])
        prompt = check_model(body, card)
        answer = shortened(self.script.take(body) or self.respond(body), body)
        await self.pace.before(answer)
        if answer.error:
            raise answer.error
        reply = Reply(new_id("chatcmpl-"), int(time.time()), card.id, body, answer, prompt)
        self.stored.keep(reply)
        if body.get("stream") and Fault.WHOLE_JSON not in answer.faults:
            return await send_stream(request, reply, self.pace)
        return await send_whole(request, reply, self.pace)


def shortened(answer: Answer, body: Request) -> Answer:
    """Cut an answer to the length that the request allows; then it ends with `length`."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if limit is None or tokens.count(answer.text) <= limit:
        return answer
    kept: list[str] = []
    left = limit
    for piece in answer.pieces:
        left -= tokens.count(piece)
        if left < 0:
            break
        kept.append(piece)
    return replace(answer, pieces=tuple(kept), calls=(), finish_reason="length")
