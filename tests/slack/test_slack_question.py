"""What the model reads of a question and of who asks it."""

import pytest

from bot.slack.answering.question import today
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
