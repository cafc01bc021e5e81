"""Faults of every kind at random moments: each word is shown once, in order, and nothing hangs."""

import asyncio
import itertools
import random

import pytest

from bot.chat.events import FunctionCalled, FunctionReturned, TextDelta
from bot.slack.reply.reply import Reply
from storage.records import Post
from tests.slack.conftest import Desk, MemoryPosts, RecordingSlack

_METHODS = ("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage")


def dice_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same storm every time


def harm(slack: RecordingSlack, dice: random.Random) -> None:
    method = dice.choice([*_METHODS, "chat.update"])
    match dice.randrange(5):
        case 0:
            slack.limit(method, after=dice.randrange(1, 20), times=dice.randrange(1, 3))
        case 1:
            slack.cut(method, after_effect=True)
        case 2:
            slack.cut(method, after_effect=False)
        case 3 if slack.messages:
            slack.messages[-1].streaming = False
        case 4:
            slack.refuse("chat.startStream", dice.choice(["internal_error", "not_allowed"]))


async def write(desk: Desk, reply: Reply, words: list[str], dice: random.Random) -> None:
    calls = itertools.count()
    for word in words:
        reply.draw(TextDelta(word))
        if dice.random() < 0.05:
            call = f"c{next(calls)}"
            reply.draw(FunctionCalled(call, "f", "Look up"))
            reply.draw(FunctionReturned(call, "f", dice.random() < 0.5, "note"))
        if dice.random() < 0.1:
            harm(desk.slack, dice)
        if dice.random() < 0.5:
            await desk.slack.settle()
            desk.clock.advance(dice.choice([0.05, 0.3, 1.0, 5.0]))


def some_words(dice: random.Random, count: int) -> list[str]:
    return [f"word{n}{dice.choice([' ', ' ', ' ', chr(10), chr(10) * 2])}" for n in range(count)]


@pytest.mark.parametrize("seed", range(20))
async def test_storm_neither_loses_nor_doubles_a_word(desk: Desk, seed: int) -> None:
    dice = dice_of(seed)
    words = some_words(dice, dice.choice([3, 60, 2500]) if seed % 4 == 0 else 60)
    reply = desk.reply()
    reply.start()
    await write(desk, reply, words, dice)

    await desk.ended(reply.finish())

    assert " ".join(desk.slack.texts).split() == "".join(words).split()
    assert not any(message.streaming for message in desk.slack.messages)


@pytest.mark.parametrize("seed", range(15))
async def test_crash_at_any_moment_leaves_one_whole_answer(desk: Desk, seed: int) -> None:
    dice = dice_of(seed)
    words = some_words(dice, 60)
    reply = desk.reply()
    reply.start()
    await write(desk, reply, words[: dice.randrange(60)], dice_of(seed + 1000))
    await crash(reply)
    desk.slack._faults.clear()
    stored = rows(desk.posts)

    second = desk.reply()
    await desk.ended(second.resume(stored))
    second.start()
    await write(desk, second, words, dice_of(seed + 2000))
    await desk.ended(second.finish())

    assert " ".join(desk.slack.texts).split() == "".join(words).split()


@pytest.mark.parametrize("seed", range(20))
async def test_what_people_saw_before_a_crash_stays_where_the_next_run_is_stopped_or_fails(
    desk: Desk, seed: int
) -> None:
    dice = dice_of(seed)
    reply = desk.reply()
    reply.start()
    await write(desk, reply, some_words(dice, dice.choice([1, 5, 60])), dice)
    stored = rows(desk.posts)
    await crash(reply)
    desk.slack._faults.clear()
    await desk.slack.settle()
    seen = desk.slack.texts

    second = desk.reply()
    await desk.ended(second.resume(stored))
    second.start()
    fails = seed % 2 == 0
    await desk.ended(second.fail("It failed.") if fails else second.stop())

    assert desk.slack.texts == seen + ["It failed."] * fails
    assert not any(message.streaming for message in desk.slack.messages)


async def crash(reply: Reply) -> None:
    """End everything that a reply runs, as a killed process would."""
    tasks = [t for t in asyncio.all_tasks() if t.get_name() in ("reply", "journal", "status")]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def rows(posts: MemoryPosts) -> list[Post]:
    """Return the post rows as a restart finds them."""
    kept: dict[int, Post] = {}
    for entry in posts.log:
        match entry:
            case ("begin", part, kind):
                kept.setdefault(part, Post("e", part, kind))
            case ("sent", part, ts):
                kept[part] = Post("e", part, kept[part].kind, "sent", ts, kept[part].body)
            case ("save", part, body):
                old = kept[part]
                kept[part] = Post("e", part, old.kind, old.state, old.ts, body)
    return list(kept.values())
