"""Slack users as last seen."""

from storage.engine import Row
from storage.kind import Kind
from storage.records import Person, row


class People(Kind):
    """The people of all teams."""

    async def get(self, team: str, user_id: str) -> Person | None:
        """Read a person; `fetched` tells how old that is."""
        rows = await self._select(
            """select team, id, name, real_name, tz, title, is_admin, is_guest, is_bot, fetched
            from person where team = $1 and id = $2""",
            team,
            user_id,
        )
        return _person(rows[0]) if rows else None

    async def save(self, person: Person) -> None:
        """Store a person in place of what was known; nobody asks for the address in `email`."""
        *words, is_admin, is_guest, is_bot, fetched = row(person)
        await self._execute(
            """insert into person (team, id, name, real_name, tz, title, is_admin, is_guest, is_bot,
                fetched, email)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')
            on conflict (team, id) do update set name = excluded.name,
                real_name = excluded.real_name, tz = excluded.tz, title = excluded.title,
                is_admin = excluded.is_admin, is_guest = excluded.is_guest,
                is_bot = excluded.is_bot, fetched = excluded.fetched, email = ''""",
            *words,
            *map(int, (is_admin, is_guest, is_bot, fetched)),
        )


def _person(row: Row) -> Person:
    *words, is_admin, is_guest, is_bot, fetched = row
    return Person(*[*words, *map(bool, (is_admin, is_guest, is_bot)), fetched])
