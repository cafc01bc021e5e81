"""Long answers in several messages, and answers taken up after a crash."""

import pytest

from bot.chat.events import FunctionCalled, FunctionReturned, TextDelta
from storage.records import Post
from tests.slack.conftest import Desk, Message

EVENT = "msg:T1:C1:1.000000"


async def test_long_answer_turns_over_without_breaking_its_fence(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    lines = [f"x{n} = {n}  # a line of code\n" for n in range(700)]
    reply.draw(TextDelta("```python\n"))
    for line in lines:
        reply.draw(TextDelta(line))
        await desk.slack.settle()
        desk.clock.advance(0.02)
    reply.draw(TextDelta("```"))
    await desk.ended(reply.finish())

    texts = desk.slack.texts
    assert len(texts) == 2
    assert all(len(text) <= 11_000 for text in texts)
    assert texts[0].startswith("```python\n")
    assert texts[0].endswith("\n```")
    assert texts[1].startswith("```python\n")
    assert "".join(t.removeprefix("```python\n").removesuffix("```") for t in texts) == "".join(
        lines
    )


async def test_very_long_answer_at_once_arrives_whole(desk: Desk) -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "word " * 50 for n in range(150)).strip()
    reply = desk.reply()
    reply.draw(TextDelta(text))
    sent = await desk.ended(reply.finish())

    assert (sent, len(desk.slack.messages)) == (desk.slack.messages[0].ts, 4)
    assert "\n\n".join(t.strip() for t in desk.slack.texts).split() == text.split()
    keys = [m.metadata["event_payload"]["key"] for m in desk.slack.messages if m.metadata]
    assert keys == [f"{EVENT}:{n}" for n in range(4)]


async def test_more_at_once_than_a_stream_takes_goes_on_below(desk: Desk) -> None:
    text = "A line of the answer.\n" * 700
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta(text))
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.startStream")))
    await desk.ended(reply.finish())

    assert len(desk.slack.messages) == 2
    assert "".join(desk.slack.texts) == text.strip()


async def test_old_stream_is_left_at_the_end_of_a_line(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    for n in range(300):
        reply.draw(TextDelta(f"Line {n}.\n" if n % 5 == 4 else f"Line {n}, "))
        await desk.slack.settle()
        desk.clock.advance(1)
    await desk.ended(reply.finish())

    starts = desk.slack.said("chat.startStream")
    stop = desk.slack.said("chat.stopStream")[0]
    assert len(starts) == 2
    assert 240 <= stop.at - starts[0].at <= 250
    assert stop.args["session_status"] == "processing"
    assert desk.slack.texts[0].endswith(".\n")
    assert "".join(desk.slack.texts).count("Line") == 300


async def test_table_in_an_old_stream_gets_its_header_again(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("| a | b |\n|---|---|\n"))
    for n in range(300):
        reply.draw(TextDelta(f"| {n} | x |\n"))
        await desk.slack.settle()
        desk.clock.advance(1)
    await desk.ended(reply.finish())

    first, second = desk.slack.texts
    assert second.startswith("| a | b |\n|---|---|\n| ")
    assert (first + second).count(" | x |\n") + second.endswith(" | x |") == 300


async def test_old_stream_is_never_left_in_a_row(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("| a | b |\n|---|---|\n"))
    for n in range(1_400):
        reply.draw(TextDelta("a few words | x |\n" if n % 10 == 9 else "| " * (n % 10 == 0) + "w "))
        await desk.slack.settle()
        desk.clock.advance(0.2)
    await desk.ended(reply.finish())

    assert len(desk.slack.texts) == 2
    assert desk.slack.texts[0].endswith(" | x |\n")


async def test_silent_stream_is_closed_in_time_and_running_card_shown_again(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Let me compute."))
    reply.draw(FunctionCalled("c1", "slow", "Slow sum"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.stopStream")), limit=300)
    first = desk.slack.messages[0]
    assert first.cards["c1"]["output"] == "Continues below"
    assert first.cards["c1"]["title"].endswith(": goes on below")
    assert len(desk.slack.messages) == 1

    reply.draw(FunctionCalled("c2", "slow", "Other sum"))
    await desk.slack.wait(lambda: len(desk.slack.messages) == 2)
    assert desk.slack.messages[1].cards["c1"]["status"] == "in_progress"
    reply.draw(FunctionReturned("c1", "slow", True, "done"))
    reply.draw(FunctionReturned("c2", "slow", True, "done"))
    reply.draw(TextDelta("It is 4."))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["Let me compute.", "It is 4."]
    assert {c["status"] for c in desk.slack.messages[1].cards.values()} == {"complete"}


async def test_card_that_has_ended_is_not_shown_again_below(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    reply.draw(FunctionReturned("c1", "f", True, "done"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    reply.draw(TextDelta("A line of the answer.\n" * 700))
    await desk.ended(reply.finish())

    assert len(desk.slack.messages) == 2
    assert desk.slack.messages[0].cards["c1"]["output"] == "done"
    assert [block["type"] for block in desk.slack.messages[1].blocks] == ["markdown"]


async def test_half_written_stream_is_completed_in_its_place(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "The answer is fo", streaming=True))
    reply = desk.reply()
    post = Post(EVENT, 0, "stream", "sent", "2.000000", "The answer is fo")
    await desk.ended(reply.resume([post]))
    reply.start()
    reply.draw(TextDelta("The answer is forty-two."))
    sent = await desk.ended(reply.finish())

    assert desk.slack.texts == ["The answer is forty-two."]
    assert sent == "2.000000"
    assert not desk.slack.messages[0].streaming
    assert "Continued" in str(desk.slack.messages[0].blocks)
    assert desk.slack.calls[-1].args["status"] == "active"


async def test_what_follows_a_settled_part_has_a_row_and_a_key_of_its_own(desk: Desk) -> None:
    settled = Post(EVENT, 0, "stream", "final", "2.000000", "Shall I?")
    reply = desk.reply()
    await desk.ended(reply.resume([settled], settled=1))
    reply.draw(TextDelta("It is done."))
    await desk.ended(reply.finish())

    [answer] = desk.slack.messages
    assert answer.metadata
    assert answer.metadata["event_payload"]["key"] == f"{EVENT}:1"
    assert desk.posts.log[0] == ("begin", 1, "message")


async def test_shorter_text_does_not_replace_longer_before_the_end(desk: Desk) -> None:
    old = "A long beginning that people have read"
    desk.slack.messages.append(Message("2.000000", old))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "message", "sent", "2.000000", old)]))
    reply.start()
    reply.draw(TextDelta("Short."))
    await desk.slack.settle()
    desk.clock.advance(5)
    await desk.slack.settle()
    assert desk.slack.texts == [old]

    await desk.ended(reply.finish())
    assert desk.slack.texts == ["Short."]


async def test_post_of_unknown_fate_is_found_by_its_key(desk: Desk) -> None:
    metadata = {"event_type": "callboard_answer", "event_payload": {"key": f"{EVENT}:0"}}
    desk.slack.messages.append(Message("2.000000", "Hello", metadata))
    desk.slack.messages.append(Message("3.000000", "Hello", user="U0ANN"))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "message")]))
    reply.draw(TextDelta("Hello"))
    await desk.ended(reply.finish())

    assert len(desk.slack.messages) == 2
    assert ("sent", 0, "2.000000") in desk.posts.log


async def test_stream_of_unknown_fate_is_our_newest_without_a_key(desk: Desk) -> None:
    other = {"event_type": "callboard_answer", "event_payload": {"key": "msg:T1:C1:0.5:0"}}
    desk.slack.messages.append(Message("2.000000", "Earlier", other))
    desk.slack.messages.append(Message("3.000000", "Hel", streaming=True))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "stream")]))
    reply.draw(TextDelta("Hello"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["Earlier", "Hello"]


async def test_what_another_answer_has_shown_is_never_taken_for_ours(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "Anothe", streaming=True))
    desk.posts.others = {"2.000000"}
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "stream")]))
    reply.start()
    desk.slack.cut("chat.startStream", after_effect=False)
    reply.draw(TextDelta("Hello"))
    await desk.slack.settle()
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["Anothe", "Hello"]


async def test_post_that_never_arrived_is_posted(desk: Desk) -> None:
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "stream")]))
    reply.start()
    reply.draw(TextDelta("Hello"))
    await desk.slack.settle()
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["Hello"]


async def test_messages_that_a_second_run_does_not_need_go_away(desk: Desk) -> None:
    desk.slack.messages += [Message("2.000000", "First part"), Message("3.000000", "Second")]
    reply = desk.reply()
    posts = [
        Post(EVENT, 0, "stream", "final", "2.000000", "First part"),
        Post(EVENT, 1, "message", "sent", "3.000000", "Second"),
    ]
    await desk.ended(reply.resume(posts))
    reply.draw(TextDelta("All in one"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["All in one"]


async def test_half_an_answer_goes_away_where_the_next_try_only_asks_people(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "Half an ans"))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "message", "sent", "2.000000", "Half an ans")]))
    reply.start()
    parts = await desk.ended(reply.suspend())

    assert desk.slack.messages == []
    assert parts == 1  # its number is not used again


async def test_old_message_that_cannot_be_edited_is_replaced(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "Half"))
    desk.slack.refuse("chat.update", "cant_update_message")
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "message", "sent", "2.000000", "Half")]))
    reply.draw(TextDelta("Whole"))
    sent = await desk.ended(reply.finish())

    assert desk.slack.texts == ["Whole"]
    assert sent != "2.000000"


@pytest.mark.parametrize("again", [True, False])
async def test_stop_after_a_crash_in_a_call_keeps_the_text_and_ends_the_card(
    desk: Desk, again: bool
) -> None:
    call = FunctionCalled("c1", "f", "Look up")
    first = desk.reply()
    first.draw(TextDelta("Let me look. "))
    first.draw(call)
    first.start()
    await desk.slack.wait(lambda: bool(desk.slack.messages and desk.slack.messages[0].cards))
    ts = desk.slack.messages[0].ts
    reply = desk.reply()
    post = Post(EVENT, 0, "stream", "sent", ts, "Let me look. ")
    await desk.ended(reply.resume([post], running=[call]))
    reply.start()
    if again:
        reply.draw(call)
        await desk.slack.settle()
    await desk.ended(reply.stop())

    assert desk.slack.texts == ["Let me look. "]
    assert desk.slack.messages[0].cards["c1"]["title"] == "Look up: interrupted"
    assert desk.slack.messages[0].cards["c1"]["status"] == "complete"
    assert "chat.update" not in desk.slack.methods
    assert reply.shown == "Let me look. "


async def test_failure_after_a_crash_stands_below_what_people_saw(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "Let me look."))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "stream", "sent", "2.000000", "Let me look.")]))
    reply.start()
    reply.draw(TextDelta("Let"))
    await desk.slack.settle()
    await desk.ended(reply.fail("That did not work."))

    assert desk.slack.texts == ["Let me look.", "That did not work."]


async def test_what_people_saw_is_remembered_by_a_run_that_showed_nothing(desk: Desk) -> None:
    desk.slack.messages.append(Message("2.000000", "Let me look."))
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "stream", "sent", "2.000000", "Let me look.")]))
    reply.start()
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    await desk.slack.settle()
    await desk.ended(reply.leave())
    await reply.journal.settled()

    assert not any(entry[0] == "save" for entry in desk.posts.log)


async def test_call_that_runs_as_a_message_turns_over_is_awaited_in_the_next(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    reply.draw(TextDelta("word " * 3_000))
    await desk.slack.wait(lambda: len(desk.slack.messages) == 2)
    await desk.slack.settle()

    first, second = (message.blocks[-1]["elements"][0]["text"] for message in desk.slack.messages)
    assert first == ":heavy_check_mark: Look up: goes on below"
    assert second == ":hourglass_flowing_sand: Look up"
    reply.draw(FunctionReturned("c1", "f", True, "12 found"))
    await desk.ended(reply.finish())


async def test_call_of_an_answer_that_the_bot_leaves_stands_as_interrupted(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Let me look. "))
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    await desk.slack.wait(lambda: bool(desk.slack.messages and desk.slack.messages[0].cards))
    await desk.ended(reply.leave_closed())

    [message] = desk.slack.messages
    assert not message.streaming
    assert message.cards["c1"]["title"] == "Look up: interrupted"
    assert message.cards["c1"]["status"] == "complete"


async def test_the_same_of_one_that_stands_in_a_message(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Let me look. "))
    reply.draw(FunctionCalled("c1", "f", "Look up"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.ended(reply.leave_closed())

    [message] = desk.slack.messages
    assert desk.slack.texts == ["Let me look. "]
    assert message.blocks[-1]["elements"][0]["text"] == ":warning: Look up: interrupted"
