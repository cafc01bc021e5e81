"""Where an answer ends: what the server says of it, and what it leaves to be guessed."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openai_answers import (
    HELLO,
    answers_bytes,
    answers_json,
    ask,
    closes_after,
    delta,
    says,
    sse,
    streams,
    streams_in_two,
    whole,
)
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.wire.limits import Timeouts


async def test_a_stream_that_breaks_after_its_end_was_said_is_whole(
    server: Server, client: OpenAI
) -> None:
    gate = asyncio.Event()
    server.answers(streams_in_two(gate, [delta(content="hello"), delta("stop")], cut=True))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        assert await anext(stream) == "hello"
        gate.set()
        assert [piece async for piece in stream] == []

    assert stream.completion.message.content == "hello"


@pytest.mark.parametrize("form", [{}, {"finish_reason": "stop", "content": "lo"}])
async def test_a_server_that_says_the_end_and_keeps_the_connection_open_is_soon_left(
    server: Server, connect: Callable[..., OpenAI], form: dict[str, str]
) -> None:
    client = connect(timeouts=Timeouts(idle=20.0, last_words=0.1))
    ended = delta(**form) if form else delta("stop")
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    server.answers(streams_in_two(asyncio.Event(), [delta(content="hel"), ended, usage]))

    async with asyncio.timeout(5.0):
        completion = await ask(client)

    assert completion.message.content == "hel" + form.get("content", "")
    assert completion.usage is not None


@pytest.mark.parametrize(
    "pieces",
    [
        [delta("stop", content="hel"), delta("stop", content="lo, ")],
        [delta(content="hel"), delta("stop"), delta(content="lo, ")],
    ],
    ids=["in each piece", "too early"],
)
async def test_a_server_that_goes_on_after_its_end_is_waited_for(
    server: Server, connect: Callable[..., OpenAI], pieces: list[Any]
) -> None:
    client = connect(timeouts=Timeouts(last_words=0.05))
    gate = asyncio.Event()
    server.answers(streams_in_two(gate, pieces, delta("stop", content="you"), "[DONE]"))
    asyncio.get_running_loop().call_later(0.2, gate.set)

    assert (await ask(client)).message.content == "hello, you"


@pytest.mark.parametrize("earlier", [streams(*says("a")), answers_json(whole("a"))])
async def test_a_neat_end_in_the_middle_is_noticed_once_the_server_is_known_to_say_the_end(
    server: Server, client: OpenAI, earlier: Any
) -> None:
    cut_short = answers_bytes(sse([delta(content="hel")]))
    server.answers(earlier, cut_short)
    await ask(client)

    with pytest.raises(errors.StreamError):
        await ask(client)


async def test_a_server_that_never_says_the_end_is_doubted_once(
    server: Server, client: OpenAI
) -> None:
    unmarked = answers_bytes(sse([delta(content="hello")]))
    server.answers(unmarked, unmarked, unmarked, streams(*says("a")), unmarked)

    with pytest.raises(errors.StreamError):
        await ask(client)
    again = [await ask(client), await ask(client)]
    await ask(client)
    with pytest.raises(errors.StreamError):
        await ask(client)

    assert [one.message.content for one in again] == ["hello", "hello"]


async def test_an_answer_in_one_piece_tells_nothing_of_where_streams_end(
    server: Server, client: OpenAI
) -> None:
    unmarked = answers_bytes(sse([{"choices": [{"delta": {"content": "hello"}}]}]))
    server.answers(answers_bytes(b""), answers_json(whole("a")), unmarked)
    await ask(client)

    assert (await ask(client)).message.content == "hello"


async def test_a_body_that_ends_with_its_connection_is_doubted_once(
    server: Server, client: OpenAI
) -> None:
    unmarked = closes_after({"choices": [{"delta": {"content": "hello"}}]})
    server.answers(unmarked, unmarked)

    with pytest.raises(errors.StreamError):
        await ask(client)

    assert (await ask(client)).message.content == "hello"


async def test_answers_that_break_off_together_are_all_doubted(
    server: Server, client: OpenAI
) -> None:
    gate = asyncio.Event()
    breaking = streams_in_two(gate, delta(content="hel"), cut=False)
    server.answers(breaking, breaking)
    streams_ = [client.chat.stream(model="m", messages=HELLO) for _ in range(2)]
    begun = [await anext(stream) for stream in streams_]
    gate.set()

    for stream in streams_:
        async with stream:
            with pytest.raises(errors.StreamError):
                await anext(stream)

    assert begun == ["hel", "hel"]


async def test_an_answer_without_end_is_cut_where_no_model_could_say_more(
    server: Server, client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.openai.chat.stream.LONGEST_TEXT", 10)
    server.answers(streams_in_two(asyncio.Event(), [delta(content="ha ")] * 5))

    async with asyncio.timeout(5.0):
        completion = await ask(client)

    assert (completion.message.content, completion.finish_reason) == ("ha ha ha ha ", "length")


async def test_while_an_answer_comes_what_was_sent_is_not_kept(
    server: Server, client: OpenAI
) -> None:
    gate = asyncio.Event()
    server.answers(streams_in_two(gate, [delta(content="hello"), delta("stop")]))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        await anext(stream)
        kept = [one for one in gc.get_objects() if type(one) is httpx.Request]
        gate.set()
        assert [piece async for piece in stream] == []

    own = [one for one in kept if str(one.url).startswith(server.url)]  # and no other test's
    assert not [one for one in own if one.content]
