import pytest_asyncio
from watcher_room import Room, Time

from bot.openai.client import OpenAI
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.retry import RetryPolicy
from playground.openai import LocalOpenAI


@pytest_asyncio.fixture
async def room(tmp_path):
    retries = RetryPolicy(attempts=1)
    async with (
        LocalOpenAI(clock=Time()) as model,
        OpenAI(Endpoint(model.url, model.key), retries=retries) as client,
    ):
        made = Room(model, client, tmp_path)
        await made.open()
        yield made
        await made.close()
