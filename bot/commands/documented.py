"""What the app manifest and the documentation say of the commands: made from the commands."""

from typing import Any

from bot.commands import shipped
from bot.desk.command import Parameter, Sub
from bot.desk.guide import brief, written
from bot.desk.request import ROOT, as_typed

_DESCRIPTION = 2000
_HINT = 1000


def slash_commands(prefix: str = ROOT, address: str | None = None) -> list[dict[str, Any]]:
    """Return the manifest's slash commands; `address` is where Slack posts them in HTTP mode."""
    made = []
    for command in shipped.catalogue(prefix).commands.values():
        entry: dict[str, Any] = {
            "command": as_typed(command.name, prefix),
            "description": command.summary[:_DESCRIPTION],
            "usage_hint": "|".join(command.choices)[:_HINT],
            "should_escape": True,
        }
        made.append(entry | ({"url": address} if address else {}))
    return made


def shortcuts() -> list[dict[str, Any]]:
    """Return the manifest's message shortcuts."""
    return [
        {
            "name": name[:24],
            "type": "message",
            "callback_id": f"command.{line.replace(' ', '.')}",
            "description": description[:150],
        }
        for line, name, description in shipped.SHORTCUTS
    ]


def page() -> str:
    """Return the tables of docs/commands.md."""
    parts = []
    for command in shipped.catalogue().commands.values():
        parts.append(f"## `{as_typed(command.name, ROOT)}`\n\n{command.summary}\n")
        parts += [_documented(sub) for sub in command.subs.values()]
    return "\n".join(parts)


def _documented(sub: Sub) -> str:
    lines = [f"### `{as_typed(brief(sub), ROOT)}`", "", _sentence(sub)]
    if sub.parameters:
        lines += ["", "| Parameter | Default | Meaning |", "| --- | --- | --- |"]
        lines += [_row(one) for one in sub.parameters]
    if sub.examples:
        lines += ["", "```"]
        lines += [as_typed(f"{sub.command} {example}", ROOT) for example in sub.examples]
        lines.append("```")
    return "\n".join(lines) + "\n"


def _sentence(sub: Sub) -> str:
    who = {"everyone": "", "members": "", "admins": " For admins."}[sub.who]
    confirmed = "" if sub.effect == "reads" else f" It {sub.effect}; confirmed first."
    return sub.summary + who + confirmed


def _row(one: Parameter) -> str:
    name = one.placeholder if one.files else written(one)
    default = "needed" if one.required else one.usual and f"`{one.usual}`"
    return f"| `{name.replace('|', '/')}` | {default} | {one.meaning} |"
