"""What is kept of replies that came before the mention they follow."""

import pytest

from bot.slack.inbound.early import Early
from bot.slack.inbound.incoming import Revised
from storage.records import Event


def reply(ts: str, thread: str = "T1:C1:10.0") -> Event:
    return Event(id=f"msg:{ts}", thread=thread, ts=ts, kind="message", user="U1", body={})


def test_replies_after_a_mention_are_given_once():
    early = Early()
    for ts in ("11.0", "13.0", "14.0"):
        early.keep(reply(ts))
    early.drop("T1:C1:10.0", "msg:14.0")

    assert [one.ts for one in early.after(reply("12.0"))] == ["13.0"]
    assert early.after(reply("12.0")) == []
    assert [one.ts for one in early.after(reply("10.0"))] == ["11.0"]


@pytest.mark.parametrize(
    ("revisions", "text"), [("21", "new"), ("12", "new"), ("3", None), ("13", None), ("31", None)]
)
def test_the_newest_revision_counts_and_a_deletion_for_ever(revisions: str, text: str | None):
    early = Early()
    texts = {"1": "old", "2": "new", "3": None}
    for at in revisions:
        early.revise(Revised("T1", "T1:C1:10.0", "11.0", texts[at], f"{at}.0", "msg:11.0"))

    current = early.current(reply("11.0"))

    assert (current and current.body["text"]) == text


def test_only_so_many_threads_and_replies_are_kept():
    early = Early()
    for number in range(1000):
        early.keep(reply(f"{number}.0", thread="busy"))
        early.keep(reply("1.0", thread=f"T1:C1:{number}"))

    assert early.after(reply("0.0", thread="T1:C1:0")) == []
    assert len(early.after(reply("0.0", thread="T1:C1:999"))) == 1
    assert [one.ts for one in early.after(reply("0.0", thread="busy"))][-1] == "999.0"


def test_only_so_many_revisions_are_kept():
    early = Early()
    for number in range(2000):
        early.revise(Revised("T1", "T1:C1:10.0", f"{number}.0", None, "1.0", "msg:11.0"))

    assert early.current(reply("0.0")) is not None
    assert early.current(reply("1999.0")) is None
