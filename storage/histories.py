"""A thread's messages as its turns need them: the newest, oldest first, and quickly.

To read 100 messages takes as long as all else that is done for a request to the model, so what was
read for a thread is kept, and its next turn reads only what is new. What is kept holds as long as
its newest message stands where it stood and nothing of the thread was changed or removed
(`thread.rewritten`), whoever did it. Short threads are not kept: they are read as quickly.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass

from storage.engine import Connection, Row
from storage.records import Message, Shown, ToolCall

PAGE = 256  # rows asked for first, and at least
LONG = 20  # messages from which a history is kept
KEPT = 8_000_000  # bytes in all, more or less: of most scripts a character takes one or two
OVERHEAD = 300  # of them, for each message
EXCESS = 1.25  # times the characters wanted, to which a history may grow by what is new


@dataclass(slots=True)
class _History:
    """What was read of a thread; it begins with the thread's first message if it is `whole`."""

    messages: list[Message]  # oldest first
    size: int  # characters
    newest: int  # seq
    rewritten: int
    whole: bool

    @property
    def weight(self) -> int:
        """Return how much of what may be kept it takes."""
        return self.size + OVERHEAD * len(self.messages)

    def serves(self, characters: int, each: int) -> bool:
        """Tell whether it is as long as wanted, and not much longer."""
        counted = self.size + each * len(self.messages)
        return (self.whole or counted >= characters) and counted <= characters * EXCESS


class Histories:
    """Reads histories, and keeps those of the threads that were read last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _History] = OrderedDict()  # the last one used at the end
        self._weight = 0

    def read(
        self, connection: Connection, thread: str, characters: int, each: int
    ) -> list[Message]:
        """Return whole messages, `characters` at least; one counts `each` more than it has."""
        found = connection.execute("select rewritten from thread where id = $1", thread)
        rewritten = found[0][0] if found else 0
        history = self._take(thread)
        if history is None or not (
            history.rewritten == rewritten
            and _catch_up(connection, thread, history)
            and history.serves(characters, each)
        ):
            history = _read(connection, thread, characters, each, rewritten)
        self._keep(thread, history)
        return history.messages.copy()

    def _take(self, thread: str) -> _History | None:
        history = self._kept.pop(thread, None)
        if history:
            self._weight -= history.weight
        return history

    def _keep(self, thread: str, history: _History) -> None:
        if len(history.messages) < LONG or history.weight > KEPT:
            return
        self._kept[thread] = history
        self._weight += history.weight
        while self._weight > KEPT:
            _, dropped = self._kept.popitem(last=False)
            self._weight -= dropped.weight


def of_turn(connection: Connection, event: str) -> list[Message]:
    """Return all that the turn of an event has stored, wherever in its thread that stands."""
    rows = connection.execute(
        """select role, content, event, user_id, name, tool_calls, tool_call_id, shown, seq
        from message where event = $1 order by n""",
        event,
    )
    return [_message(row) for row in rows]


def _catch_up(connection: Connection, thread: str, history: _History) -> bool:
    """Add what is new; False if what was the newest message is not where it was."""
    rows = connection.execute(
        """select role, content, event, user_id, name, tool_calls, tool_call_id, shown, seq
        from message where thread = $1 and seq >= $2 order by seq""",
        thread,
        history.newest,
    )
    if not rows or _message(rows[0]) != history.messages[-1] or rows[0][-1] != history.newest:
        return False
    for row in rows[1:]:
        history.messages.append(_message(row))
        history.size += _size(row)
    history.newest = rows[-1][-1]
    return True


def _read(
    connection: Connection, thread: str, characters: int, each: int, rewritten: int
) -> _History:
    """Read pages, each as long as the messages so far let expect that the rest needs."""
    newest_first: list[Message] = []
    newest, before, page, size, whole = 0, 2**62, PAGE, 0, False
    left = characters
    while left > 0 and not whole:
        rows = connection.execute(
            """select role, content, event, user_id, name, tool_calls, tool_call_id, shown, seq
            from message where thread = $1 and seq < $2 order by seq desc limit $3""",
            thread,
            before,
            page,
        )
        whole = len(rows) < page
        for row in rows:
            if left <= 0:
                whole = False
                break
            size += _size(row)
            left -= _size(row) + each
            newest_first.append(_message(row))
        if rows:
            newest, before = newest or rows[0][-1], rows[-1][-1]
        expected = len(newest_first) * left // max(characters - left, 1)
        page = PAGE + min(expected, 4 * len(newest_first))  # the newest may be unlike the others
    newest_first.reverse()
    return _History(newest_first, size, newest, rewritten, whole)


def _size(row: Row) -> int:
    return len(row[1]) + len(row[5] or "")


def _message(row: Row) -> Message:
    role, content, event, user, name, packed, call_id, shown, _ = row
    calls = tuple(ToolCall(*call) for call in json.loads(packed)) if packed else ()
    told = Message(role, content, event or "", 0, user, name, None, calls, call_id)
    if not shown:
        return told
    return told._replace(shown=tuple(Shown(*one) for one in json.loads(shown)))
