"""Slack's Web API methods, one family a file; each is a function of workspace and arguments."""

from collections.abc import Callable

from playground.slack.arguments import Arguments
from playground.slack.methods import (
    agents,
    chat,
    conversations,
    files,
    people,
    streams,
    views,
)
from playground.slack.refusal import Json
from playground.slack.workspace import Workspace

Method = Callable[[Workspace, Arguments], Json]


def all_methods() -> dict[str, Method]:
    """Return every method that this Slack knows, by Slack's name."""
    families = (agents, chat, conversations, files, people, streams, views)
    return {name: method for family in families for name, method in family.METHODS.items()}
