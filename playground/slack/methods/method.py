"""A method of Slack's Web API: its name, what it does, and the terms on which Slack runs it."""

from collections.abc import Callable
from dataclasses import dataclass

from playground.slack.arguments import Arguments
from playground.slack.refusal import Json
from playground.slack.workspace import Workspace

Run = Callable[[Workspace, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    `tier` is that of Slack's rate limits, 0 for none of the four. The bot's token needs the
    `scope`, in which `*` stands for the kind of the channel; `app` methods take the app's token.
    """

    name: str
    run: Run
    tier: int
    scope: str
    app: bool


def method(
    name: str, *, tier: int = 0, scope: str = "", app: bool = False
) -> Callable[[Run], Method]:
    """Make a method of a function of workspace and arguments, which gives the answer's fields."""
    return lambda run: Method(name, run, tier, scope, app)
