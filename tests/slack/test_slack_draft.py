"""What waits to be sent, and how function calls look."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.events import FunctionCalled, FunctionProgress, FunctionReturned
from bot.slack.reply.draft import Batch, Cards, Draft


@given(st.lists(st.one_of(st.sampled_from(["a", " ", "word ", "\n", "x" * 50]), st.booleans())))
def test_text_comes_out_in_order_and_whole(steps: list[str | bool]) -> None:
    draft, taken = Draft(), ""
    for step in steps:
        if isinstance(step, str):
            draft.say(step)
        elif step:
            taken += draft.take(whole=False).text
        else:
            draft.put_back(draft.take(whole=False))

    assert taken + draft.take(whole=True).text == draft.text


def test_word_that_has_only_begun_waits() -> None:
    draft = Draft()
    draft.say("Hello wor")

    assert draft.take(whole=False) == Batch("Hello ")
    assert draft.take(whole=True) == Batch("wor")


def test_text_without_spaces_does_not_wait() -> None:
    draft = Draft()
    draft.say("こんにちは")

    assert draft.take(whole=False).text == "こんにちは"


def test_card_stands_between_the_texts_around_it() -> None:
    draft = Draft()
    draft.say("one")
    draft.show("c1")
    draft.say("two")

    assert draft.take(whole=True) == Batch("one", ("c1",), "two")


def test_card_fields_are_short_quiet_lines() -> None:
    cards = Cards()
    cards.called(FunctionCalled("c1", "f", "## <!here>\n" + "x" * 300))
    cards.returned(FunctionReturned("c1", "f", True, "y" * 300))
    [chunk] = cards.chunks(["c1"])

    assert len(chunk["title"]) == len(chunk["output"]) == 256
    assert chunk["title"].startswith("@\u2060here x")


def test_progress_stands_in_the_title_until_the_call_has_ended() -> None:
    cards = Cards()
    card = cards.called(FunctionCalled("c1", "restart", "Restart"))
    cards.advanced(FunctionProgress("c1", "1 of 3"))
    cards.advanced(FunctionProgress("c1", "2 of 3"))

    assert cards.chunks([card])[0]["title"] == "Restart: 2 of 3"
    cards.returned(FunctionReturned("c1", "restart", True, ""))
    assert cards.chunks([card])[0]["title"] == "Restart"
    assert cards.advanced(FunctionProgress("c1", "late")) is None


def test_progress_of_a_call_that_is_not_shown_is_not_shown() -> None:
    assert Cards().advanced(FunctionProgress("c1", "1 of 3")) is None
