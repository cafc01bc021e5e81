"""What a person sees of a line or a form that was not taken, and the way on from there. Pure."""

from bot.desk import guide
from bot.desk.blocks import button, draw
from bot.desk.command import Sub
from bot.desk.errors import UsageError
from bot.desk.request import Slash
from bot.desk.values import Button, Text, code
from bot.slack.outbound.respond import SlackMessage
from bot.slack.text.blocks import actions

_LONGEST_USAGE = 160  # characters; more is no answer to a slip


def plain_message(text: str) -> SlackMessage:
    """Return a sentence as it is shown."""
    return draw([Text(text)], "")


def misunderstood(error: UsageError, sub: Sub | None, slash: Slash) -> SlackMessage:
    """Return what is wrong with a line: the line that would do, its usage, else an example."""
    fix, usage, example, more = error.fix, error.usage, "", ""
    if sub is not None:
        usage = usage or guide.usage(sub)
        if len(usage) > _LONGEST_USAGE:
            usage, more = guide.brief(sub), f"{sub.command} {sub.name} --help"
        fix = fix and f"{sub.command} {sub.name} {fix}"
        example = f"{sub.command} {sub.examples[0]}" if sub.examples else ""
    told = {"Try": fix, "Usage": usage, "Options": more, "Example": "" if fix else example}
    lines = [f":warning: {error.text}"]
    for word, line in told.items():
        if line:
            lines.append(f"{word}:  {code(slash(line))}")
    buttons = (Button("Run what you meant", fix),) if fix else ()
    return draw([Text("\n".join(lines), buttons)], "")


def changeable(shown: SlackMessage, order: str) -> SlackMessage:
    """Add the button that opens a form again, with what was filled in."""
    press = button("Change it …", "open", {"order": order}, "primary", number=3)
    return SlackMessage(shown.text, [*shown.blocks, actions(press)])
