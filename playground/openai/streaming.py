"""Server-sent events of operations other than chat, with the same orders: holds, cuts, pace."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from playground.openai.answer import ENDING, Answer, Fault
from playground.openai.pace import Pace
from playground.openai.sending import BROKEN, ORDER, break_off
from playground.openai.sse import DONE, event, packets

NOTHING = Answer()


def ordered(request: web.Request) -> Answer:
    """Give what was ordered for this request; nothing as a rule."""
    answer: Answer = request.get(ORDER, NOTHING)
    return answer


async def send_events(
    request: web.Request, data: Sequence[dict[str, Any]], pace: Pace, *, done: bool = False
) -> web.StreamResponse:
    """Send events in the pace, up to their end or to the ordered fault.

    Events with a `type` carry it as the event's name too; `done` ends with [DONE].
    """
    answer = ordered(request)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    turn = min(max(1, len(data) // 2) if answer.after is None else answer.after, len(data) - 1)
    for place, one in enumerate(() if Fault.EMPTY in answer.faults else data):
        if place == turn and answer.hold:
            await answer.hold.wait()
        if place == turn and answer.faults & ENDING:
            if Fault.ERROR_INSIDE in answer.faults:
                await response.write(event(BROKEN).encode())
            await break_off(request, answer)
            return response
        for packet in packets(named(one), answer.faults):
            await response.write(packet)
        await pace.between(answer)
    if done and Fault.NO_DONE not in answer.faults:
        await response.write(DONE.encode())
    return response


def named(one: dict[str, Any]) -> str:
    """Give one event, with its type as its name."""
    head = f"event: {one['type']}\n" if "type" in one else ""
    return head + event(one)
