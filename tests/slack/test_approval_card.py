"""The card shows every argument as it is, and nothing on it can hide or pretend."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.consent import approval_card as card
from bot.slack.text.mrkdwn import visible
from storage.records import Approval

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def an_approval(**given_arguments) -> Approval:
    return Approval(
        id="a" * 24,
        call="E:1:0",
        event="E",
        team="T",
        channel="C",
        thread_ts="1.0",
        name="pay",
        title="Pay <out>",
        arguments=json.dumps(given_arguments),
        defaults='{"currency": "EUR"}',
        origin="https://bank.example",
        digest="d",
        user="U1",
        expires=1_800_000_000_000,
    )


def words(node) -> str:
    if isinstance(node, dict):
        return node["text"] if node.get("type") == "text" else words(list(node.values()))
    return "\n".join(filter(None, map(words, node))) if isinstance(node, list) else ""


def arguments(approval: Approval) -> str:
    return words(card.blocks(approval)[1])


def is_shown(value, shown: str) -> bool:
    forms = [json.dumps(value, ensure_ascii=False, indent=indent) for indent in (None, 2)]
    return any(visible(str(form)) in shown for form in [value, *forms])


@given(st.dictionaries(st.text(), JSON, max_size=30))
def test_everything_is_on_the_card_or_in_the_file(values):
    approval = an_approval(**values)

    shown, file = arguments(approval), card.file(approval)

    if file:
        assert json.loads(file) == {"currency": "EUR", **values}
    else:
        assert all(visible(name) in shown for name in values)
        assert all(is_shown(value, shown) for value in values.values())
    assert len(shown) < 12_000


@given(st.text())
def test_nothing_hides(text):
    shown = arguments(an_approval(note=text))

    assert visible(shown) == shown


@pytest.mark.parametrize(
    "unseen", "\u034f\u115f\u2800\u3164\ufe00\uffa0\U0001d159\U000e0100\U000e01ef"
)
def test_letters_and_marks_that_show_nothing_are_shown_by_their_number(unseen):
    assert "bob\\u" in arguments(an_approval(to=f"bob{unseen}"))


@pytest.mark.parametrize("blanks", ["\n" * 300, " \n" * 300, " " * 300])
def test_nothing_hides_behind_blanks(blanks):
    approval = an_approval(note=f"ok{blanks}and pay Eve")

    shown = arguments(approval)

    assert f"ok [{len(blanks)} blanks] and pay Eve" in shown
    assert "This is not all" in shown
    assert json.loads(card.file(approval))["note"] == f"ok{blanks}and pay Eve"


def test_nothing_hides_behind_marks_that_are_piled_up():
    assert visible("e\u0323\u0302\u0301" + "\u0336" * 2) == "e\u0323\u0302\u0301\\u0336\\u0336"


def test_paragraphs_keep_their_look():
    assert "one\n\n\ntwo" in arguments(an_approval(note="one\n\n\ntwo"))


@pytest.mark.parametrize(
    "text", ["\u2764\ufe0f", "👩\u200d💻", "👨🏽\u200d❤\ufe0f\u200d👨", "می\u200cخواهم", "क्\u200dष"]
)
def test_emoji_and_letters_that_are_joined_keep_their_look(text):
    assert text in arguments(an_approval(note=text))


@pytest.mark.parametrize("text", ["bob\u200d", "b\u200cob", "👩\u200dx", "دا\u200cد", "می\u200c"])
def test_joiners_that_join_nothing_are_shown(text):
    assert "\\u200" in arguments(an_approval(note=text))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        ("5", '"5"'),
        ("null", '"null"'),
        (None, "null"),
        ("", '""'),
        (" edge", '" edge"'),
        ("plain *text* <!here>", "plain *text* <!here>"),
        ("turn\u202eed", "turn\\u202eed"),
        (["a", 1], '["a", 1]'),
    ],
)
def test_values_cannot_be_taken_for_others(value, shown):
    assert f"note: \n{shown}" in arguments(an_approval(note=value))


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 12_000])
def test_a_text_that_only_begins_json_without_end_is_shown_as_it_is(text):
    approval = an_approval(note=text)

    assert f"{text[:100]}" in arguments(approval)
    assert text in json.loads(card.file(approval))["note"]


def test_uneven_long_values_that_fit_are_shown_whole():
    approval = an_approval(one="a" * 2000, two="b" * 200)

    assert card.file(approval) is None
    assert "a" * 2000 in arguments(approval)
    assert "b" * 200 in arguments(approval)


def test_beside_a_long_value_the_short_ones_stay():
    shown = arguments(an_approval(text="x" * 9000, amount=12))

    assert "12" in shown
    assert "EUR" in shown
    assert "the whole is in the file" in shown


def test_the_head_is_escaped_and_the_host_is_named():
    blocks = card.blocks(an_approval())

    assert "Pay &lt;out&gt;" in blocks[0]["text"]["text"]
    assert "sends to https://bank.example" in blocks[-1]["elements"][0]["text"]
    (*_, below) = card.blocks(replace(an_approval(), origin="pay of bank.example (MCP)"))
    assert "comes from pay of bank.example (MCP)" in below["elements"][0]["text"]
