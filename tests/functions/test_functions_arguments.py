import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions._arguments import BadArguments, parse
from functions._faults import show

BROKEN = {
    "not JSON": "{",
    "two objects": "{}{}",
    "a list": "[]",
    "null": "null",
    "a text": '"{}"',
    "a fence": "```json\n{}\n```",
    "a key twice": '{"a": 1, "a": 1}',
    "a key twice inside": '{"a": {"b": 1, "b": 2}}',
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a number past all floats": '{"a": 1e999}',
    "a number below all decimals": '{"a": 1e-99999999999999999999}',
    "a huge integer": '{"a": ' + "9" * 10_000 + "}",
    "half a surrogate pair": '{"a": "\\ud800"}',
    "half a surrogate pair as key": '{"\\udfff": 1}',
    "a raw surrogate": '{"a": "\ud800"}',
    "too much": '{"a": "' + "x" * 64_000 + '"}',
    "too deep": '{"a": ' * 65 + "1" + "}" * 65,
    "deeper than the stack": "[" * 60_000,
    "bytes that are no text": b'{"a": "\xff"}',
    "an object that is no text": {"a": 1},
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_broken_arguments_are_refused(text: str) -> None:
    with pytest.raises(BadArguments) as refusal:
        parse(text)

    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "price": NaN}', "price: is NaN"),
        ('{"items": [{"price": 1}, {"price": -Infinity}]}', "items[1].price: is -Infinity"),
        ('{"a": [1, [1e999]]}', "a[1][0]: is too large"),
        ('{"a": [0e-99999999999999999999]}', "a[0]: has too large an exponent"),
        ('{"a": {"b c": ' + "9" * 300 + "}}", 'a."b c": has more than 256 digits'),
        ('{"a": {"b": "\\ud800"}}', "b: contains half"),
        ('{"a": [{"\\udfff": 1}]}', "a[0]: has a key that contains half"),
    ],
)
def test_what_is_no_number_and_no_text_is_told_by_its_field(text: str, told: str) -> None:
    with pytest.raises(BadArguments) as refusal:
        parse(text)

    assert told in str(refusal.value)


def test_all_that_is_no_number_and_no_text_is_told_at_once() -> None:
    with pytest.raises(BadArguments) as refusal:
        parse('{"a": NaN, "b": ["\\ud800", 1e999], "c": 1}')

    assert str(refusal.value).count("\n- ") == 3


@pytest.mark.parametrize("text", [None, "", " \n\t", "{}", b"{}", b""])
def test_empty_text_means_no_arguments(text: str | bytes | None) -> None:
    assert parse(text) == ({}, b"{}")


def test_a_whole_number_with_a_point_is_an_integer() -> None:
    value, clean = parse('{"a": 5.0, "b": 5.5, "c": 1e3, "d": 1e300}')

    assert value == {"a": 5, "b": 5.5, "c": 1000, "d": 1e300}
    assert isinstance(value["a"], int)
    assert isinstance(value["d"], float)
    assert json.loads(clean) == value


def test_nesting_up_to_the_limit_is_read() -> None:
    text = '{"a": ' * 64 + "1" + "}" * 64

    assert json.loads(parse(text)[1]) == json.loads(text)


def test_keys_are_shown_short_and_visible() -> None:
    assert show("a\n\x00") == '"a\\n\\u0000"'
    assert len(show("k" * 1000)) < 80


@given(st.one_of(st.text(), st.binary()))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        value, clean = parse(text)
    except BadArguments:
        return

    assert json.loads(clean) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_every_proper_object_is_read_as_it_is(value: dict[str, object]) -> None:
    assert parse(json.dumps(value))[0] == value
