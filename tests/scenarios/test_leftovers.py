"""What an answered question leaves behind in memory: nothing that must be searched for."""

import asyncio
import gc

import httpx

from bot.chat.turn import Turn
from bot.slack.reply.reply import Reply


async def gone(*kinds: type) -> None:
    """Wait until no object of these kinds is alive."""
    while any(type(one) in kinds for one in gc.get_objects()):  # and ask none of them anything
        await asyncio.sleep(0.02)


async def test_a_turn_leaves_nothing_to_the_collector_of_cycles(desk):
    await desk.answer("hi")
    gc.collect()
    gc.disable()
    try:
        desk.model.enqueue(calls=[("current_time", {})])
        await desk.answer("what time is it?")
        await asyncio.wait_for(gone(Turn, Reply, httpx.Response), 5)
    finally:
        gc.enable()
