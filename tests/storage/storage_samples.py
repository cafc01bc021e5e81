"""Values that the storage tests are made of."""

from typing import Any

from storage.records import Approval, Event, Message

THREAD = "T1:C1:100.000000"


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


def an_event(ts: str = "100.000000", thread: str = THREAD, **body: Any) -> Event:
    team, channel, _ = thread.split(":", 2)
    return Event(
        id=f"msg:{team}:{channel}:{ts}",
        thread=thread,
        ts=ts,
        kind="message",
        user="U1",
        body={"text": f"question {ts}"} | body,
    )


def said(text: str, event: str = "E1", n: int = 0, **fields: Any) -> Message:
    return Message(fields.pop("role", "user"), text, event, n, **fields)


def an_approval(event: Event, call: int = 0) -> Approval:
    return Approval(
        id=f"A{call}",
        call=f"{event.id}:1:{call}",
        event=event.id,
        team="T1",
        channel="C1",
        thread_ts="100.000000",
        name="pay",
        title="Pay",
        arguments='{"amount": 5}',
        defaults="{}",
        origin="bank",
        digest="d",
        user="U1",
        redacted="amount: 5",
    )
