"""Files of calls that people may not have yet."""

STATEMENTS = (
    """create table attachment (
        call text not null,
        n bigint not null,
        event text not null,
        name text not null,
        mimetype text not null,
        data blob not null,
        primary key (call, n)
    )""",
    "create index attachment_event on attachment (event)",
    "alter table call add column uploads text not null default '[]'",
)
