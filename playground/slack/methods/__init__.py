"""Slack's Web API methods, one family a file; each is a function of workspace and arguments."""

from playground.slack.methods import (
    agents,
    apps,
    chat,
    conversations,
    files,
    people,
    streams,
    views,
)
from playground.slack.methods.method import Method

_FAMILIES = (agents, apps, chat, conversations, files, people, streams, views)


def all_methods() -> dict[str, Method]:
    """Return every method that this Slack knows, by Slack's name."""
    known = (one for family in _FAMILIES for one in vars(family).values())
    return {one.name: one for one in known if isinstance(one, Method)}
