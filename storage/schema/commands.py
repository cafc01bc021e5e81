"""What commands leave: the audit, questions, choices, uploaded files."""

STATEMENTS = (
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
)
