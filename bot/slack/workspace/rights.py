"""Who may do what, by what Slack told of a person in the last five minutes; refused in doubt.

Admins are the users named in the settings, else the workspace's admins and owners. Guests, and
whoever has their rights (`user_object`), are never admins, whatever a setting says. The workspace
is the one that we are installed in: who clicks in a shared channel comes with their own.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from bot.slack.workspace.people import People
from functions import User
from storage.records import Person

Standing = Literal["admin", "member", "guest", "unknown"]


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who runs a command, and how they stand."""

    id: str
    name: str
    standing: Standing
    tz: str = ""

    @property
    def user(self) -> User:
        """Return the same as functions know it; in doubt with the rights of a guest."""
        return User(
            id=self.id,
            name=self.name,
            tz=self.tz,
            is_admin=self.standing == "admin",
            is_guest=self.standing in ("guest", "unknown"),
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """Looks up how people stand in our `team`; `admins` are those that the settings name."""

    people: People
    team: str
    admins: tuple[str, ...]

    async def of(self, user: str) -> Asker:
        """Return how a person stands; `unknown` when Slack does not tell."""
        person = await self.people.lately(self.team, user) or Person(self.team, user, user)
        return self._asker(person)

    async def now(self, person: Person, team: str) -> User | None:
        """Return a person as `user` does, by what Slack tells now; None if it does not tell."""
        lately = await self.people.lately(person.team, person.id)
        return self.user(lately, team) if lately else None

    def user(self, person: Person, team: str) -> User:
        """Return a person as functions know them; of another `team` than ours they are no admin."""
        user = self._asker(person).user
        return replace(user, is_admin=user.is_admin and team in ("", person.team), team=team)

    def _asker(self, person: Person) -> Asker:
        return Asker(person.id, person.name, standing_of(person, self.admins), person.tz)


def standing_of(person: Person, admins: Collection[str]) -> Standing:
    """Return how a person stands; the `admins`, if there are any, count in place of Slack's."""
    if not person.fetched:
        return "unknown"
    if person.is_guest:
        return "guest"
    is_admin = person.id in admins if admins else person.is_admin
    return "admin" if is_admin else "member"
