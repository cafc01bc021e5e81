"""Calls that people must approve."""

STATEMENTS = (
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
)
