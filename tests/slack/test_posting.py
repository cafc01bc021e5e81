"""Messages with a key: there once, whatever becomes of a call."""

import pytest

from bot.slack.calls import posting
from bot.slack.calls.send import FateUnknown, Refused, Sender
from tests.slack.conftest import Desk, place

CARD = {"text": "May it run?"}


@pytest.fixture
def sender(desk: Desk) -> Sender:
    return Sender(desk.client, desk.budget, desk.clock)


async def test_a_card_that_slack_has_and_does_not_show_yet_is_found(
    desk: Desk, sender: Sender
) -> None:
    desk.slack.cut("chat.postMessage", after_effect=True)
    desk.slack.answer("conversations.replies", {"ok": True, "messages": []})
    desk.slack.refuse("chat.postMessage", "duplicate_message")

    ts = await desk.ended(posting.post(sender, place(), "approval:1", CARD))

    assert [message.ts for message in desk.slack.messages] == [ts]


async def test_a_card_of_which_nobody_knows_in_the_end_is_of_unknown_fate(
    desk: Desk, sender: Sender
) -> None:
    for _ in range(6):
        desk.slack.cut("chat.postMessage", after_effect=False)

    with pytest.raises(FateUnknown):
        await desk.ended(posting.post(sender, place(), "approval:1", CARD))


async def test_a_card_that_slack_refuses_is_not_posted_again(desk: Desk, sender: Sender) -> None:
    desk.slack.refuse("chat.postMessage", "is_archived")

    with pytest.raises(Refused):
        await desk.ended(posting.post(sender, place(), "approval:1", CARD))
    assert len(desk.slack.said("chat.postMessage")) == 1


async def test_a_card_that_somebody_has_deleted_is_posted_anew(desk: Desk, sender: Sender) -> None:
    desk.slack.refuse("chat.postMessage", "duplicate_message_not_found")

    ts = await desk.ended(posting.post(sender, place(), "approval:1", CARD))

    assert [message.ts for message in desk.slack.messages] == [ts]
    assert "client_msg_id" not in desk.slack.said("chat.postMessage")[-1].args
