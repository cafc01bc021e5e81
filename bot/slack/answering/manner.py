"""How the bot answers: plain values from the settings."""

from dataclasses import dataclass, field
from typing import Any

from bot.chat.turn import Limits


@dataclass(frozen=True, slots=True)
class Manner:
    """The bot's name, model and rules.

    `force` is `auto`, `none`, or the function that each turn must call first; `fields` go into
    every request as they are; `seconds` is what a turn may take.
    """

    name: str
    model: str
    prompt: str = ""
    limits: Limits = field(default_factory=Limits)
    force: str = "auto"
    fields: dict[str, Any] = field(default_factory=dict)
    seconds: float = 600
    admins: tuple[str, ...] = ()
