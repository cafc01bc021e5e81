"""Functions that admins added from Slack, and what they switched off."""

STATEMENTS = (
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
)
