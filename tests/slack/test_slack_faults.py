"""What Slack refuses, delays or leaves open: nothing is lost, nothing is shown twice."""

import asyncio
import itertools

import pytest

from bot.chat.events import FunctionCalled, TextDelta
from bot.slack.calls.send import FateUnknown, Refused
from bot.slack.reply.page import StreamPage
from bot.slack.reply.reply import Reply
from storage.errors import StorageError
from tests.slack.conftest import Desk


async def begun(desk: Desk, *texts: str) -> Reply:
    """Return a reply whose first text people see."""
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta(texts[0]))
    await desk.slack.wait(lambda: desk.slack.texts == [texts[0]])
    for text in texts[1:]:
        reply.draw(TextDelta(text))
    return reply


@pytest.mark.parametrize("word", ["unknown_method", "missing_scope"])
async def test_workspace_without_streams_gets_messages_and_is_not_asked_again(
    desk: Desk, word: str
) -> None:
    desk.slack.refuse("chat.startStream", word, times=9)
    for _ in range(2):
        reply = desk.reply()
        reply.start()
        reply.draw(TextDelta("Hello"))
        await desk.slack.settle()
        await desk.ended(reply.finish())

    assert desk.slack.methods == ["chat.startStream", "chat.postMessage", "chat.postMessage"]
    desk.clock.advance(301)
    await begun_and_finished(desk)
    assert desk.slack.methods[3] == "chat.startStream"


async def test_channel_without_streams_leaves_them_to_the_others(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "channel_type_not_supported")
    for channel in ("C1", "C1", "C2"):
        reply = desk.reply(channel=channel)
        reply.start()
        reply.draw(TextDelta("Hello"))
        await desk.slack.settle()
        await desk.ended(reply.finish())

    assert desk.slack.methods == [
        "chat.startStream",
        "chat.postMessage",
        "chat.postMessage",
        "chat.startStream",
        "chat.stopStream",
    ]


async def test_second_answer_without_streams_shows_its_text_as_soon_as_the_first(
    desk: Desk,
) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    await begun_and_finished(desk)
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Hello "))
    await desk.slack.settle()
    desk.clock.advance(1)
    await desk.slack.settle()

    assert desk.slack.texts == ["Hello", "Hello "]
    await desk.ended(reply.finish())


async def begun_and_finished(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Hello"))
    await desk.slack.settle()
    await desk.ended(reply.finish())


async def test_contextual_refusal_holds_for_this_turn_only(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "missing_recipient_user_id")
    await begun_and_finished(desk)
    await begun_and_finished(desk)

    assert desk.slack.methods == [
        "chat.startStream",
        "chat.postMessage",
        "chat.startStream",
        "chat.stopStream",
    ]


async def test_message_is_edited_at_most_every_three_seconds(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    reply = desk.reply()
    reply.start()
    for n in range(100):
        reply.draw(TextDelta(f"w{n} "))
        await desk.slack.settle()
        desk.clock.advance(0.1)
    await desk.ended(reply.finish())

    times = [c.at for c in desk.slack.calls if c.method in ("chat.postMessage", "chat.update")]
    assert len(desk.slack.messages) == 1
    assert 4 <= len(times) <= 6
    assert all(b - a >= 3 for a, b in itertools.pairwise(times[:-1]))
    assert desk.slack.texts == ["".join(f"w{n} " for n in range(100)).rstrip()]


async def test_refused_haste_on_start_posts_once_when_complete(desk: Desk) -> None:
    desk.slack.limit("chat.startStream", after=30)
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Hello "))
    await desk.slack.settle()
    desk.clock.advance(2)
    reply.draw(TextDelta("world"))
    await desk.ended(reply.finish())

    assert desk.slack.methods == ["chat.startStream", "chat.postMessage"]
    assert desk.slack.texts == ["Hello world"]


async def test_append_told_to_wait_waits_and_keeps_order(desk: Desk) -> None:
    reply = await begun(desk, "One ", "two ")
    desk.slack.limit("chat.appendStream", after=7)
    refused = len(desk.slack.calls)
    await desk.slack.wait(lambda: len(desk.slack.said("chat.appendStream")) == 2)
    reply.draw(TextDelta("three "))
    await desk.ended(reply.finish())

    first, second = desk.slack.said("chat.appendStream")[:2]
    assert second.at - first.at >= 7
    assert refused
    assert desk.slack.texts == ["One two three"]


async def test_stop_told_to_wait_shows_the_rest_at_once(desk: Desk) -> None:
    reply = await begun(desk, "One ", "two")
    desk.slack.limit("chat.stopStream", after=9)
    ending = asyncio.create_task(reply.finish())
    await desk.slack.wait(lambda: desk.slack.texts == ["One two"], limit=1)
    await desk.ended(ending)

    assert desk.slack.texts == ["One two"]
    assert not desk.slack.messages[0].streaming


async def test_stream_that_ended_early_is_repainted(desk: Desk) -> None:
    reply = await begun(desk, "One ", "two ")
    desk.slack.messages[0].streaming = False
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.update")))
    reply.draw(TextDelta("three"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One two three"]
    assert desk.slack.said("chat.stopStream") == []


async def test_stream_that_ended_before_its_stop_is_repainted(desk: Desk) -> None:
    reply = await begun(desk, "One ", "two")
    desk.slack.messages[0].streaming = False
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One two"]
    assert desk.slack.calls[-1].args["status"] == "active"


@pytest.mark.parametrize("after_effect", [True, False])
async def test_cut_append_is_neither_lost_nor_doubled(desk: Desk, after_effect: bool) -> None:
    reply = await begun(desk, "One ", "two ")
    desk.slack.cut("chat.appendStream", after_effect=after_effect)
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.update")))
    reply.draw(TextDelta("three"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One two three"]


@pytest.mark.parametrize("after_effect", [True, False])
async def test_cut_stop_is_neither_lost_nor_doubled(desk: Desk, after_effect: bool) -> None:
    reply = await begun(desk, "One ", "two")
    desk.slack.cut("chat.stopStream", after_effect=after_effect)
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One two"]
    assert not desk.slack.messages[0].streaming


async def test_message_that_cannot_be_edited_is_continued_in_another(desk: Desk) -> None:
    reply = await begun(desk, "One ", "two ")
    desk.slack.messages[0].streaming = False
    desk.slack.refuse("chat.update", "edit_window_closed", times=9)
    await desk.slack.wait(lambda: len(desk.slack.messages) == 2)
    reply.draw(TextDelta("three"))
    desk.slack._faults.clear()
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One ", "two three"]


@pytest.mark.parametrize("later", [True, False])
async def test_code_in_a_message_that_cannot_be_edited_is_code_in_the_next(
    desk: Desk, later: bool
) -> None:
    reply = await begun(desk, "```py\none = 1\n", "two = 2\n")
    desk.slack.messages[0].streaming = False
    desk.slack.refuse("chat.update", "edit_window_closed", times=9)
    if later:
        await desk.slack.wait(lambda: len(desk.slack.messages) == 2)
        desk.slack._faults.clear()
    reply.draw(TextDelta("```"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["```py\none = 1\n", "```py\ntwo = 2\n```"]


async def test_stream_refused_as_too_long_with_a_short_text_is_not_asked_for_again(
    desk: Desk,
) -> None:
    desk.slack.refuse("chat.startStream", "msg_blocks_too_long", times=99)
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("First.\n\n"))
    await desk.slack.settle()
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 40 for n in range(60)).strip()
    reply.draw(TextDelta(text))
    await desk.slack.wait(lambda: len(desk.slack.texts) >= 2, limit=300)
    await desk.ended(reply.finish())

    assert len(desk.slack.said("chat.startStream")) == 1
    assert "".join(desk.slack.texts).split() == ("First.\n\n" + text).split()


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (["invalid_blocks"], {"markdown_text": "a < b"}),
        (["invalid_blocks", "invalid_arguments"], {"text": "a &lt; b"}),
    ],
)
async def test_blocks_that_are_not_understood_are_left_out(
    desk: Desk, words: list[str], written: dict[str, str]
) -> None:
    for word in words:
        desk.slack.refuse("chat.postMessage", word)
    reply = desk.reply()
    reply.draw(TextDelta("a < b"))
    await desk.ended(reply.finish())

    last = desk.slack.said("chat.postMessage")[-1].args
    assert {name: last[name] for name in last if "text" in name} == written
    assert "blocks" not in last


async def test_text_that_is_too_long_to_be_edited_without_blocks_goes_on_below(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    text = "\n\n".join(f"Paragraph {n} & {'word ' * 40}" for n in range(40)).strip()
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta(text[:3000]))
    await desk.slack.wait(lambda: desk.slack.texts, limit=60)
    desk.slack.refuse("chat.update", "invalid_blocks")
    desk.slack.refuse("chat.update", "invalid_arguments")
    reply.draw(TextDelta(text[3000:]))
    await desk.ended(reply.finish())

    shown = " ".join(desk.slack.texts).replace("&amp;", "&")
    assert shown.split() == text.split()


async def test_channel_that_takes_nothing_is_told_by_finish_only(desk: Desk) -> None:
    desk.slack.refuse("chat.postMessage", "is_archived", times=9)
    first, second = desk.reply(), desk.reply()
    first.draw(TextDelta("Hello"))

    with pytest.raises(Refused, match="is_archived"):
        await desk.ended(first.finish())
    await desk.ended(second.fail("That did not work."))

    assert desk.slack.messages == []


async def test_failure_that_perhaps_nobody_was_told_of_is_raised(desk: Desk) -> None:
    reply = await begun(desk, "One")
    for method in ("chat.stopStream", "chat.update"):
        desk.slack.refuse(method, "internal_error", times=20)

    with pytest.raises(FateUnknown):
        await desk.ended(reply.fail("That did not work."))


@pytest.mark.parametrize("word", ["internal_error", "channel_not_found", "message_not_found"])
async def test_refused_clean_up_never_raises(desk: Desk, word: str) -> None:
    reply = await begun(desk, "One")
    desk.slack.refuse("chat.stopStream", word, times=9)
    desk.slack.refuse("agents.sessions.setStatus", word, times=9)
    await desk.ended(reply.stop())

    assert desk.slack.texts == ["One"]


async def test_database_in_trouble_for_a_moment_breaks_no_answer(desk: Desk) -> None:
    reply = await begun(desk, "Hello ")
    desk.posts.error = StorageError("locked")
    desk.clock.advance(3)
    reply.draw(TextDelta("world, "))
    await desk.slack.wait(lambda: desk.slack.texts == ["Hello world, "])
    await desk.slack.settle()
    desk.posts.error = None
    reply.draw(TextDelta("and on " * 3_000))
    await desk.ended(reply.finish())

    assert "".join(desk.slack.texts) == f"Hello world, {'and on ' * 3_000}".rstrip()


async def test_nobody_waits_for_what_will_never_stand_in_slack(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "is_archived")
    desk.slack.refuse("chat.postMessage", "is_archived", times=9)
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("One."))

    await desk.ended(reply.stands())

    assert desk.slack.texts == []


async def test_card_of_a_broken_stream_stands_under_the_message(desk: Desk) -> None:
    reply = await begun(desk, "One ")
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    desk.slack.messages[0].streaming = False
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.update")))
    await desk.ended(reply.finish())

    [block] = [b for b in desk.slack.messages[0].blocks if b["type"] == "context"]
    assert "Look up" in block["elements"][0]["text"]


async def test_status_that_may_arrive_after_the_answer_is_cleared_then(desk: Desk) -> None:
    desk.slack.cut("agents.sessions.setStatus", after_effect=False)
    reply = await begun(desk, "One ")
    await desk.ended(reply.finish())

    last, stop = desk.slack.calls[-1], desk.slack.said("chat.stopStream")[-1]
    assert (last.method, last.args["status"]) == ("agents.sessions.setStatus", "active")
    assert last.at >= stop.at + 1


async def test_card_of_a_stream_whose_stop_was_lost_runs_on_below(desk: Desk) -> None:
    reply = await begun(desk, "One ")
    reply.draw(FunctionCalled("c1", "f", "Ask back"))
    await desk.slack.wait(lambda: bool(desk.slack.messages[0].cards))
    desk.slack.cut("chat.stopStream", after_effect=False)
    with reply.waiting():
        await desk.slack.wait(lambda: not desk.slack.messages[0].streaming)
        assert desk.slack.messages[0].cards["c1"]["status"] == "complete"
    await desk.ended(reply.finish())


async def test_footer_of_a_stream_whose_stop_was_lost_is_shown(desk: Desk) -> None:
    reply = await begun(desk, "One ")
    desk.slack.cut("chat.stopStream", after_effect=False)
    await desk.ended(reply.finish("It was cut here."))

    assert "It was cut here." in str(desk.slack.messages[0].blocks)


async def test_a_failure_of_our_own_leaves_no_stream_and_no_status(desk: Desk, monkeypatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError

    reply = await begun(desk, "First.\n\n")
    monkeypatch.setattr(StreamPage, "close", fail)
    with pytest.raises(RuntimeError):
        await desk.ended(reply.finish())

    assert not desk.slack.messages[0].streaming
    assert desk.slack.said("agents.sessions.setStatus")[-1].args["status"] == "active"


async def test_stream_that_cannot_be_stopped_is_gone_on_with_below(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("First.\n\n"))
    await desk.slack.settle()
    desk.slack.refuse("chat.stopStream", "message_not_owned_by_app", times=9)
    desk.slack.refuse("chat.update", "streaming_state_conflict", times=9)
    reply.draw(TextDelta("Second."))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["First.\n\n", "Second."]
    assert desk.slack.said("agents.sessions.setStatus")[-1].args["status"] == "active"
