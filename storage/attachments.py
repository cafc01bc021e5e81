"""Files that a function call has produced, kept until people have them.

They are written in one commit with the end of the call, so that no crash comes between the two, and
removed when they are in the thread. `upload` is what Slack calls such a file: it is noted before
Slack is asked to show the file, so that after a crash it can be looked for.
"""

from collections.abc import Iterable, Sequence

from storage.engine import Connection
from storage.records import Attachment


def keep(connection: Connection, call_id: str, files: Iterable[Attachment]) -> None:
    """Keep the files of a call."""
    for n, file in enumerate(files):
        connection.execute(
            """insert into attachment (call, n, event, name, mimetype, data)
            select id, $2, event, $3, $4, $5 from call where id = $1""",
            call_id,
            n,
            file.name,
            file.mimetype,
            file.data,
        )


def kept(connection: Connection, call_id: str) -> tuple[Attachment, ...]:
    """Return the files of a call that people may not have yet."""
    rows = connection.execute(
        "select name, mimetype, data from attachment where call = $1 order by n", call_id
    )
    return tuple(Attachment(*row) for row in rows)


def uploads(connection: Connection, call_id: str) -> list[str]:
    """Return what Slack calls the files of a call that were uploaded; they may be shown or not."""
    rows = connection.execute(
        "select upload from attachment where call = $1 and upload is not null order by n", call_id
    )
    return [upload for (upload,) in rows]


def note_uploads(connection: Connection, call_id: str, found: Sequence[str]) -> None:
    """Note what Slack calls the files of a call that have something in them."""
    connection.execute("update attachment set upload = null where call = $1", call_id)
    rows = connection.execute(
        "select n from attachment where call = $1 and length(data) > 0 order by n", call_id
    )
    for (n,), upload in zip(rows, found, strict=False):
        connection.execute(
            "update attachment set upload = $3 where call = $1 and n = $2", call_id, n, upload
        )


def drop(connection: Connection, call_id: str) -> None:
    """Remove the files of a call."""
    connection.execute("delete from attachment where call = $1", call_id)


def drop_of_event(connection: Connection, event_id: str) -> None:
    """Remove the files of an event whose turn is over, posted or not."""
    connection.execute("delete from attachment where event = $1", event_id)
