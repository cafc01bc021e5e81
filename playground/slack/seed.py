"""Who and what is in the playground's workspace when it starts."""

from playground.slack.records import Channel, User
from playground.slack.workspace import BOT_ID, BOT_USER, Workspace

PEOPLE = ("U0ANN", "U0BEN", "U0GIA")


def furnish(workspace: Workspace) -> None:
    """Fill an empty workspace: an admin, a plain user, a guest, the bot and their channels."""
    name = workspace.manifest.bot_name or "Callboard"
    for user in (
        User("U0ANN", "ann", "Ann Vries", "Head of Support", "2b7a5d", is_admin=True),
        User("U0BEN", "ben", "Ben Okafor", "Engineer", "8a4baf", "Africa/Lagos"),
        User("U0GIA", "gia", "Gia Rossi", "Guest", "b85015", "Europe/Rome", is_restricted=True),
        User(BOT_USER, name.lower(), name, color="4a154b", is_bot=True, bot_id=BOT_ID),
        User("U0DEPLOY", "deploys", "Deploys", color="555555", is_bot=True, bot_id="B0DEPLOY"),
    ):
        workspace.users[user.id] = user
    everyone = [*PEOPLE, BOT_USER]
    for channel in (
        Channel("C0HELP", "ask-callboard", topic="Ask the bot", members=list(everyone)),
        Channel("C0GENERAL", "general", topic="Everything else", members=list(everyone)),
        Channel(
            "G0TEAM", "mpdm-ann--ben--callboard-1", "mpim", members=["U0ANN", "U0BEN", BOT_USER]
        ),
    ):
        workspace.channels[channel.id] = channel
    for person in PEOPLE:
        workspace.im(person)
