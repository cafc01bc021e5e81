"""The pictures that people show in their messages: where Slack keeps each, and not its bytes."""

STATEMENTS = ("alter table message add column pictures text",)
