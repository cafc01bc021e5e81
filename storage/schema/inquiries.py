"""Questions that functions put to people."""

STATEMENTS = (
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
)
