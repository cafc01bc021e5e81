"""What uploaded files contain, as hashes, so that the same file is not uploaded twice."""

from storage.engine import Engine, Row, WallClock
from storage.records import Uploaded


class Hashes:
    """The files uploaded through us, by account, purpose and content."""

    def __init__(self, engine: Engine, clock: WallClock) -> None:
        self._engine = engine
        self._clock = clock

    async def find(self, account: str, digest: str) -> list[Uploaded]:
        """Return the files with this content, newest first."""
        rows = await self._engine.read(
            lambda connection: connection.execute(
                """select account, file, digest, purpose, name, user_id, team, created
                from uploaded where account = $1 and digest = $2 order by created desc, file""",
                account,
                digest,
            )
        )
        return [_uploaded(row) for row in rows]

    async def of_file(self, account: str, file: str) -> Uploaded | None:
        """Return what is known of a file."""
        rows = await self._engine.read(
            lambda connection: connection.execute(
                """select account, file, digest, purpose, name, user_id, team, created
                from uploaded where account = $1 and file = $2""",
                account,
                file,
            )
        )
        return _uploaded(rows[0]) if rows else None

    async def save(self, uploaded: Uploaded) -> None:
        """Note an upload."""
        now = self._clock()
        await self._engine.write(
            lambda connection: connection.execute(
                """insert into uploaded (account, file, digest, purpose, name, user_id, team,
                    created)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (account, file) do update set digest = excluded.digest""",
                uploaded.account,
                uploaded.file,
                uploaded.digest,
                uploaded.purpose,
                uploaded.name,
                uploaded.user,
                uploaded.team,
                now,
            )
        )

    async def forget(self, account: str, file: str) -> None:
        """Remove a file that is no longer on the server."""
        await self._engine.write(
            lambda connection: connection.execute(
                "delete from uploaded where account = $1 and file = $2", account, file
            )
        )


def _uploaded(row: Row) -> Uploaded:
    return Uploaded(*row)
