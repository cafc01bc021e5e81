"""While people decide about a call nothing is held, and the turn goes on where it was."""

import pytest

from bot.chat.turn import Turn
from functions import HttpFunction
from storage.records import Registration, SwitchedOff
from tests.functions.http_samples import site
from tests.scenarios.bank import PAY, bank, card_text, stage
from tests.scenarios.conftest import ANN, HELP

pytestmark = pytest.mark.usefixtures("brisk")

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


async def test_a_turn_goes_on_where_it_was_however_much_is_said_meanwhile(stage, tmp_path):
    await stage.start(FUNCTIONS=str(tmp_path / "ours"), CHAT_CONTEXT_TOKENS="1000")
    ts = await stage.asks()
    stage.model.enqueue("word " * 2000)
    await stage.ask("tell me a lot", thread_ts=ts)
    await stage.slack.wait(lambda _: "word" in str(stage.said(ts)) and stage.idle)
    stage.model.enqueue("Paid.")

    await stage.press(stage.cards(ts)[0], "approve")
    await stage.answer_after(ts, "Paid.")

    assert [m["role"] for m in stage.asked()[-1]][-3:] == ["user", "assistant", "tool"]
    assert stage.results() == ["paid"]


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
    bank.slack.fail("chat.startStream", delay=0.3)  # by which the card could overtake the text
    bank.model.enqueue("I will pay Ben now.", calls=[("pay", PAY)])
    ts = await bank.ask("pay Ben")
    await bank.card(ts)
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    said = [text for text in bank.said(ts) if "Approved" not in text]
    assert said == ["I will pay Ben now.", "Paid."]
    assert [m["ts"] for m in bank.replies(ts)].index(bank.cards(ts)[0]["ts"]) == 1


async def test_what_stands_above_the_card_stays_though_the_rest_is_given_up(bank, monkeypatch):
    bank.model.enqueue("I will pay Ben now.", calls=[("pay", PAY)])
    ts = await bank.ask("pay Ben")
    await bank.card(ts)
    await bank.slack.wait(lambda _: bank.idle)
    await bank.bot.storage.engine.write(
        lambda connection: connection.execute("update event set attempts = 4")
    )

    async def fail(_turn):
        raise RuntimeError("no")

    monkeypatch.setattr(Turn, "run", fail)
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.slack.wait(lambda _: bank.idle and "reference" in str(bank.said(ts)))

    assert len(bank.said(ts)) == 3
    assert "I will pay Ben now." in bank.said(ts)


async def test_a_card_that_is_posted_during_a_stop_is_closed(bank):
    bank.slack.fail("chat.postMessage", delay=0.5)
    bank.model.enqueue(calls=[("pay", PAY)])
    ts = await bank.ask("pay Ben")
    await bank.slack.wait(lambda _: bank.status(ts) == "suspended")
    assert not bank.cards(ts)

    await bank.slack.stop(HELP, ts, ANN)

    await bank.slack.wait(lambda _: bank.cards(ts))
    await bank.shows(ts, "Stopped")


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


@pytest.mark.parametrize(
    "change",
    [('currency: str = "EUR"', 'currency: str = "BTC"'), ("{amount} {currency}", "9{amount}")],
    ids=["what it takes", "what it does"],
)
async def test_a_function_that_changed_since_is_not_what_was_approved(bank, tmp_path, change):
    ts = await bank.asks()
    await bank.leave()
    file = tmp_path / "ours" / "money.py"
    file.write_text(file.read_text().replace(*change))
    await bank.start(FUNCTIONS=str(tmp_path / "ours"))
    bank.model.enqueue("It has changed.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "It has changed.")

    assert bank.payments == ""
    assert "no longer the one" in bank.results()[0]


async def test_stop_in_the_moment_of_asking_is_heard(bank):
    bank.model.enqueue(calls=[("pay", PAY)])
    ts = await bank.ask("pay")
    await bank.slack.wait(lambda _: bank.cards(ts))

    await bank.slack.stop(HELP, ts, ANN)
    await bank.shows(ts, "Stopped")

    await bank.slack.wait(lambda _: bank.idle and bank.status(ts) == "active")
    assert bank.payments == ""


async def test_stop_after_the_turn_has_let_go_is_heard(bank):
    ts = await bank.asks()
    await bank.slack.wait(lambda _: bank.idle)

    await bank.slack.stop(HELP, ts, ANN)
    await bank.shows(ts, "Stopped")

    await bank.slack.wait(lambda _: bank.idle and bank.status(ts) == "active")
    assert len(bank.model.requests) == 1


async def test_what_runs_out_while_the_bot_is_down_is_denied_when_it_is_back(bank, tmp_path):
    ts = await bank.asks()
    await bank.leave()
    bank.clock.by = 20 * 60 * 1000
    bank.model.enqueue("Too late.")
    await bank.start(FUNCTIONS=str(tmp_path / "ours"))

    await bank.answer_after(ts, "Too late.")

    assert bank.payments == ""
    await bank.shows(ts, "Expired")


async def test_a_turn_may_ask_more_than_once(bank):
    ts = await bank.asks()
    bank.model.enqueue("And now Cy.", calls=[("pay", {"amount": 7, "to": "Cy"})])
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.card(ts, count=2)
    bank.model.enqueue("Both are paid.")
    await bank.press(bank.cards(ts)[1], "approve")
    await bank.answer_after(ts, "Both are paid.")

    assert bank.payments == f"12 EUR {PAY['to']}\n7 EUR Cy\n"
    assert [text for text in bank.said(ts) if "Approved" not in text] == [
        "And now Cy.", "Both are paid."
    ]  # fmt: skip


async def test_the_tokens_of_all_parts_are_counted(bank):
    ts = await bank.asks()
    await bank.slack.wait(lambda _: bank.idle)
    before, _ = await bank.bot.storage.usage.total(bank.slack.team, 0)
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")
    await bank.slack.wait(lambda _: bank.idle)

    tokens_in, _ = await bank.bot.storage.usage.total(bank.slack.team, 0)
    assert tokens_in > 2 * before > 0  # the second request had the first one's messages, too


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_card_of_unknown_fate_is_there_once(bank, cut):
    bank.slack.fail("chat.postMessage", cut=cut)

    ts = await bank.asks()
    bank.model.enqueue("Paid.")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    assert len(bank.cards(ts)) == 1
    assert bank.payments.count("\n") == 1


async def test_a_card_that_nobody_knew_to_be_there_loses_its_buttons_with_a_click(bank):
    bank.slack.fail("chat.postMessage", cut="after")
    bank.slack.fail("conversations.replies", error="internal_error", times=None)
    bank.model.enqueue(calls=[("pay", PAY)])
    bank.model.enqueue("I could not ask.")
    ts = await bank.ask("pay")
    await bank.answer_after(ts, "I could not ask.")

    await bank.press(bank.cards(ts)[0], "approve")

    assert "decided already" in await bank.told(ANN)
    await bank.shows(ts, "Stopped")
    assert bank.payments == ""


async def test_a_card_that_cannot_be_edited_changes_nothing(bank):
    bank.slack.fail("chat.update", error="cant_update_message", times=None)
    ts = await bank.asks()
    bank.model.enqueue("Paid.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")
    await bank.press(bank.cards(ts)[0], "deny")

    assert "decided already" in await bank.told(ANN)
    assert bank.payments.count("\n") == 1


async def test_a_card_loses_its_buttons_though_slack_hangs_up_on_the_edit(bank):
    ts = await bank.asks()
    bank.model.enqueue("Paid.")
    bank.slack.fail("chat.update", cut="before")
    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "Paid.")

    await bank.shows(ts, "Approved")


async def test_an_http_function_waits_in_the_same_way(stage):
    async with site() as shop:
        host = f"http://127.0.0.1:{shop.port}"
        await stage.start(FUNCTION_HOSTS=host)
        order = HttpFunction(
            name="order",
            description="Order something.",
            method="POST",
            url=f"{host}/orders",
            parameters={"properties": {"what": {"type": "string"}}, "required": ["what"]},
        )
        row = Registration(stage.slack.team, "order", "http", order.dump(), ANN)
        await stage.bot.storage.registrations.save(row)
        ts = await stage.asks("order", {"what": "tea"})
        assert host in card_text(stage.cards(ts)[0])
        assert shop.requests == []
        stage.model.enqueue("Ordered.")

        await stage.press(stage.cards(ts)[0], "approve")
        await stage.answer_after(ts, "Ordered.")

        assert [request["body"] for request in shop.requests] == ['{"what":"tea"}']


async def test_a_question_that_is_deleted_takes_its_calls_along(bank):
    ts = await bank.asks()

    await bank.slack.delete(HELP, ts)
    await bank.shows(ts, "Stopped")
    await bank.slack.wait(lambda _: bank.status(ts) == "active" and bank.idle)

    assert bank.payments == ""
    assert len(bank.model.requests) == 1


async def test_of_a_deleted_question_the_model_knows_that_nothing_was_run(bank):
    bank.model.enqueue("Hello.")
    ts = await bank.ask("hi")
    await bank.answered(ts)
    bank.model.enqueue(calls=[("pay", PAY)])
    question = await bank.ask("pay Ben", thread_ts=ts)
    await bank.card(ts)

    await bank.slack.delete(HELP, question)
    await bank.shows(ts, "Stopped")
    await bank.slack.wait(lambda _: bank.status(ts) == "active" and bank.idle)
    bank.model.enqueue("Fine.")
    await bank.ask("and now?", thread_ts=ts)
    await bank.answer_after(ts, "Fine.")

    assert bank.results() == ["Not run: the person stopped it before anybody had approved it."]


async def test_what_was_switched_off_meanwhile_does_not_run(bank):
    ts = await bank.asks()
    switch = SwitchedOff(bank.slack.team, HELP, "pay", ANN)
    await bank.bot.storage.registrations.switch_off(switch)
    bank.model.enqueue("It is off.")

    await bank.press(bank.cards(ts)[0], "approve")
    await bank.answer_after(ts, "It is off.")

    assert bank.payments == ""
    assert "pay was not run" in bank.results()[0]
    (call,) = await bank.bot.storage.calls.recent(bank.slack.team, 9)
    assert (call.state, call.decided_by) == ("approved", ANN)  # nothing of it was run
