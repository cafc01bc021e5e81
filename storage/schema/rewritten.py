"""How often messages of a thread were changed or removed, for those who keep what they read."""

STATEMENTS = ("alter table thread add column rewritten bigint not null default 0",)
