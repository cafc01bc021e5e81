"""Wrong values are refused before anything is sent, with the field's name and its rule."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.openai.errors import InvalidRequestError, OpenAIError
from bot.openai.rules import (
    METADATA,
    Filled,
    Options,
    auto_or,
    checked,
    choice,
    either,
    flag,
    number,
    several,
    text,
    whole,
)


class Inner(TypedDict, total=False):
    word: Required[Literal["a", "b"]]
    size: Annotated[int | None, whole(1)]


class Outer(Options, total=False):
    name: Required[Annotated[str, text(1, 5)]]
    inner: Inner | None
    free: Any
    on: bool | None
    tags: Sequence[Filled] | None


def refusal(rule: Any, value: Any) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        rule("field", value)
    return str(caught.value)


def test_a_refusal_names_field_and_rule() -> None:
    with pytest.raises(ValueError, match="n must be a whole number between 1 and 128") as caught:
        whole(1, 128)("n", 0)

    assert isinstance(caught.value, OpenAIError)
    assert isinstance(caught.value, InvalidRequestError)
    assert (caught.value.field, caught.value.param, caught.value.code) == ("n", "n", None)
    assert caught.value.rule == "must be a whole number between 1 and 128"


@pytest.mark.parametrize(
    ("rule", "value", "says"),
    [
        (number(0, 2), 2.1, "field must be a number between 0 and 2."),
        (number(0, 2), True, "field must be a number between 0 and 2."),
        (number(0, 2), "1", "field must be a number between 0 and 2."),
        (number(), float("nan"), "field must be a number."),
        (number(), float("inf"), "field must be a number."),
        (number(above=0, high=2), 0, "field must be a number above 0 and at most 2."),
        (whole(1), 1.5, "field must be a whole number of at least 1."),
        (whole(3_600, 2_592_000), 1, "field must be a whole number between 3,600 and 2,592,000."),
        (text(1), "", "field must not be empty."),
        (text(0, 3), "abcd", "field may have 3 characters and has 4."),
        (text(), 1, "field must be a text."),
        (choice("a", "b"), "c", "field must be one of a, b."),
        (choice("a", "b"), ["a"], "field must be one of a, b."),
        (flag, 1, "field must be true or false."),
        (several(text(), 1), [], "field must not be empty."),
        (several(text(), 0, 1), ["a", "b"], "field may have 1 entries and has 2."),
        (several(text()), "ab", "field must be a list."),
        (several(text(1)), ["a", ""], "field[1] must not be empty."),
        (auto_or(whole(1, 50)), 51, "field must be a whole number between 1 and 50, or auto."),
        (auto_or(whole(1, 50)), "all", "field must be a whole number between 1 and 50, or auto."),
        (either("must be this or that", text(), whole()), None, "field must be this or that."),
        (METADATA, {"k" * 65: "v"}, "a key of field may have 64 characters and has 65."),
        (METADATA, {"k": "v" * 513}, "field.k may have 512 characters and has 513."),
        (METADATA, {str(n): "" for n in range(17)}, "field may have 16 pairs and has 17."),
        (METADATA, {"k": 1}, "field.k must be a text."),
    ],
)
def test_what_breaks_a_rule_is_told(rule: Any, value: Any, says: str) -> None:
    assert refusal(rule, value) == says


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": "ann", "nmae": "x"}, "nmae"),
        ({"name": "ann", "inner": {"size": 1}}, "inner.word"),
        ({"name": "ann", "inner": {"word": "a", "siez": 1}}, "inner.siez"),
        ({"name": "ann", "inner": "a"}, "inner"),
        ({"name": "ann", "inner": {"word": "c"}}, "inner.word"),
        ({"name": "ann", "tags": ["a", 1]}, "tags[1]"),
        ({"name": "ann", "on": "yes"}, "on"),
    ],
)
def test_unknown_missing_and_wrong_fields_are_named(parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        checked(Outer, parameters)

    assert caught.value.field == field


def test_what_is_none_stays_out_and_options_are_not_fields() -> None:
    body = checked(
        Outer,
        {
            "name": "ann",
            "inner": {"word": "a", "size": None},
            "tags": ("x",),
            "free": None,
            "timeout": 3.0,
            "extra_body": {"of_another_server": 1},
        },
    )

    assert body == {
        "name": "ann",
        "inner": {"word": "a"},
        "tags": ["x"],
        "of_another_server": 1,
    }


@given(st.floats(allow_nan=True) | st.integers() | st.text() | st.none() | st.booleans())
def test_a_number_is_taken_exactly_when_it_is_in_its_range(value: Any) -> None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 2

    if fits:
        assert number(0, 2)("field", value) == value
    else:
        refusal(number(0, 2), value)
