"""Forgetting: what a person, a thread or a whole team asked to have removed, and what is old.

Deleted text is overwritten in the file (`secure_delete`); `scrub` clears the search index and
the write-ahead log of it as well. Copies in backups are the business of who made them. Each
thread is a write of its own, so that events are accepted in between.
"""

from functools import partial

from storage.engine import Connection
from storage.kind import Kind

# In this order: what belongs to a thread is found by its events, which no scan is needed for, and
# the audit of a decision, which has the words that were approved, by the approvals.
OF_THREAD = (
    """update audit set command = '(forgotten)', effect = '', detail = ''
    where id in (select 'approval:' || id from approval
        where event in (select id from event where thread = $1))""",
    "delete from post where event in (select id from event where thread = $1)",
    "delete from attachment where event in (select id from event where thread = $1)",
    "delete from call where event in (select id from event where thread = $1)",
    "delete from approval where event in (select id from event where thread = $1)",
    "delete from inquiry where event in (select id from event where thread = $1)",
    "delete from message where thread = $1",
    "delete from revision where thread = $1",
    "delete from event where thread = $1",
    "delete from thread where id = $1",
)

# In this order: which turns were a person's is known from the rows deleted last.
OF_PERSON = (
    """delete from post
    where event in (select id from event where thread = $1 and user_id = $2)""",
    """delete from attachment
    where event in (select id from event where thread = $1 and user_id = $2)""",
    """delete from call
    where event in (select id from event where thread = $1 and user_id = $2)""",
    """delete from approval
    where event in (select id from event where thread = $1 and user_id = $2)""",
    """delete from inquiry
    where event in (select id from event where thread = $1 and user_id = $2)""",
    """delete from revision where thread = $1 and (
        slack_ts in (select ts from event where thread = $1 and user_id = $2)
        or slack_ts in (select slack_ts from message where thread = $1 and user_id = $2))""",
    """delete from message where thread = $1 and (user_id = $2
        or event in (select id from event where thread = $1 and user_id = $2)
        or event in (select event from message where thread = $1 and user_id = $2))""",
)

OF_TEAM = (
    "delete from usage where team = $1",
    "delete from person where team = $1",
    "delete from audit where team = $1",
    "delete from decision where team = $1",
    "delete from registration where team = $1",
    "delete from switched_off where team = $1",
    "delete from watch where team = $1",
    "delete from uploaded where team = $1",
)

OF_PERSON_IN_TEAM = (
    "delete from usage where team = $1 and user_id = $2",
    "delete from person where team = $1 and id = $2",
    "delete from decision where team = $1 and user_id = $2",
    "delete from watch where team = $1 and user_id = $2",
    # what they set up and did for the team stays, without the words and who it was
    "update registration set user_id = '' where team = $1 and user_id = $2",
    "update switched_off set user_id = '' where team = $1 and user_id = $2",
    "update uploaded set user_id = '', name = '' where team in ($1, '') and user_id = $2",
    """update audit set user_id = '', command = '(forgotten)', effect = '', detail = ''
    where team = $1 and user_id = $2""",
    """update audit set command = '(forgotten)', effect = '', detail = ''
    where team = $1 and id like 'approval:%' and detail like '%, asked for by ' || $2""",
    "update approval set decided_by = '' where team = $1 and decided_by = $2",
)

THREADS_OF_TEAM = "select id from thread where id >= $1 and id < $2"
THREADS_OF_PERSON = """
    select thread from message where thread >= $1 and thread < $2 and user_id = $3
    union select thread from event where thread >= $1 and thread < $2 and user_id = $3"""
IDLE_THREADS = "select id from thread where touched < $1 and pending = 0 and owner is null"

# from one team to the next by the index: there are few teams, and many rows of each
TEAMS_WITH_USAGE = """with recursive known (team) as (
        select min(team) from usage
        union all
        select (select min(team) from usage where team > known.team) from known
        where known.team is not null)
    select team from known where team is not null"""

OLD_USAGE = """delete from usage where event in (
    select event from usage where team = $1 and created < $2 limit $3) returning event"""
STEP = 1_000  # rows of one write


class Retention(Kind):
    """What removes records for good."""

    async def forget_thread(self, thread: str) -> None:
        """Remove a thread and all that was said in it; a turn at work there is lost."""
        await self._engine.write(partial(_forget_thread, thread=thread), long=True)
        await self._engine.scrub()

    async def forget_team(self, team: str) -> None:
        """Remove everything of a team, as when it has removed the app."""
        for (thread,) in await self._select(THREADS_OF_TEAM, *_bounds(team), long=True):
            await self._engine.write(partial(_forget_thread, thread=thread), long=True)

        def rest(connection: Connection) -> None:
            for statement in OF_TEAM:
                connection.execute(statement, team)
            connection.execute(
                "delete from choice where scope = $1 or (scope >= $2 and scope < $3)",
                team,
                *_bounds(team),
            )
            connection.execute("update registration_version set version = version + 1")

        await self._engine.write(rest, long=True)
        await self._engine.scrub()

    async def forget_person(self, team: str, user_id: str) -> None:
        """Remove what a person wrote, asked and was answered."""
        threads = await self._select(THREADS_OF_PERSON, *_bounds(team), user_id, long=True)
        for (thread,) in threads:
            await self._engine.write(
                partial(_forget_person_in_thread, thread=thread, user_id=user_id), long=True
            )

        def rest(connection: Connection) -> None:
            for statement in OF_PERSON_IN_TEAM:
                connection.execute(statement, team, user_id)
            connection.execute(
                """update choice set user_id = ''
                where (scope = $1 or (scope >= $2 and scope < $3)) and user_id = $4""",
                team,
                *_bounds(team),
                user_id,
            )

        await self._engine.write(rest, long=True)
        await self._engine.scrub()

    async def purge(self, before: int) -> int:
        """Remove the threads in which nothing has happened since a time; return how many.

        Threads with unanswered events stay, and so does the usage, which has a time of its own.
        """
        threads = await self._select(IDLE_THREADS, before, long=True)
        purged = 0
        for (thread,) in threads:
            purged += await self._engine.write(
                partial(_purge, thread=thread, before=before), long=True
            )
        return purged

    async def purge_usage(self, before: int) -> None:
        """Remove what is known of the tokens that were taken before a time."""
        teams = await self._select(TEAMS_WITH_USAGE, long=True)
        for (team,) in teams:
            work = partial(_purge_usage, team=team, before=before)
            while await self._engine.write(work, long=True) == STEP:
                pass  # step by step, so that events are accepted in between


def _bounds(team: str) -> tuple[str, str]:
    return f"{team}:", f"{team};"  # ";" comes right after ":"


def _purge(connection: Connection, thread: str, before: int) -> bool:
    """Remove a thread if it is still idle."""
    idle = connection.execute(
        """delete from thread
        where id = $1 and touched < $2 and pending = 0 and owner is null returning id""",
        thread,
        before,
    )
    if idle:
        _forget_thread(connection, thread)
    return bool(idle)


def _purge_usage(connection: Connection, team: str, before: int) -> int:
    return len(connection.execute(OLD_USAGE, team, before, STEP))


def _forget_thread(connection: Connection, thread: str) -> None:
    for statement in OF_THREAD:
        connection.execute(statement, thread)


def _forget_person_in_thread(connection: Connection, thread: str, user_id: str) -> None:
    for statement in OF_PERSON:
        connection.execute(statement, thread, user_id)
    states = connection.execute(
        "delete from event where thread = $1 and user_id = $2 returning state", thread, user_id
    )
    connection.execute(
        "update thread set pending = pending - $2, rewritten = rewritten + 1 where id = $1",
        thread,
        sum(state == "new" for (state,) in states),
    )
