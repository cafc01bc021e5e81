"""Block Kit's limits, refused with Slack's words."""

import contextlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from playground.slack.blocks import check_message_blocks, view_block_errors
from playground.slack.refusal import Refusal

Json = dict[str, Any]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**fields: Any) -> Json:
    return {
        "type": "button",
        "action_id": "a",
        "text": {"type": "plain_text", "text": "Go"},
    } | fields


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(options: int) -> Json:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "x"}
    return {"type": "static_select", "action_id": "s", "options": [option] * options}


FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
        }
    ],
}
GOOD: list[Json] = [
    section("x" * 3000),
    {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}},
    {"type": "markdown", "text": "**x**"},
    {"type": "divider"},
    actions(*[button()] * 25),
    actions(select(100)),
    FEEDBACK,
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_blocks_at_the_limit_pass(block: Json) -> None:
    check_message_blocks([block])


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text"),
        (section(""), "must be more than 0 characters"),
        ({"type": "section"}, "missing required field: text"),
        ({"type": "song"}, "unsupported type: song"),
        ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "less than 151"),
        (section("x") | {"block_id": "x" * 256}, "less than 256"),
        (section("x") | {"fields": [{"type": "mrkdwn", "text": "x"}] * 11}, "no more than 10"),
        (actions(*[button()] * 26), "no more than 25"),
        (actions(), "missing required field: elements"),
        (actions(button(text={"type": "plain_text", "text": "x" * 76})), "less than 76"),
        (actions(button(value="x" * 2001)), "less than 2001"),
        (actions(select(101)), "no more than 100"),
        (actions(select(0)), "missing required field: options"),
        (
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
            "no more than 10",
        ),
        ({"type": "table", "rows": [[]] * 101}, "no more than 100"),
        ({"type": "table", "rows": [[{}] * 21]}, "no more than 20"),
        (
            {"type": "input", "element": {"type": "plain_text_input"}},
            "missing required field: label",
        ),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
        ({"type": "image", "alt_text": "x"}, "missing required field: image_url"),
        (section("x") | {"text": "x"}, "must provide an object [json-pointer:/blocks/0/text]"),
        (section("x") | {"block_id": 5}, "must provide a string"),
        (actions(select(1) | {"options": ["x"]}), "must provide an object"),
        (actions(select(1) | {"options": {"x": 1}}), "must provide an array"),
        (actions(button(style="bold")), "must be one of primary, danger"),
    ],
)
def test_blocks_beyond_the_limit_are_refused(block: Json, complaint: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_message_blocks([block])

    assert caught.value.word == "invalid_blocks"
    assert any(complaint in detail for detail in caught.value.details)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every list or object inside a value with each key that it has."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@pytest.mark.parametrize("odd", [None, 5, True, "x", "", [5], [[]], {"type": []}])
@pytest.mark.parametrize("block", [*GOOD[:3], actions(select(2)), FEEDBACK])
def test_odd_values_anywhere_in_blocks_are_refused_or_taken(block: Json, odd: Any) -> None:
    blocks = [deepcopy(block)]
    for inside, key in list(places(blocks)):
        kept, inside[key] = inside[key], odd
        with contextlib.suppress(Refusal):
            check_message_blocks(blocks)
        inside[key] = kept

    check_message_blocks(blocks)


def test_a_message_shows_one_table_of_ten_thousand_characters() -> None:
    def table(characters: int) -> Json:
        return {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * characters}]]}

    check_message_blocks([table(10_000)])
    with pytest.raises(Refusal, match="only_one_table_allowed"):
        check_message_blocks([table(1)] * 2)
    with pytest.raises(Refusal):
        check_message_blocks([table(10_001)])


def test_fifty_blocks_and_no_more() -> None:
    check_message_blocks([{"type": "divider"}] * 50)

    with pytest.raises(Refusal, match="no more than 50"):
        check_message_blocks([{"type": "divider"}] * 51)


def test_block_ids_are_unique() -> None:
    with pytest.raises(Refusal, match="already exists"):
        check_message_blocks([section("x") | {"block_id": "a"}] * 2)


def test_all_text_of_a_message_has_a_limit() -> None:
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_message_blocks([section("x" * 2800)] * 5)


def test_views_take_a_hundred_blocks_but_no_markdown() -> None:
    def errors(blocks: list[Json]) -> str:
        return " ".join(view_block_errors(blocks, "/view/blocks"))

    assert errors([{"type": "divider"}] * 100) == ""
    assert "no more than 100" in errors([{"type": "divider"}] * 101)
    assert "unsupported type" in errors([{"type": "markdown", "text": "x"}])


def test_files_are_asked_for_only_by_the_input_of_a_view() -> None:
    label = {"type": "plain_text", "text": "File"}
    asks: Json = {"type": "input", "label": label, "element": {"type": "file_input"}}

    assert list(view_block_errors([asks], "/view/blocks")) == []
    assert list(view_block_errors([actions(asks["element"])], "/view/blocks"))
    with pytest.raises(Refusal, match="unsupported type: file_input"):
        check_message_blocks([asks])
