"""Find your way: help, how the bot is doing, what its servers can do, and who did what."""

from bot.commands._command import Command
from bot.commands._parameters import Rest
from bot.commands._request import Request
from bot.commands._values import Fields, Text, ago

command = Command("ai", __doc__)

_PATIENCE_S = 10.0


@command.sub(who="everyone", examples=("help", "help image", "help files"), words=("commands",))
async def help_(request: Request, words: Rest = "") -> Text:
    """Tell what you can ask for, or what has to do with some words.

    Args:
        words: What to look for; a command's name gives its help.
    """
    return request.equipment.help(words, request.invocation.via == "message")


@command.sub(examples=("status",), words=("health", "version", "model"))
async def status(request: Request) -> Fields:
    """Show how the bot is doing: its model, its servers, its functions."""
    house = request.equipment.house
    chosen = await request.storage.choices.all(request.invocation.team, "model")
    own = {scope.partition(":")[2]: model for scope, model in chosen.items() if ":" in scope}
    pairs = [
        ("Bot", f"{house.name} {house.version}, {house.mode} mode"),
        ("Running for", ago(request.now - house.started / 1000)),
        ("Default model", chosen.get(request.invocation.team) or house.model),
        ("Database", request.storage.engine.version),
        ("Functions", ", ".join(house.functions) or "none"),
        ("Credentials", ", ".join(request.equipment.accounts.names)),
        ("You", f"{request.asker.name} ({request.asker.standing})"),
    ]
    if own:
        shown = ", ".join(f"{channel}: {model}" for channel, model in sorted(own.items()))
        pairs.append(("Channels with a model of their own", shown))
    return Fields("Status", tuple(pairs))
