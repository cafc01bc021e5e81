"""The files that we uploaded, by the hash of their content: none need be uploaded twice."""

from dataclasses import replace

from storage.kind import Kind
from storage.records import Uploaded, row


class Uploads(Kind):
    """The files uploaded through us, by account, purpose and content."""

    async def find(self, account: str, digest: str) -> list[Uploaded]:
        """Return the files with this content, newest first."""
        rows = await self._select(
            """select account, file, digest, purpose, name, user_id, team, created
            from uploaded where account = $1 and digest = $2 order by created desc, file""",
            account,
            digest,
        )
        return [Uploaded(*row) for row in rows]

    async def of_file(self, account: str, file: str) -> Uploaded | None:
        """Return what is known of a file."""
        rows = await self._select(
            """select account, file, digest, purpose, name, user_id, team, created
            from uploaded where account = $1 and file = $2""",
            account,
            file,
        )
        return Uploaded(*rows[0]) if rows else None

    async def save(self, uploaded: Uploaded) -> None:
        """Note an upload."""
        await self._execute(
            """insert into uploaded (account, file, digest, purpose, name, user_id, team,
                created)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (account, file) do update set digest = excluded.digest""",
            *row(replace(uploaded, created=self._clock())),
        )

    async def forget(self, account: str, file: str) -> None:
        """Remove a file that is no longer on the server."""
        await self._execute("delete from uploaded where account = $1 and file = $2", account, file)
