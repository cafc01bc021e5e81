"""The schema, as numbered steps: a step that was released is never changed, only followed.

Notes on the shape. `thread` is inbox counter and lock in one row, so that "an event came" and
"I am done here" meet on that row and no wake-up is lost. A thread's messages lie side by side
(`without rowid`), which makes reading a history four times as fast. `place` numbers the
messages for the full-text index, which needs an integer; triggers keep both in step.
"""

import sqlite3
from collections.abc import Callable, Iterable

from storage.errors import SchemaError
from storage.light import Database, Migrations


def steps() -> dict[str, Callable[[Database], None]]:
    """Return all steps in order, by name."""
    return {
        "0001_conversations": _conversations,
        "0002_search": _search,
        "0003_commands": _commands,
        "0004_registrations": _registrations,
        "0005_watches": _watches,
        "0006_approvals": _approvals,
        "0007_inquiries": _inquiries,
        "0008_attachments": _attachments,
    }


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date in one transaction, or refuse a schema from the future."""
    database = Database(connection, execute_plugins=False)
    migrations = Migrations("callboard")
    for name, step in steps().items():
        migrations(name=name)(step)
    connection.execute("begin immediate")
    try:
        _refuse_newer({step.name for step in migrations.applied(database)})
        migrations.apply(database)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _refuse_newer(applied: set[str]) -> None:
    unknown = applied - steps().keys()
    if unknown:
        raise SchemaError(
            f"The database was written by a newer Callboard (step {max(unknown)} is unknown to"
            " this version). Start that version again, or restore a backup from before it."
        )


def _run(database: Database, statements: Iterable[str]) -> None:
    for statement in statements:
        database.execute(statement)


def _conversations(database: Database) -> None:
    _run(
        database,
        (
            """create table thread (
                id text primary key,
                pending bigint not null default 0,
                owner text,
                fence bigint not null default 0,
                touched bigint not null
            ) without rowid""",
            "create index thread_waiting on thread (id) where pending > 0",
            """create table event (
                id text primary key,
                thread text not null,
                ts text not null,
                kind text not null,
                user_id text not null,
                body text not null,
                state text not null,
                attempts bigint not null default 0,
                crashes bigint not null default 0,
                not_before bigint not null default 0,
                stopped bigint not null default 0,
                created bigint not null,
                done bigint,
                error text
            )""",
            "create index event_thread on event (thread, state, ts, id)",
            """create table message (
                thread text not null,
                seq bigint not null,
                event text,
                n bigint not null,
                role text not null,
                content text not null,
                user_id text,
                name text,
                slack_ts text,
                tool_calls text,
                tool_call_id text,
                tokens bigint,
                created bigint not null,
                place bigint,
                primary key (thread, seq)
            ) without rowid""",
            "create unique index message_event on message (event, n)",
            """create table revision (
                thread text not null,
                slack_ts text not null,
                content text,
                edited text not null,
                created bigint not null,
                primary key (thread, slack_ts)
            ) without rowid""",
            """create table call (
                id text primary key,
                event text not null,
                thread text not null,
                name text not null,
                arguments text not null,
                effect text not null,
                key text not null,
                user_id text not null,
                state text not null,
                result text,
                started bigint not null,
                ended bigint
            )""",
            "create index call_event on call (event)",
            """create table post (
                event text not null,
                part bigint not null,
                thread text not null,
                kind text not null,
                state text not null,
                ts text,
                body text not null,
                updated bigint not null,
                primary key (event, part)
            ) without rowid""",
            """create table usage (
                event text primary key,
                team text not null,
                user_id text not null,
                model text not null,
                tokens_in bigint not null,
                tokens_out bigint not null,
                created bigint not null
            )""",
            "create index usage_created on usage (team, created)",
            "create table learned (model text primary key, body text not null)",
            """create table person (
                team text not null,
                id text not null,
                name text not null,
                real_name text not null,
                tz text not null,
                title text not null,
                email text not null,
                is_admin bigint not null,
                is_guest bigint not null,
                is_bot bigint not null,
                fetched bigint not null,
                primary key (team, id)
            ) without rowid""",
        ),
    )


def _search(database: Database) -> None:
    _run(
        database,
        (
            "create unique index message_place on message (place) where place is not null",
            # team and channel, the first two parts of a thread's name, as one word of the index
            """alter table message add column channel text generated always as (
                replace(substr(thread, 1, instr(thread, ':')
                    + instr(substr(thread, instr(thread, ':') + 1), ':')), ':', '')
            )""",
            """create virtual table message_text using fts5 (
                channel, words, content='', tokenize='unicode61 remove_diacritics 2'
            )""",
            """create trigger message_added after insert on message
            when new.role in ('user', 'assistant') begin
                update message set place = (select coalesce(max(place), 0) + 1 from message
                    where place is not null)
                    where thread = new.thread and seq = new.seq;
                insert into message_text (rowid, channel, words)
                    select place, channel, content from message
                    where thread = new.thread and seq = new.seq;
            end""",
            """create trigger message_changed after update of content on message
            when old.place is not null begin
                insert into message_text (message_text, rowid, channel, words)
                    values ('delete', old.place, old.channel, old.content);
                insert into message_text (rowid, channel, words)
                    values (new.place, new.channel, new.content);
            end""",
            """create trigger message_removed after delete on message
            when old.place is not null begin
                insert into message_text (message_text, rowid, channel, words)
                    values ('delete', old.place, old.channel, old.content);
            end""",
        ),
    )


def _commands(database: Database) -> None:
    _run(
        database,
        (
            """create table audit (
                id text primary key,
                team text not null,
                user_id text not null,
                channel text not null,
                command text not null,
                effect text not null,
                account text not null,
                state text not null,
                detail text not null,
                started bigint not null,
                ended bigint
            )""",
            "create index audit_started on audit (team, started)",
            """create table decision (
                id text primary key,
                team text not null,
                user_id text not null,
                line text not null,
                effect text not null,
                typed text not null,
                state text not null,
                event text not null,
                expires bigint not null
            )""",
            """create table uploaded (
                account text not null,
                file text not null,
                digest text not null,
                purpose text not null,
                name text not null,
                user_id text not null,
                created bigint not null,
                primary key (account, file)
            ) without rowid""",
            "create index uploaded_digest on uploaded (account, digest)",
            """create table choice (
                scope text not null,
                name text not null,
                value text not null,
                user_id text not null,
                created bigint not null,
                primary key (scope, name)
            ) without rowid""",
        ),
    )


def _registrations(database: Database) -> None:
    _run(
        database,
        (
            """create table registration (
                team text not null,
                name text not null,
                kind text not null,
                body text not null,
                user_id text not null,
                created bigint not null,
                primary key (team, name)
            ) without rowid""",
            """create table switched_off (
                team text not null,
                channel text not null,
                name text not null,
                user_id text not null,
                created bigint not null,
                primary key (team, channel, name)
            ) without rowid""",
            "create table registration_version (version bigint not null)",
            "insert into registration_version (version) values (0)",
        ),
    )


def _watches(database: Database) -> None:
    _run(
        database,
        (
            """create table watch (
                id text primary key,
                team text not null,
                channel text not null,
                thread_ts text,
                user_id text not null,
                account text not null,
                job text not null,
                stage text not null,
                message_ts text,
                shown text not null,
                state text not null,
                model text not null,
                due bigint not null,
                changed bigint not null,
                failures bigint not null,
                created bigint not null,
                owner text,
                fence bigint not null,
                leased bigint not null
            )""",
            "create index watch_due on watch (due)",
        ),
    )


def _approvals(database: Database) -> None:
    _run(
        database,
        (
            """create table approval (
                id text primary key,
                call text not null unique,
                event text not null,
                thread text not null,
                team text not null,
                channel text not null,
                thread_ts text not null,
                name text not null,
                title text not null,
                arguments text not null,
                defaults text not null,
                origin text not null,
                digest text not null,
                user_id text not null,
                approvers text not null,
                redacted text not null,
                created bigint not null,
                expires bigint not null,
                state text not null,
                decided_by text not null,
                decided bigint,
                click text not null,
                ts text,
                shown bigint not null
            )""",
            "create index approval_event on approval (event)",
            "create index approval_due on approval (expires) where state = 'pending'",
        ),
    )


def _inquiries(database: Database) -> None:
    _run(
        database,
        (
            """create table inquiry (
                id text primary key,
                call text not null,
                number bigint not null,
                event text not null,
                thread text not null,
                team text not null,
                channel text not null,
                thread_ts text not null,
                user_id text not null,
                question text not null,
                options text not null,
                state text not null,
                answer text not null,
                click text not null,
                created bigint not null,
                expires bigint not null,
                ts text,
                unique (call, number)
            )""",
            "create index inquiry_event on inquiry (event)",
            "create index call_started on call (started)",
        ),
    )


def _attachments(database: Database) -> None:
    _run(
        database,
        (
            """create table attachment (
                call text not null,
                n bigint not null,
                event text not null,
                name text not null,
                mimetype text not null,
                data blob not null,
                upload text,
                primary key (call, n)
            )""",
            "create index attachment_event on attachment (event)",
        ),
    )
