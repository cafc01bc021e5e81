"""Fine-tuning jobs that are followed."""

STATEMENTS = (
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
)
