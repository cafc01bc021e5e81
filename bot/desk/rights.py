"""Whether a person may run a sub-command; in doubt not."""

from bot.desk.command import Sub
from bot.desk.errors import RefusedError
from storage.records import Person

_WHY = {
    "guest": "Guests, and people of other workspaces, cannot use this command.",
    "unknown": (
        "Slack does not tell me who you are right now, so I do not run this. "
        "Please try again in a minute."
    ),
}
_ADMINS = (
    "Only admins of this bot may do this: the users named in the setting ADMINS or, when it is "
    "empty, the workspace's admins and owners. Nothing was done."
)


def require(asker: Person, sub: Sub) -> None:
    """Let a person pass, or say why not.

    Raises:
        RefusedError: they may not.
    """
    if sub.who == "everyone" or asker.standing == "admin":
        return
    if asker.standing in _WHY:
        raise RefusedError(_WHY[asker.standing])
    if sub.who == "admins":
        raise RefusedError(_ADMINS)


def allows(asker: Person, sub: Sub) -> bool:
    """Tell whether a person may."""
    try:
        require(asker, sub)
    except RefusedError:
        return False
    return True
