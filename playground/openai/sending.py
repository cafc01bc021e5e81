"""Put an answer on the wire: whole, or piece by piece, or broken as ordered.

Chat completions bring the answer; other operations bring events, and an order is asked for here.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from aiohttp import web

from playground.openai.answer import ENDING, Answer, Fault
from playground.openai.errors import ApiError
from playground.openai.pace import Pace
from playground.openai.record import Recorded
from playground.openai.reply import Reply, chunks, completion
from playground.openai.sse import DONE, JUNK, event, packets

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
BROKEN = ApiError(500, "The playground broke this answer on purpose.", code="server_error").body()
RECORD = web.RequestKey("record", Recorded)
ORDER = web.RequestKey("order", Answer)
NOTHING = Answer()


async def send_whole(request: web.Request, reply: Reply, pace: Pace) -> web.StreamResponse:
    """Send an answer as one object, after the time that its words take."""
    await pace.through(reply.answer)
    if page := wrong_page(reply.answer):
        return page
    if reply.answer.hold:
        await reply.answer.hold.wait()
    if reply.answer.faults & ENDING:
        await break_off(request, reply.answer)
        return web.json_response(BROKEN)
    return web.json_response(completion(reply))


async def send_stream(request: web.Request, reply: Reply, pace: Pace) -> web.StreamResponse:
    """Send an answer event by event, in its pace, up to its end or to the ordered fault."""
    if page := wrong_page(reply.answer):
        return page
    texts = list(events(reply))
    return await send_texts(request, texts, turning_point(reply, len(texts)), reply.answer, pace)


def ordered(request: web.Request) -> Answer:
    """Give what was ordered for this request; nothing as a rule."""
    answer: Answer = request.get(ORDER, NOTHING)
    return answer


async def send_events(
    request: web.Request, data: Sequence[dict[str, Any]], pace: Pace, *, done: bool = False
) -> web.StreamResponse:
    """Send events in the pace, up to [DONE] where that ends them, or to the ordered fault."""
    answer = ordered(request)
    texts = [] if Fault.EMPTY in answer.faults else [event(one) for one in data]
    turn = min(max(1, len(data) // 2) if answer.after is None else answer.after, len(data) - 1)
    if done and Fault.NO_DONE not in answer.faults:
        texts.append(DONE)
    return await send_texts(request, texts, turn, answer, pace)


async def send_texts(
    request: web.Request, texts: Sequence[str], turn: int, answer: Answer, pace: Pace
) -> web.StreamResponse:
    """Send events in the pace; before that of the place `turn` strikes what was ordered."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    for place, text in enumerate(texts):
        if place == turn and answer.hold:
            await answer.hold.wait()
        if place == turn and answer.faults & ENDING:
            if Fault.ERROR_INSIDE in answer.faults:
                await response.write(event(BROKEN).encode())
            await break_off(request, answer)
            return response
        for packet in packets(text, answer.faults):
            await response.write(packet)
        await pace.between(answer)
    return response


def wrong_page(answer: Answer) -> web.Response | None:
    """Give what is sent instead of an answer, if that was ordered."""
    if Fault.HTML in answer.faults:
        return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
    if Fault.ERROR_200 in answer.faults:
        return web.json_response(BROKEN)
    return None


def events(reply: Reply) -> Iterator[str]:
    """Give all events of a stream."""
    if reply.has(Fault.EMPTY):
        return
    for place, chunk in enumerate(chunks(reply)):
        if place == 1 and reply.has(Fault.JUNK):
            yield JUNK
        yield event(chunk)
    if not reply.has(Fault.NO_DONE):
        yield DONE


def turning_point(reply: Reply, total: int) -> int:
    """Say before which event the hold or the ending fault strikes."""
    opening = sum(reply.has(fault) for fault in (Fault.EMPTY_CHOICES, Fault.JUNK))
    opening += not reply.has(Fault.NO_ROLE)
    return min(opening + reply.answer.turns_after(), total - 1)


async def break_off(request: web.Request, answer: Answer) -> None:
    """Fall silent, or reset the connection, or just let it end."""
    record = request[RECORD]
    record.outcome = "broken"
    if Fault.SILENCE in answer.faults:
        await asyncio.Event().wait()
    if Fault.CUT in answer.faults and request.transport:
        request.transport.abort()
