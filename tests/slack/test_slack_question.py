"""What the model reads of a question and of who asks it."""

import pytest

from bot.slack.answering.question import title, today
from storage.records import Event


@pytest.mark.parametrize(
    ("tz", "told"),
    [
        ("Asia/Tokyo", "Wednesday, 2023-11-15 (Asia/Tokyo)"),
        ("America/New_York", "Tuesday, 2023-11-14 (America/New_York)"),
        ("", "Tuesday, 2023-11-14 (UTC)"),
        ("Mars/Olympus", "Tuesday, 2023-11-14 (UTC)"),
    ],
)
def test_today_is_the_date_where_the_asker_is(tz, told):
    event = Event("E1", "T1:C1:1700000000.0", "1700000000.0", "message", "U1", {})

    assert today(event, tz) == told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U0BOT>: what did <@U1> say in\n<#C1|help>?", "what did @Ann say in #help?"),
        ("<@U0BOT>", ""),
        ("7 &lt; 8 " * 20, ("7 < 8 " * 20)[:79] + "…"),
    ],
)
def test_a_conversation_is_called_as_its_question_begins(text, shown):
    event = Event("E1", "T1:C1:1.0", "1.0", "message", "U1", {"text": text})

    assert title(event, {"U1": "Ann"}, "U0BOT") == shown
