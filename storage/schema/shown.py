"""The files that people show in their messages: where Slack keeps each, and not what is in it."""

STATEMENTS = ("alter table message add column shown text",)
