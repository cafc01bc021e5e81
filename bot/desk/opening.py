"""Open the desk of a bot: its catalogue of commands, and what they may use."""

from collections.abc import Callable
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import guide
from bot.desk.catalogue import Catalogue
from bot.desk.desk import Desk
from bot.desk.request import Equipment, House
from bot.openai.accounts import Accounts
from bot.slack.outbound.respond import Responder
from bot.slack.workspace.files import Files
from bot.slack.workspace.rights import Rights
from bot.slack.workspace.threads import Threads
from functions import Context, Registry
from storage import Storage
from storage.engine import WallClock


def open_desk(
    client: AsyncWebClient,
    catalogue: Catalogue,
    house: House,
    *,
    storage: Storage,
    accounts: Accounts,
    rights: Rights,
    registry: Registry,
    context: Callable[..., Context],
    nudge: Callable[[], None],
    clock: WallClock,
) -> Desk:
    """Make the desk at which the commands of a catalogue are run."""
    equipment = Equipment(
        storage=storage,
        accounts=accounts,
        files=Files(client),
        threads=Threads(client),
        rights=rights,
        house=house,
        prefix=catalogue.prefix,
        clock=clock,
        help=partial(guide.answer, catalogue),
        nudge=nudge,
        registry=registry,
        context=context,
    )
    return Desk(catalogue, equipment, partial(Responder, client))
