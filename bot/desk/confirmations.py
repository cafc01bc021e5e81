"""Confirmations: what a person is asked before an act, and what becomes of a press on its buttons.

A confirmation is kept in storage with the exact effect that was shown and the command that asks;
it is bound to one person, good for ten minutes, and decided once. The confirmed command then runs
anew and passes only if its effect is still the same. An order that waits for a form is kept
likewise, without an effect, so that nothing can confirm it.
"""

import secrets

from bot.desk.blocks import button, sections
from bot.desk.errors import CommandError, Unconfirmed
from bot.desk.order import Order, parsed
from bot.desk.request import Request
from bot.slack.text.blocks import SlackMessage, actions, context
from storage.decisions import Decisions
from storage.records import Decision

GOOD_FOR_MS = 10 * 60 * 1000
_MINUTES = GOOD_FOR_MS // 60_000


async def ask(request: Request, confirmation: Unconfirmed) -> SlackMessage:
    """Keep a confirmation; return how it is asked for: once more, when its effect has changed."""
    decision = _decision(request, request.order, confirmation.effect, confirmation.must_type)
    await request.storage.decisions.ask(decision)
    return _shown(decision, confirmation, again=bool(request.decision))


async def keep_order(request: Request, order: Order) -> str:
    """Keep an order while its person fills in a form; return its name."""
    kept = _decision(request, order)
    await request.storage.decisions.ask(kept)
    return kept.id


async def kept_order(decisions: Decisions, user: str, name: object) -> Order:
    """Return an order that was kept for this person.

    Raises:
        CommandError: it is gone.
    """
    kept = await decisions.get(str(name))
    if kept is None or kept.user != user:
        raise CommandError("This form is too old. Please start again.")
    return parsed(kept.line)


async def why_not(request: Request, decision_id: str) -> str:
    """Say why an answer did not count."""
    decision = await request.storage.decisions.get(decision_id)
    if decision is None or (
        decision.state == "waiting" and decision.expires < request.equipment.clock()
    ):
        return f"This question was open for {_MINUTES} minutes only. Nothing was done."
    if decision.user != request.invocation.user:
        return "This question was put to somebody else, so your press does not count."
    if decision.state == "accepted":
        return "You have confirmed this already; it is done once."
    return "You have declined this already. Nothing was done."


def _decision(request: Request, order: Order, effect: str = "", must_type: str = "") -> Decision:
    """Return what is kept; without an effect it is an order that waits for its form."""
    return Decision(
        id=secrets.token_hex(12),
        team=request.invocation.team,
        user=request.invocation.user,
        line=order.text(),
        effect=effect,
        must_type=must_type,
        expires=request.equipment.clock() + GOOD_FOR_MS,
    )


def _shown(decision: Decision, confirmation: Unconfirmed, *, again: bool) -> SlackMessage:
    changed = "_What this would do has changed since you confirmed it._\n" if again else ""
    do = {"id": decision.id}
    style = "danger" if confirmation.danger else "primary"
    label = confirmation.button + (" …" if confirmation.must_type else "")
    yes = button(label, "ask" if confirmation.must_type else "yes", do, style)
    no = button("Cancel", "no", do, number=1)
    change = button("Change it …", "open", {"order": decision.id}, number=2)
    note = f"Only you can decide this, within {_MINUTES} minutes."
    blocks = [
        *sections(changed + confirmation.effect),
        actions(yes, *([change] if confirmation.change else []), no),
        context(note),
    ]
    return SlackMessage(f"{changed}{confirmation.effect}", blocks)
