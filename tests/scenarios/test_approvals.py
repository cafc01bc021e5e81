"""A function that people must approve: asked in the thread, decided by a click, run as shown."""

import json

import pytest

from tests.scenarios.bank import PAY, bank, buttons, card_text, stage
from tests.scenarios.conftest import ANN, BEN

pytestmark = pytest.mark.usefixtures("brisk")

__all__ = ["bank", "stage"]

MINUTES = 60 * 1000


async def test_an_approved_call_runs_as_it_was_shown_and_the_turn_goes_on(bank):
    ts = await bank.asks()
    bank.model.enqueue("Paid.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    assert bank.payments == f"12 EUR {PAY['to']}\n"
    assert bank.results() == ["paid"]
    assert "approved by <@U0ANN>" in await bank.shows(ts, "Approved", "Pay out")


async def test_the_card_shows_everything_and_carries_only_an_id(bank):
    ts = await bank.asks()

    card = bank.cards(ts)[0]
    assert [one["text"]["text"] for one in buttons(card)] == ["Approve", "Deny"]
    assert {len(one["value"]) for one in buttons(card)} == {24}
    for words in ("Pay out", "`pay`", "12", PAY["to"], "currency (default)", "EUR", "<@U0ANN>"):
        assert words in card_text(card)
    assert "<!channel>" not in card["text"]


async def test_nothing_runs_before_and_the_status_is_suspended_meanwhile(bank):
    ts = await bank.asks()

    assert bank.payments == ""
    assert bank.status(ts) == "suspended"
    assert len(bank.model.requests) == 1


async def test_a_denial_is_told_to_the_model_which_answers(bank):
    ts = await bank.asks()
    bank.model.enqueue("As you like.")

    await bank.press(bank.cards(ts)[0], "deny")
    await bank.answer_after(ts, "As you like.")

    assert bank.payments == ""
    assert "the person who asked denied it" in bank.results()[0]
    await bank.shows(ts, "Denied", "denied by <@U0ANN>")


async def test_what_was_denied_is_not_asked_again_in_the_same_answer(bank):
    ts = await bank.asks()
    bank.model.enqueue(calls=[("pay", PAY)])
    bank.model.enqueue("As you like.")

    await bank.press(bank.cards(ts)[0], "deny")
    await bank.answer_after(ts, "As you like.")

    assert len(bank.cards(ts)) == 1
    assert ["denied it" in result for result in bank.results()] == [True, True]


async def test_what_nobody_decides_in_fifteen_minutes_counts_as_denied(bank):
    ts = await bank.asks()
    bank.model.enqueue("Nobody said yes.")

    bank.clock.by = 14 * MINUTES
    await bank.press(bank.cards(ts)[0], "approve", BEN)
    await bank.told(BEN)
    assert buttons(bank.cards(ts)[0])
    bank.clock.by = 15 * MINUTES
    await bank.answer_after(ts, "Nobody said yes.")

    assert bank.payments == ""
    assert "nobody approved it in time" in bank.results()[0]
    await bank.shows(ts, "Expired")


async def test_a_click_of_somebody_else_does_not_count_and_only_they_are_told(bank):
    ts = await bank.asks()

    await bank.press(bank.cards(ts)[0], "approve", BEN)

    assert "only <@U0ANN> can decide" in await bank.told(BEN)
    assert bank.payments == ""
    assert len(bank.model.requests) == 1
    assert bank.slack.ephemerals(ANN) == []


async def test_a_double_click_runs_it_once(bank):
    ts = await bank.asks()
    card = bank.cards(ts)[0]
    bank.model.enqueue("Paid.")

    await bank.press(card, "approve")
    await bank.press(card, "approve")
    await bank.answer_after(ts, "Paid.")

    assert bank.payments.count("\n") == 1
    assert "decided already: approved by <@U0ANN>" in await bank.told(ANN)


async def test_the_first_of_two_different_clicks_counts(bank):
    ts = await bank.asks()
    card = bank.cards(ts)[0]
    bank.model.enqueue("Well.")

    await bank.press(card, "deny")
    await bank.press(card, "approve")
    await bank.answer_after(ts, "Well.")

    assert bank.payments == ""
    assert "decided already: denied" in await bank.told(ANN)


async def test_listed_approvers_decide_and_the_asker_does_not(bank):
    ts = await bank.asks("fire", {"who": "Cy"})
    bank.model.enqueue("Free.")

    await bank.press(bank.cards(ts)[0], "approve", ANN)
    assert "only <@U0BEN>" in await bank.told(ANN)
    await bank.press(bank.cards(ts)[0], "approve", BEN)
    await bank.answer_after(ts, "Free.")

    await bank.shows(ts, "approved by <@U0BEN>", "asked for by <@U0ANN>")


@pytest.mark.parametrize(
    ("user", "channel", "call"),
    [(ANN, "D0ANN", ("fire", {"who": "Cy"})), (BEN, "D0BEN", ("close", {"door": "A"}))],
)
async def test_nobody_is_waited_for_who_cannot_see_the_direct_message(bank, user, channel, call):
    bank.model.enqueue(calls=[call])
    bank.model.enqueue("Ask in a channel.")

    ts = await bank.ask("please", user=user, channel=channel)
    await bank.answered(ts, channel=channel)

    assert bank.cards(ts, channel) == []
    assert "nobody who could" in bank.results()[0]


async def test_an_admin_decides_alone_in_a_direct_message(bank):
    bank.model.enqueue(calls=[("close", {"door": "A"})])

    ts = await bank.ask("close A", channel="D0ANN")

    assert await bank.card(ts, channel="D0ANN")


async def test_admins_decide_where_they_must(bank):
    bank.model.enqueue(calls=[("close", {"door": "A"})])
    ts = await bank.ask("close it", user=BEN)
    await bank.card(ts)
    bank.model.enqueue("Closed.")

    await bank.press(bank.cards(ts)[0], "approve", BEN)
    assert "only an admin" in await bank.told(BEN)
    await bank.press(bank.cards(ts)[0], "approve", ANN)

    await bank.answer_after(ts, "Closed.")


async def test_a_predicate_decides_by_the_checked_arguments(bank):
    bank.model.enqueue(calls=[("lend", {"amount": 100})])
    bank.model.enqueue("Lent.")
    assert await bank.answer("lend me 100") == "Lent."

    ts = await bank.asks("lend", {"amount": 101})

    assert "days (default)" in card_text(bank.cards(ts)[0])


async def test_wrong_arguments_are_told_to_the_model_and_nobody_is_asked(bank):
    bank.model.enqueue(calls=[("pay", {"amount": "much", "to": "Ben"})])
    bank.model.enqueue("I need a number.")

    ts = await bank.ask("pay much")
    await bank.answered(ts)

    assert bank.cards(ts) == []
    assert "amount" in bank.results()[0]


async def test_long_arguments_come_as_a_file_beside_the_card(bank):
    long = {"amount": 1, "to": "x" * 5000}
    ts = await bank.asks("pay", long)

    (file,) = [file for m in bank.replies(ts) for file in m.get("files") or []]
    assert file["name"] == "arguments-of-pay.json"
    assert "the whole is in the file" in card_text(bank.cards(ts)[0])


async def test_what_cannot_be_asked_does_not_run(bank):
    bank.slack.fail("chat.postMessage", error="restricted_action", times=1)
    bank.model.enqueue(calls=[("pay", PAY)])
    bank.model.enqueue("I could not ask.")

    ts = await bank.ask("pay")
    await bank.answer_after(ts, "I could not ask.")

    assert bank.payments == ""
    assert "nobody could be asked" in bank.results()[0]


@pytest.mark.parametrize(("verb", "word"), [("approve", "approved"), ("deny", "denied")])
async def test_every_decision_is_in_the_audit_without_secrets(bank, verb, word):
    given = {"name": "ann", "code": "1234", "password": "hunter2", "note": "n" * 200}
    ts = await bank.asks("sign_in", given)
    await bank.press(bank.cards(ts)[0], verb)
    await bank.answered(ts, 2)

    (act,) = await bank.bot.storage.audit.recent(bank.slack.team)
    assert (act.user, act.command) == (ANN, "call sign_in")
    assert act.detail == f"{word}, asked for by {ANN}"
    assert json.loads(act.effect) == {
        "name": "ann", "code": "•••", "password": "•••", "note": "(200 characters)"
    }  # fmt: skip


async def test_it_works_in_a_direct_message(bank):
    direct = "D0ANN"
    bank.model.enqueue(calls=[("pay", PAY)])
    ts = await bank.ask("pay", channel=direct)
    card = await bank.card(ts, channel=direct)
    bank.model.enqueue("Paid.")
    await bank.press(card, "approve", channel=direct)
    await bank.slack.wait(lambda _: "Paid." in bank.said(ts, direct))

    assert bank.payments.count("\n") == 1
