"""What can be wrong with a command, each with the sentence that its person reads.

    CommandError(BotError)
    ├── UsageError     the line was not understood: usage line, and the line that would do
    └── RefusedError   this person may not

A command raises them; the desk shows them. `Unconfirmed` and `NeedsForm` are no failures: they end
a run that must first ask the person, who thereby starts it again.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from bot.desk.parameters import Menu
from bot.errors import BotError


class CommandError(BotError):
    """A failure of a command, with a sentence (in Slack's mrkdwn) for its person."""


class UsageError(CommandError):
    """The line was not understood.

    `fix` is the line as it was probably meant, `usage` the form that it must have; the desk fills
    in what the raiser did not know.
    """

    def __init__(self, text: str, *, fix: str = "", usage: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.fix = fix
        self.usage = usage


class RefusedError(CommandError):
    """The person may not run this."""


@dataclass(eq=False, repr=False)
class Unconfirmed(Exception):
    """The act must be confirmed first; then the same line runs again.

    `effect` is exactly what a person is asked to confirm, `must_type` what must be typed for it, if
    a press on the button is not enough. With `change` a third button opens the form again from
    which this came.
    """

    effect: str
    button: str
    must_type: str
    danger: bool
    change: bool


@dataclass(eq=False, repr=False)
class NeedsForm(Exception):
    """The command wants its form filled in; what it gives is handed in as arguments.

    `fields` names the parameters to ask for (all when empty), `required` those that the form wants
    although a line may leave them out. In them stands what was given, or what `initial` says.
    `choices` makes menus of inputs, where there is anything to choose. `line` is what the form
    fills in, if that is not the line that asks; `keep` are values that are handed in beside those
    of the form.
    """

    title: str
    _: KW_ONLY
    submit: str = "Go on"
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    initial: Mapping[str, object] = field(default_factory=dict)
    intro: str = ""
    choices: Mapping[str, Menu] = field(default_factory=dict)
    line: str = ""
    keep: Mapping[str, object] = field(default_factory=dict)
