"""What Slack takes less of than was sent: the rest stands below, and nothing is lost."""

import pytest

from bot.chat.events import FunctionCalled, TextDelta
from bot.slack.consent import inquiry_card
from storage.records import Inquiry
from tests.slack.conftest import Desk
from tests.slack.test_slack_faults import begun


async def test_text_too_long_for_slack_goes_into_smaller_pieces(desk: Desk) -> None:
    desk.slack.refuse("chat.postMessage", "msg_blocks_too_long")
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 40 for n in range(20)).strip()
    reply = desk.reply()
    reply.draw(TextDelta(text))
    await desk.ended(reply.finish())

    assert len(desk.slack.messages) == 2
    assert "".join(desk.slack.texts).replace("\n", "") == text.replace("\n", "")


async def test_what_a_message_takes_no_more_of_goes_into_the_next(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "restricted_action")
    reply = await begun(desk, "One. ", "Two.")
    desk.slack.refuse("chat.update", "msg_blocks_too_long", times=9)
    await desk.ended(reply.finish())

    assert "".join(desk.slack.texts) == "One. Two."


async def test_append_too_long_for_slack_goes_into_another_message(desk: Desk) -> None:
    text = "".join(f"Line {n} of the answer.\n" for n in range(200))
    reply = await begun(desk, "One.\n", text)
    desk.slack.refuse("chat.appendStream", "msg_too_long")
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.appendStream")))
    await desk.ended(reply.finish())

    assert len(desk.slack.messages) >= 2
    assert "".join(desk.slack.texts).split() == ("One.\n" + text).split()


async def test_a_stream_that_the_cards_of_calls_have_filled_becomes_a_message(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("call_1", "search", "Search"))
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.startStream")))
    desk.slack.refuse("chat.appendStream", "msg_blocks_too_long", times=9)
    desk.slack.refuse("chat.stopStream", "msg_blocks_too_long")
    reply.draw(FunctionCalled("call_2", "search", "Search"))
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.appendStream")), limit=300)
    reply.draw(TextDelta("The answer."))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["The answer."]


@pytest.mark.parametrize("first", ["One.\n", "```\n"])
async def test_full_message_too_long_for_slack_ends_earlier(desk: Desk, first: str) -> None:
    reply = await begun(desk, first)
    text = "".join(f"Line {n} of the answer.\n" for n in range(600))
    desk.slack.refuse("chat.stopStream", "msg_too_long", times=2)
    reply.draw(TextDelta(text))
    await desk.slack.wait(lambda: len(desk.slack.said("chat.stopStream")) >= 3)
    await desk.ended(reply.finish())

    shown = "\n".join(desk.slack.texts).replace("```", "")
    assert shown.split() == (first + text).replace("```", "").split()


async def test_fence_that_slack_has_no_room_to_close_breaks_nothing(desk: Desk) -> None:
    first = "```\n" + "A line of code\n" * 200
    reply = await begun(desk, first)
    desk.slack.refuse("chat.stopStream", "msg_too_long")
    await desk.slack.wait(lambda: len(desk.slack.said("chat.stopStream")) == 2, limit=300)
    reply.draw(TextDelta("More.\n```"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == [first, "```\nMore.\n```"]


def test_a_long_question_is_told_in_one_line_without_a_torn_entity() -> None:
    question = "x" * 2498 + "<dict>"
    asked = Inquiry("1", "E:1:0", 1, "E", "T1", "C1", "1.0", "U1", question)

    assert inquiry_card.text(asked) == f":question: {'x' * 2498}"
