"""`/ai status`: how the bot is doing, and what its answers took."""

import asyncio

from tests.scenarios.conftest import ANN, BEN

DAY_MS = 86_400_000


def took(tokens_in: int, tokens_out: int) -> dict[str, int]:
    both = tokens_in + tokens_out
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": both}


async def answer(counter, user: str, tokens_in: int, tokens_out: int) -> None:
    """Let a person be answered, and wait until what that took is stored."""
    usage, team = counter.bot.storage.usage, counter.slack.team
    before = await usage.total(team, 0)
    counter.model.enqueue("Hello.", usage=took(tokens_in, tokens_out))
    await counter.answer("hi", user=user)
    async with asyncio.timeout(30):
        while await usage.total(team, 0) == before:
            await asyncio.sleep(0)


async def test_the_status_sums_up_the_tokens_that_answers_took(counter):
    await answer(counter, ANN, 70, 5)
    counter.clock.by += 2 * DAY_MS
    await answer(counter, BEN, 1_000, 20)

    seen = (await counter.run("/ai status", ANN)).text

    assert "last 24 hours:\n  1,000 in, 20 out\n" in seen
    assert "last 30 days:\n  1,070 in, 25 out; for you 70 in, 5 out" in seen
