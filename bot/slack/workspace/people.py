"""Who people are: names, time zones, rights; kept in memory, then storage, then asked of Slack.

A name is never worth waiting long for: when Slack does not tell within two seconds, or refuses
(users.info allows about 100 calls a minute), the user id serves as the name. Rights, without which
a person is refused, are waited for up to five.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.text.payload import part
from bot.slack.workspace.names import Names
from bot.slack.workspace.single_flight import SingleFlight
from bot.slack.workspace.user_object import person_from
from storage import StorageError
from storage.engine import WallClock
from storage.people import People as Store
from storage.records import Person

logger = logging.getLogger(__name__)

_FRESH_MS = 6 * 3600 * 1000
_AGAIN_MS = 30 * 1000  # after Slack did not tell
_RIGHTS_MS = 5 * 60 * 1000
_REMEMBERED = 5_000
PATIENCE_S = 5.0
_OF_A_NAME_S = 2.0


class People:
    """Look up Slack users; `own` is our own id and name."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        clock: WallClock,
        own: Mapping[str, str],
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._own = own
        self._known: OrderedDict[tuple[str, str], Person] = OrderedDict()
        self._silent: dict[tuple[str, str], int] = {}  # of whom Slack does not tell, and until when
        self._names = Names(client, clock)
        self._asking = SingleFlight[Person | None]()

    async def get(self, team: str, user: str, patience_s: float = _OF_A_NAME_S) -> Person:
        """Return what is known about a user; at the least the id as the name."""
        person = self._known.get((team, user))
        if person is None:
            person = await self._stored(team, user)
        if person is None or not 0 <= self._clock() - person.fetched <= _FRESH_MS:
            person = await self._ask_anew(team, user, patience_s) or person
        if person is None:
            return Person(team=team, id=user, name=user)
        self._remember(person)
        return person

    async def lately(self, team: str, user: str) -> Person | None:
        """Return a user as Slack told five minutes ago at most; None where it does not tell."""
        person = self._known.get((team, user))
        if person is not None and 0 <= self._clock() - person.fetched <= _RIGHTS_MS:
            return person
        return await self._ask(team, user)

    async def names(self, team: str, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of several users, groups and public channels, and always our own.

        Slack is asked for all at the same time.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return dict(self._own)
        users = [one for one in wanted if not one.startswith(("C", "S"))]
        people, channels, groups = await asyncio.gather(
            asyncio.gather(*(self.get(team, one) for one in users)),
            self._names.of_channels(team, (one for one in wanted if one.startswith("C"))),
            self._names.of_groups(team, (one for one in wanted if one.startswith("S"))),
        )
        named = {person.id: person.name for person in people}
        return {**named, **channels, **groups, **self._own}

    def known(self, team: str, users: Iterable[str]) -> dict[str, str]:
        """Return the names of those of these users that were looked up lately."""
        found = (self._known.get((team, user)) for user in users)
        return {person.id: person.name for person in found if person is not None}

    def found(self, people: Iterable[Person]) -> None:
        """Take people that Slack has listed."""
        for person in people:
            if (person.team, person.id) not in self._known:
                self._remember(person)

    async def _stored(self, team: str, user: str) -> Person | None:
        try:
            return await self._store.get(team, user)
        except StorageError:
            return None

    async def _ask_anew(self, team: str, user: str, patience_s: float) -> Person | None:
        """Ask Slack, unless it has just not told: every message would wait for that."""
        if self._clock() < self._silent.get((team, user), 0):
            return None
        found = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                found = await self._ask(team, user)
        if found is None:
            if len(self._silent) >= _REMEMBERED:
                self._silent.clear()
            self._silent[team, user] = self._clock() + _AGAIN_MS
        return found

    async def _ask(self, team: str, user: str) -> Person | None:
        return await self._asking.ask((team, user), lambda: self._told(team, user))

    async def _told(self, team: str, user: str) -> Person | None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                response = await self._client.users_info(user=user)
        except NO_ANSWER as error:
            logger.warning("user_not_found", extra={"reason": reason_of(error)})
            return None
        user_object = part(response, "user")
        if user_object.get("id") != user:
            logger.warning("user_not_found", extra={"reason": "empty answer"})
            return None
        person = person_from(team, user_object, self._clock())
        self._remember(person)
        try:
            await self._store.save(person)
        except StorageError:
            logger.warning("user_not_saved")
        return person

    def _remember(self, person: Person) -> None:
        self._known[person.team, person.id] = person
        self._known.move_to_end((person.team, person.id))
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
