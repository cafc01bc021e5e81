"""While people decide about a call nothing is held, and the turn goes on where it was."""

from tests.scenarios.bank import PAY, bank, card_text, stage
from tests.scenarios.conftest import ANN, HELP

__all__ = ["bank", "stage"]


async def test_the_other_calls_of_the_round_run_meanwhile(bank):
    bank.model.enqueue(calls=[("lend", {"amount": 1}), ("pay", PAY), ("lend", {"amount": 2})])
    ts = await bank.ask("both")
    await bank.card(ts)
    bank.model.enqueue("Both done.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Both done.")

    assert sorted(bank.results()) == ["lent for 3 days", "lent for 3 days", "paid"]


async def test_each_of_two_calls_is_asked_about_and_goes_its_own_way(bank):
    other = {"amount": 7, "to": "Cy"}
    bank.model.enqueue(calls=[("pay", PAY), ("pay", other)])
    ts = await bank.ask("both")
    await bank.card(ts, count=2)
    first = next(card for card in bank.cards(ts) if "Cy" not in card_text(card))
    second = next(card for card in bank.cards(ts) if "Cy" in card_text(card))

    await bank.press(first, "approve")
    await bank.slack.wait(lambda _: bank.payments and bank.status(ts) == "suspended")
    assert len(bank.model.requests) == 1
    bank.model.enqueue("One of them.")
    await bank.press(second, "deny")
    await bank.answer_after(ts, "One of them.")

    assert bank.payments == f"12 EUR {PAY['to']}\n"
    assert bank.results()[0] == "paid"
    assert "denied" in bank.results()[1]


async def test_the_thread_can_be_used_while_it_waits(bank):
    ts = await bank.asks()
    bank.model.enqueue("It waits for you.")

    await bank.ask("what is going on?", thread_ts=ts)
    await bank.slack.wait(lambda _: "It waits for you." in bank.said(ts))
    await bank.slack.wait(lambda _: bank.status(ts) == "suspended")

    assert "has not run yet" in bank.results()[0]
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")
    assert bank.payments.count("\n") == 1


async def test_afterwards_the_history_has_each_turn_in_one_piece(bank):
    ts = await bank.asks()
    bank.model.enqueue("It waits for you.")
    await bank.ask("what is going on?", thread_ts=ts)
    await bank.slack.wait(lambda _: "It waits for you." in bank.said(ts))
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")
    bank.model.enqueue("Bye.")
    await bank.ask("thanks", thread_ts=ts)
    await bank.answer_after(ts, "Bye.")

    roles = [m["role"] for m in bank.asked()[-1]][1:]
    assert roles == ["user", "assistant", "tool", "assistant", "user", "assistant", "user"]


async def test_text_before_the_call_stays_above_the_card_and_is_not_said_again(bank):
    bank.model.enqueue("I will pay Ben now.", calls=[("pay", PAY)])
    ts = await bank.ask("pay Ben")
    await bank.card(ts)
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    said = [text for text in bank.said(ts) if "Approved" not in text]
    assert said == ["I will pay Ben now.", "Paid."]
    assert [m["ts"] for m in bank.replies(ts)].index(bank.cards(ts)[0]["ts"]) == 1


async def test_stop_cancels_what_waits(bank):
    ts = await bank.asks()

    await bank.slack.stop(HELP, ts, ANN)
    await bank.shows(ts, "Stopped")
    await bank.slack.wait(lambda _: bank.status(ts) == "active")
    bank.model.enqueue("Fine.")
    await bank.ask("and now?", thread_ts=ts)
    await bank.answer_after(ts, "Fine.")

    assert bank.payments == ""
    assert "stopped it" in bank.results()[0]


async def test_a_restart_in_between_loses_nothing(bank, tmp_path):
    ts = await bank.asks()
    await bank.leave()
    await bank.start(FUNCTIONS=str(tmp_path / "ours"))
    bank.model.enqueue("Paid.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    assert bank.payments.count("\n") == 1
    assert len(bank.model.requests) == 1


async def test_a_function_that_changed_since_is_not_what_was_approved(bank, tmp_path):
    ts = await bank.asks()
    await bank.leave()
    file = tmp_path / "ours" / "money.py"
    file.write_text(file.read_text().replace('currency: str = "EUR"', 'currency: str = "BTC"'))
    await bank.start(FUNCTIONS=str(tmp_path / "ours"))
    bank.model.enqueue("It has changed.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "It has changed.")

    assert bank.payments == ""
    assert "no longer the one" in bank.results()[0]
