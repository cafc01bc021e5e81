"""What work sees of SQLite: its statements, and in a sentence why one failed."""

import re
import sqlite3
from functools import lru_cache

from storage.engine import Row
from storage.errors import StorageError

PLACE = re.compile(r"\$(\d+)")


class Statements:
    """The connection that work sees: numbered placeholders in, lists of rows out."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def execute(self, sql: str, *params: object) -> list[Row]:
        """Run one statement and return its rows."""
        numbered = _numbered(sql)
        try:
            return self._execute(numbered, params).fetchall()
        except UnicodeEncodeError:  # half a character, as broken JSON escapes leave it
            return self._execute(numbered, tuple(map(_whole, params))).fetchall()


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    """Return a statement with SQLite's own numbered places, which take values without names."""
    return PLACE.sub(r"?\1", sql)


def explained(error: Exception) -> Exception:
    """Turn an error of SQLite into one of ours, with a sentence; leave all others alone."""
    if not isinstance(error, sqlite3.Error):
        return error
    ours = StorageError(sentence(error))
    ours.__cause__ = error
    return ours


def sentence(error: sqlite3.Error) -> str:
    """Say for a person what SQLite's error means."""
    sentences = {
        sqlite3.SQLITE_BUSY: "Another program keeps the database locked.",
        sqlite3.SQLITE_FULL: "The disk is full: the database can store nothing more. Make room.",
        sqlite3.SQLITE_IOERR: "The disk is full or failed: make room, or look at the system's log.",
        sqlite3.SQLITE_READONLY: "The database may not be written to: look at its file and folder.",
        sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened: look at its folder's rights.",
        sqlite3.SQLITE_CORRUPT: "The database file is damaged: restore a backup.",
        sqlite3.SQLITE_NOTADB: "The file is no SQLite database: DATABASE_URL must name another.",
    }
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return sentences.get(code, f"The database refused a statement: {error}")


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
