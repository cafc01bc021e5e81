"""The way in: open a database by its URL, get one object for each kind of record."""

import time
from pathlib import Path
from urllib.parse import unquote

from storage.approvals import Approvals
from storage.audit import Audit
from storage.calls import Calls
from storage.choices import Choices
from storage.decisions import Decisions
from storage.engine import Engine, WallClock
from storage.errors import StorageError
from storage.inbox import Inbox
from storage.inquiries import Inquiries
from storage.learned import LearnedModels
from storage.messages import Messages
from storage.ownership import bury
from storage.people import People
from storage.posts import Posts
from storage.registrations import Registrations
from storage.retention import Retention
from storage.sqlite import SQLite
from storage.uploads import Uploads
from storage.usage import UsageLog
from storage.watches import Watches


class Storage:
    """Everything that is kept, by kind; `owner` names this process in claims."""

    def __init__(self, engine: Engine, owner: str, clock: WallClock) -> None:
        self.engine = engine
        self.inbox = Inbox(engine, owner, clock)
        self.messages = Messages(engine, clock)
        self.posts = Posts(engine, clock)
        self.calls = Calls(engine, clock)
        self.usage = UsageLog(engine, clock)
        self.learned = LearnedModels(engine, clock)
        self.people = People(engine, clock)
        self.approvals = Approvals(engine, owner, clock)
        self.audit = Audit(engine, clock)
        self.decisions = Decisions(engine, clock)
        self.uploads = Uploads(engine, clock)
        self.inquiries = Inquiries(engine, clock)
        self.choices = Choices(engine, clock)
        self.registrations = Registrations(engine, clock)
        self.watches = Watches(engine, owner, clock)
        self.retention = Retention(engine, clock)

    async def close(self) -> None:
        """Finish the writes already asked for, then close the database."""
        await self.engine.close()

    async def backup(self, path: Path) -> None:
        """Write a consistent copy to a new file while work goes on."""
        await self.engine.backup(path)


def milliseconds() -> int:
    """Return the time now in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


async def open_storage(url: str, owner: str, clock: WallClock = milliseconds) -> Storage:
    """Open the database at a URL and bring its schema up to date.

    `owner` names this process in claims; it must differ from every other and every earlier one.
    """
    engine = _engine(url)
    await engine.open()
    if engine.exclusive:
        try:
            await engine.write(bury)
        except BaseException:
            await engine.close()
            raise
    return Storage(engine, owner, clock)


async def look_into(url: str) -> Storage:
    """Open the database at a URL only to read, also while another process has it open."""
    engine = _engine(url)
    await engine.look()
    return Storage(engine, "", milliseconds)


def _engine(url: str) -> Engine:
    scheme, separator, rest = url.partition(":///")
    if separator and scheme == "sqlite" and rest and not rest.startswith(":"):
        return SQLite(Path(unquote(rest)))
    raise StorageError(
        f'DATABASE_URL begins with "{url.partition(":")[0]}" and names no database that Callboard'
        " knows. Use sqlite:///path/to/callboard.db (four slashes for an absolute path)."
    )
