"""Histories are legal and fit, whatever was cut, lost or trimmed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.window import (
    LOST_RESULT,
    PICTURE,
    Meter,
    characters,
    fit,
    repair,
    shorten,
    sizes,
)
from storage.records import Message, Shown, ToolCall

IDS = st.sampled_from(["a", "b", "c", ""])
TEXTS = st.text(max_size=300)


def messages() -> st.SearchStrategy[Message]:
    calls = st.lists(st.builds(ToolCall, id=IDS, name=st.just("f"), arguments=TEXTS), max_size=3)
    return st.one_of(
        st.builds(Message, role=st.just("user"), content=TEXTS),
        st.builds(Message, role=st.just("assistant"), content=TEXTS, tool_calls=calls.map(tuple)),
        st.builds(Message, role=st.just("tool"), content=TEXTS, tool_call_id=IDS),
    )


def is_legal(history: list[Message]) -> bool:
    """Check OpenAI's rule: each call answered directly after, no result without its call."""
    waiting: list[str] = []
    for message in history:
        if message.role == "tool":
            if message.tool_call_id not in waiting:
                return False
            waiting.remove(message.tool_call_id)
            continue
        if waiting or (message.role == "assistant" and not (message.content or message.tool_calls)):
            return False
        waiting = [call.id for call in message.tool_calls]
    return not waiting


@given(st.lists(messages(), max_size=12))
def test_any_history_becomes_legal(history):
    assert is_legal(repair(history))


@given(st.lists(messages(), max_size=12), st.integers(0, 2000))
def test_a_trimmed_history_is_legal_and_keeps_the_newest_turn(history, budget):
    newest = [Message(role="user", content="the question")]

    kept = fit(history, newest, budget, Meter())

    assert is_legal(kept)
    assert kept[-1].content == "the question"


@given(st.lists(messages(), max_size=12), st.integers(100, 2000))
def test_what_is_kept_fits_or_is_the_newest_turn_alone(history, budget):
    newest = [Message(role="user", content="the question")]

    kept = fit(history, newest, budget, Meter())

    assert len(kept) == 1 or sum(map(Meter().message, kept)) <= budget


@given(st.lists(messages(), max_size=12))
def test_a_legal_history_is_left_alone(history):
    legal = repair(history)

    assert repair(legal) == legal


def test_a_call_without_result_gets_one_that_says_so():
    asked = Message(role="assistant", content="", tool_calls=(ToolCall("a", "f", "{}"),))

    assert repair([asked])[1].content == LOST_RESULT


def test_results_are_dropped_with_their_call():
    asked = Message(role="assistant", content="x" * 900, tool_calls=(ToolCall("a", "f", "{}"),))
    result = Message(role="tool", content="1", tool_call_id="a")
    newest = [Message(role="user", content="the question")]

    assert fit([asked, result], newest, 100, Meter()) == newest


def test_of_calls_whose_results_are_lost_no_more_is_left_out_than_must():
    asked = [
        Message(role="assistant", content=f"{n}" * 900, tool_calls=(ToolCall("a", "f", "{}"),))
        for n in range(3)
    ]
    newest = [Message(role="user", content="the question")]
    each, question = sum(map(Meter().message, repair(asked[:1]))), Meter().message(newest[0])

    assert fit(asked, newest, 3 * each + question, Meter()) == repair(asked) + newest
    assert fit(asked, newest, 3 * each + question - 1, Meter()) == repair(asked[1:]) + newest


@given(messages(), st.sampled_from([None, "Ann"]), st.integers(0, 2))
def test_many_messages_are_measured_as_each_is(message, name, files):
    picture = Shown("F1", "a.png", "data:", "picture")
    message = message._replace(name=name, shown=(picture,) * files)

    assert sizes([message]) == [characters(message)]
    assert characters(message) >= len(message.content) + len(name or "") + PICTURE * files


def test_a_huge_message_is_cut_in_the_middle_visibly():
    huge = Message(role="user", content="begin " + "x" * 100_000 + " end")

    (cut,) = shorten([huge], 1_000, Meter())

    assert cut.content.startswith("begin")
    assert cut.content.endswith(" end")
    assert "characters left out" in cut.content
    assert Meter().message(cut) <= 1_000


def test_huge_arguments_of_a_call_are_cut_to_an_object():
    call = ToolCall("a", "save", json.dumps({"text": 'say "x"\n' * 20_000}))
    asked = Message(role="assistant", content="", tool_calls=(call, ToolCall("b", "look", "{}")))

    (cut,) = shorten([asked], 1_000, Meter())

    assert "characters left out" in str(json.loads(cut.tool_calls[0].arguments))
    assert cut.tool_calls[1].arguments == "{}"
    assert Meter().message(cut) <= 1_000


def test_a_thread_in_a_script_that_takes_more_tokens_fits_as_any_other():
    thai = Message(role="user", content="สวัสดี" * 50)  # models take a token for nearly every sign

    kept = fit([thai] * 400, [thai], 24_000, Meter())

    assert 16_000 < sum(len(message.content) for message in kept) < 32_000


def test_a_huge_message_of_any_script_is_cut_no_shorter_than_needed():
    (cut,) = shorten([Message(role="user", content="会議" * 50_000)], 1_000, Meter())

    assert 900 < Meter().message(cut) <= 1_000


def test_the_meter_learns_from_what_servers_count():
    meter = Meter()

    for _ in range(20):
        meter.observe(10_000, 5_000)

    assert 1.9 < meter.characters_per_token < 2.2


def test_the_meter_learns_faster_to_be_careful_than_to_be_daring():
    careful, daring = Meter(4.0), Meter(4.0)

    careful.observe(3_000, 1_000)
    daring.observe(5_000, 1_000)

    assert 4.0 - careful.characters_per_token > daring.characters_per_token - 4.0 > 0


def test_the_meter_learns_nothing_from_a_count_without_the_cached_part():
    meter = Meter()

    meter.observe(80_000, 100)

    assert meter.characters_per_token == 3.5
