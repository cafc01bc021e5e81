"""What is kept of a thread's history is what the database has, whatever happened in between."""

import random
from collections.abc import Awaitable, Callable

import pytest
from storage_samples import THREAD, an_event, said

from storage import Storage
from storage.engine import Connection, Row
from storage.histories import KEPT, LONG, Histories
from storage.messages import Messages
from storage.records import Message, Ticket


class Counting:
    """An engine whose reads are counted, row by row."""

    def __init__(self, storage: Storage) -> None:
        self._engine = storage.engine
        self.rows = 0

    async def read(self, work: Callable[[Connection], object]) -> object:
        return await self._engine.read(lambda connection: work(self._counted(connection)))

    def _counted(self, connection: Connection) -> Connection:
        class Counted:
            @staticmethod
            def execute(sql: str, *params: object) -> list[Row]:
                rows = connection.execute(sql, *params)
                self.rows += len(rows)
                return rows

        return Counted()


async def anew(storage: Storage, characters: int = 10**9, each: int = 0) -> list[Message]:
    return await storage.engine.read(lambda c: Histories().read(c, THREAD, characters, each))


def talk(count: int, event: str = "E1", **fields: object) -> list[Message]:
    return [said(f"{event} says {n}", event, n, **fields) for n in range(count)]


async def test_the_next_turn_reads_only_what_is_new(storage: Storage, ticket: Ticket) -> None:
    counting = Counting(storage)
    messages = Messages(counting, lambda: 0)
    await storage.messages.append(ticket, talk(200))
    assert len(await messages.history(THREAD, 10**9)) == 200
    await storage.messages.append(ticket, talk(2, "E2"))
    counting.rows = 0

    history = await messages.history(THREAD, 10**9)

    assert history == await anew(storage)
    assert counting.rows < 6


async def test_what_is_handed_out_may_be_changed(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, talk(LONG))
    (await storage.messages.history(THREAD, 10**9)).clear()

    assert len(await storage.messages.history(THREAD, 10**9)) == LONG


@pytest.mark.parametrize(("count", "length"), [(KEPT // 1_000, 10), (LONG, KEPT // 65)])
async def test_only_so_much_is_kept_in_all(storage: Storage, count: int, length: int) -> None:
    histories = Histories()
    for n in range(4):
        thread = f"T1:C1:{n}.000000"
        ticket = (await storage.inbox.accept(an_event(f"{n}.000000", thread))).ticket
        assert ticket
        long = [said("x" * length, f"E{n}", number) for number in range(count)]
        await storage.messages.append(ticket, long)
        await storage.engine.read(lambda c, thread=thread: histories.read(c, thread, 10**9, 0))

    assert len(histories._kept) == 3


@pytest.mark.parametrize("seed", range(12))
async def test_a_kept_history_is_the_stored_one(
    storage: Storage, ticket: Ticket, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    number = 0

    def ts() -> str:
        return f"{chance.randrange(1, 60)}.000000"

    async def append() -> None:
        nonlocal number
        number += 1
        people = [f"U{chance.randrange(3)}" for _ in range(3)]
        await storage.messages.append(
            ticket,
            [
                said("x" * chance.randrange(30), f"E{number}", n, user=user, slack_ts=ts())
                for n, user in enumerate(people)
            ],
        )

    async def backfill() -> None:
        nonlocal number
        number += 1
        await storage.messages.backfill(
            ticket, [said(f"past {number}", "", slack_ts=f"0.{999 - number:06d}", user="U1")]
        )

    async def edit() -> None:
        nonlocal number
        number += 1
        await storage.messages.revise(THREAD, ts(), f"edited {number}", f"{number}.0")

    async def delete() -> None:
        await storage.messages.revise(THREAD, ts(), None, "9999.0")

    async def forget() -> None:
        await storage.retention.forget_person("T1", f"U{chance.randrange(3)}")

    acts: list[Callable[[], Awaitable[None]]] = [append] * 6 + [edit, edit, backfill, delete]
    for _ in range(40):
        await chance.choice([*acts, forget] if chance.random() < 0.1 else acts)()
        characters, each = chance.choice([10**9, 300, 500]), chance.choice([0, 5])
        history = await storage.messages.history(THREAD, characters, each)
        whole = await anew(storage)
        wanted = await anew(storage, characters, each)

        assert history == whole[len(whole) - len(history) :]
        assert len(history) >= len(wanted)
