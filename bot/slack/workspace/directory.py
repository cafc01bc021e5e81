"""Finding people by name: the port `People` of `functions`.

Slack finds nobody by name, it only lists everybody: 1,000 people a call, twenty calls a minute. Of
a large workspace that takes longer than anybody waits, so the list is read to its end whoever has
asked, and kept for ten minutes. Who asks meanwhile is told of those who were listed.
"""

import asyncio
import contextlib
import logging
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.paging import pages
from bot.slack.calls.send import reason_of
from bot.slack.text.payload import part, parts
from bot.slack.workspace.people import People
from bot.slack.workspace.single_flight import SingleFlight
from bot.slack.workspace.user_object import person_from
from functions import FoundPerson, FunctionError
from storage.engine import WallClock
from storage.records import Person

logger = logging.getLogger(__name__)

_FRESH_MS = 600 * 1000
_PATIENCE_S = 10.0
_PAGE = 1000  # the most that Slack gives
_PAGES = 30
_NOT_ALL = (
    "Nobody of this name was found, but not everybody here could be looked at. Try again in a "
    "minute, or give a mention such as <@U012ABC>."
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_STROKES = str.maketrans("ØøŁłĐđı", "OoLlDdi")


class _Named(NamedTuple):
    """A person, and their names as they are compared."""

    person: Person
    names: tuple[str, ...]


class _Listed(NamedTuple):
    """The people of a workspace, as Slack told at a moment; `whole` unless some are missing."""

    people: list[_Named]
    at: int = 0
    whole: bool = False


@dataclass(eq=False, repr=False)
class Directory:
    """Finds people by id or name."""

    client: AsyncWebClient
    people: People
    clock: WallClock
    patience: float = _PATIENCE_S
    _lists: dict[str, _Listed] = field(init=False, default_factory=dict)
    _asking: SingleFlight[_Listed] = field(init=False, default_factory=SingleFlight)

    async def find(self, team: str, query: str, limit: int) -> list[FoundPerson]:
        """Return people whose id or name fits the query, best first."""
        return [_told(person) for person in await self._found(team, query, limit)]

    async def _found(self, team: str, query: str, limit: int) -> list[Person]:
        wanted = query.strip().removeprefix("<").removeprefix("@").removesuffix(">")
        if re.fullmatch(r"[UW][A-Z0-9]{4,}", wanted):
            person = await self.people.get(team, wanted)
            if person.fetched:  # else it is a name in capitals
                return [person]
        listed = await self._everybody(team)
        people = tuple(listed.people)  # more may come meanwhile
        found = (await asyncio.to_thread(_ranked, people, _spelled(wanted)))[:limit]
        if not found and not listed.whole:
            raise FunctionError(_NOT_ALL)
        self.people.found(found)
        return found

    async def _everybody(self, team: str) -> _Listed:
        """Return the people of a workspace, or those of them that Slack tells of in time."""
        known = self._lists.get(team)
        if known is None or not 0 <= self.clock() - known.at < _FRESH_MS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.patience):
                    return await self._asking.ask(team, lambda: self._read(team))
        return self._lists.get(team, _Listed([]))

    async def _read(self, team: str) -> _Listed:
        """Read the list of people; until that is done an older list counts, if there is one."""
        read = _Listed([])
        known = self._lists.setdefault(team, read)
        try:
            async for page in pages(self.client.users_list, _PAGES, limit=_PAGE):
                members = (user for user in parts(page, "members") if not user.get("deleted"))
                listed = (person_from(team, user, self.clock()) for user in members)
                read.people.extend(_Named(person, _names(person)) for person in listed)
                whole = not part(page, "response_metadata").get("next_cursor")
        except NO_ANSWER as error:
            logger.warning("people_not_listed", extra={"reason": reason_of(error)})
            return known
        self._lists[team] = read._replace(at=self.clock(), whole=whole)
        return self._lists[team]


def _told(person: Person) -> FoundPerson:
    """Return what functions are told of a person."""
    return FoundPerson(
        id=person.id,
        name=person.name,
        real_name=person.real_name,
        title=person.title,
        tz=person.tz,
        is_guest=person.is_guest,
        is_bot=person.is_bot,
    )


def _ranked(people: Iterable[_Named], wanted: str) -> list[Person]:
    """Return whose names fit, best first."""
    words = wanted.split()
    ranked = ((_likeness(one.names, wanted, words), one.person) for one in people)
    hits = sorted((hit for hit in ranked if hit[0]), key=lambda hit: (-hit[0], hit[1].name))
    return [person for _, person in hits]


def _likeness(names: tuple[str, ...], wanted: str, words: list[str]) -> int:
    """Return how well a name fits: 3 the same, 2 its beginning or words, 1 parts, 0 not."""
    if not any(all(word in name.replace(" ", "") for word in words) for name in names):
        return 0  # almost everybody
    if wanted in names:
        return 3
    is_begun = any(name.startswith(wanted) for name in names)
    return 2 if is_begun or any(set(words) <= set(name.split()) for name in names) else 1


def _names(person: Person) -> tuple[str, ...]:
    return tuple(_spelled(name) for name in (person.name, person.real_name) if name)


def _spelled(name: str) -> str:
    """Return a name as people type it who have not its keyboard: `Søren Müller` is soren muller."""
    if not name.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", name).translate(_STROKES))
        name = unicodedata.normalize("NFC", bare)
    return " ".join(name.casefold().split())
