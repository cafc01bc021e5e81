"""Server-sent events of operations other than chat, with the same orders: holds, cuts, pace."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from playground.openai.answer import Answer, Fault
from playground.openai.pace import Pace
from playground.openai.sending import ORDER, send_texts
from playground.openai.sse import DONE, event

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
    texts = [] if Fault.EMPTY in answer.faults else [named(one) for one in data]
    turn = min(max(1, len(data) // 2) if answer.after is None else answer.after, len(data) - 1)
    if done and Fault.NO_DONE not in answer.faults:
        texts.append(DONE)
    return await send_texts(request, texts, turn, answer, pace)


def named(one: dict[str, Any]) -> str:
    """Give one event, with its type as its name."""
    head = f"event: {one['type']}\n" if "type" in one else ""
    return head + event(one)
