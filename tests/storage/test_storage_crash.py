import itertools
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage import open_storage

HERE = Path(__file__).parent


@pytest.mark.parametrize("acks", [1, 500])
async def test_every_acknowledged_event_survives_kill_9(path: Path, acks: int) -> None:
    child = subprocess.Popen(
        [sys.executable, HERE / "accepting_child.py", f"sqlite:///{path}"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
    )
    assert child.stdout
    acknowledged = [line.strip() for line in itertools.islice(child.stdout, acks)]
    child.kill()
    rest, _ = child.communicate()
    acknowledged += rest.split("\n")[:-1]  # the last line may be cut

    storage = await open_storage(f"sqlite:///{path}", "heir")

    rows = await storage.engine.read(lambda c: c.execute("select id from event"))
    assert {event_id for (event_id,) in rows} >= set(acknowledged)
    assert len(await storage.inbox.waiting()) == len({each.split(":")[2] for (each,) in rows})
    await storage.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
