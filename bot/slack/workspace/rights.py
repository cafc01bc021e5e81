"""Who may do what, by what Slack told of a person in the last five minutes; refused in doubt.

Admins are the users named in the settings, else the workspace's admins and owners. Guests, and
whoever has their rights (`user_object`), are never admins, whatever a setting says. The workspace
is the one that we are installed in: who clicks in a shared channel comes with their own.
"""

from dataclasses import dataclass, replace

from bot.slack.workspace.people import People
from functions import User
from storage.records import Person


@dataclass(frozen=True, slots=True)
class Rights:
    """Looks up how people stand in our `team`; `admins` are those that the settings name."""

    people: People
    team: str
    admins: tuple[str, ...]

    async def of(self, user: str) -> Person:
        """Return a person as they stand; `unknown` when Slack does not tell."""
        person = await self.people.lately(self.team, user) or Person(self.team, user, user)
        return self.counted(person)

    def counted(self, person: Person) -> Person:
        """Return a person as an admin by the `admins`; by Slack's word where none are named."""
        return replace(person, is_admin=person.id in self.admins) if self.admins else person

    async def now(self, person: Person, team: str) -> User:
        """Return a person as `user` does, by what Slack tells now; no admin if it does not tell."""
        lately = await self.people.lately(person.team, person.id)
        user = self.user(lately or person, team)
        return user if lately else replace(user, is_admin=False)

    def user(self, person: Person, team: str = "") -> User:
        """Return a person as functions know them: in doubt a guest, of another `team` no admin."""
        standing = self.counted(person).standing
        return User(
            id=person.id,
            name=person.name,
            tz=person.tz,
            is_admin=standing == "admin" and team in ("", person.team),
            is_guest=standing in ("guest", "unknown"),
            team=team,
        )
