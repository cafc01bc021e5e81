"""/ai embed as people use it: vectors as a file, and how alike two texts are."""

import json
import math
import threading

from hypothesis import given
from hypothesis import strategies as st

from bot.commands import embeddings
from bot.commands.embeddings import nearest, similarity
from playground.slack import LocalSlack
from tests.commands.conftest import ANN, HELP, Counter

VECTORS = st.lists(st.floats(-1, 1), min_size=3, max_size=3)


def lines(counter: Counter, thread_ts: str | None = None) -> list[dict[str, object]]:
    """Return what stands in the file that the bot shared."""
    messages = counter.slack.messages(HELP, thread_ts)
    ours = [one for one in messages if one.get("user") == LocalSlack.bot_user]
    [file] = [file for one in ours for file in one.get("files") or ()]
    content = counter.slack.workspace.contents[file["id"]]
    return [json.loads(line) for line in content.splitlines()]


async def test_a_text_becomes_a_vector_in_a_file(counter):
    seen = await counter.run("/ai embed How do I reset my password? --dimensions 256")
    await seen.press("Embed")
    await seen.becomes("1 file in this conversation", "256")

    [line] = lines(counter)
    assert line["text"] == "How do I reset my password?"
    assert len(line["embedding"]) == 256


async def test_two_texts_are_compared_without_a_file(counter):
    line = '/ai embed "reset my password" --with "reset my password"'
    seen = await counter.run(line)
    await seen.press("Compare")

    await seen.becomes("1.0000 of 1")
    assert counter.slack.messages(HELP) == []


async def test_the_lines_of_a_file_are_compared_with_each_other(counter):
    content = b"reset my password\nthe weather is nice\nreset the password\n"
    ts = await counter.slack.say(HELP, ANN, "texts", files=[("texts.txt", content)])
    seen = await counter.write("<@U0BOT> !embed --lines", ts)
    await seen.press("Embed")
    await seen.becomes("Most alike")

    assert len(lines(counter, ts)) == 3


async def test_what_takes_seconds_for_many_vectors_does_not_hold_up_the_loop(counter, monkeypatch):
    places = []

    def noted(work):
        return lambda *given: (places.append(threading.current_thread()), work(*given))[1]

    monkeypatch.setattr(embeddings, "nearest", noted(nearest))
    monkeypatch.setattr(embeddings, "written", noted(embeddings.written))
    ts = await counter.slack.say(HELP, ANN, "texts", files=[("texts.txt", b"one\ntwo\n")])
    seen = await counter.write("<@U0BOT> !embed --lines", ts)
    await seen.press("Embed")
    await seen.becomes("Most alike")

    assert len(places) == 2
    assert threading.main_thread() not in places


async def test_base64_brings_the_same_numbers(counter):
    seen = await counter.run("/ai embed hello --encoding-format base64")
    await seen.press("Embed")
    await seen.becomes("1 file in this conversation")

    assert len(lines(counter)[0]["embedding"]) == 1536


async def test_the_cost_is_told_where_the_price_is_known(stage):
    prices = {"text-embedding-3-small": {"input": 1000, "output": 0}}
    await stage.start(OPENAI_PRICES=json.dumps(prices))
    seen = await stage.run("/ai embed hello")
    assert "$1000 per million tokens" in seen.text

    await seen.press("Embed")
    await seen.becomes("$0.00")


async def test_a_host_without_embeddings_is_told_in_a_sentence(counter):
    counter.model.switches.lack("embeddings")
    seen = await counter.run("/ai embed hello")

    await seen.press("Embed")
    await seen.becomes("This server has no embeddings")


@given(VECTORS, VECTORS)
def test_similarity_does_not_depend_on_the_order_and_keeps_its_bounds(one, other):
    value = similarity(one, other)

    assert math.isclose(value, similarity(other, one), abs_tol=1e-9)
    assert -1.000001 <= value <= 1.000001


def test_the_most_alike_come_first():
    found = nearest([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]], 1)

    assert found[0][:2] == (0, 2)


async def test_two_texts_in_quotes_are_compared(counter):
    seen = await counter.run('/ai embed "the cat sat" "a cat was sitting"')
    await seen.press("Compare")
    await seen.becomes("How alike they are", "a cat was sitting")
