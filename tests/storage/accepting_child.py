"""A process of its own that accepts events for ever and says which were acknowledged."""

import asyncio
import itertools
import sys

from storage_samples import an_event

from storage import Storage, open_storage


async def accept_for_ever(storage: Storage, worker: int) -> None:
    for n in itertools.count():
        event = an_event(f"{n}.{worker:06}", f"T1:C{worker}:1")
        if (await storage.inbox.accept(event)).new:
            sys.stdout.write(f"{event.id}\n")
            sys.stdout.flush()


async def main(url: str) -> None:
    storage = await open_storage(url, "child")
    await asyncio.gather(*(accept_for_ever(storage, worker) for worker in range(20)))


asyncio.run(main(sys.argv[1]))
