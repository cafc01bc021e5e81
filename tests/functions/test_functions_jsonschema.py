import json
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import DeclarationError
from functions._arguments import parse
from functions._faults import spell
from functions._held.held import admitted, read
from functions._jsonschema.check import Checker
from functions._jsonschema.dialect import levelled
from functions._jsonschema.patterns import compiled
from functions._jsonschema.rules import admit

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "inner": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name"],
        }
    },
}


def faults(schema: Any, value: Any) -> Any:
    admit(schema)
    return {spell(path): words for path, words in Checker(schema).faults(value).items()}


NAME = {"type": "string"}
RIGHT_AND_WRONG: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"type": "integer"}, [1, 5.0, -3], [1.5, "1", True, None]),
    ({"type": ["string", "null"]}, ["", None], [0, False]),
    ({"enum": [1, "a", None, {"b": [True]}]}, [1.0, None, {"b": [True]}], [True, {"b": [1]}]),
    ({"const": 0}, [0, 0.0], [False, None]),
    ({"const": 1, "enum": [1, 2]}, [1], [2, 3]),
    ({"const": 3, "enum": [1, 2]}, [], [1, 3]),
    ({"multipleOf": 0.1}, [0.3, 4.7, 1], [0.35]),
    ({"exclusiveMinimum": 0, "maximum": 5}, [0.1, 5], [0, 5.1]),
    ({"minLength": 2, "maxLength": 3}, ["ab", "💩💩"], ["a", "abcd"]),
    ({"pattern": "^a+$"}, ["aa"], ["aa\n", "ba"]),
    ({"pattern": r"^\d+$"}, ["12"], ["१२"]),
    ({"pattern": r"^(?!\.)(?!.*\.\.)[\w.]+@(\w+\.)+\w+$"}, ["a.b@c.de"], [".a@c.de", "a..b@c.de"]),
    ({"pattern": r"^(?=.*[a-z])(?=.*(\d|[)])).{2,}$"}, ["a1", ")a"], ["1", "ab", "12"]),
    ({"format": "date"}, ["2024-02-29"], ["2023-02-29", "24-1-1", "2024-02-29T00:00:00Z"]),
    ({"format": "date-time"}, ["2024-01-01T10:00:00Z"], ["2024-01-01", "2024-02-30T10:00:00Z"]),
    ({"format": "date-time"}, ["2024-01-01T23:59:00Z"], ["2024-01-01T24:00:00Z"]),
    ({"format": "date-time"}, ["2024-01-01T10:00:00", "2024-01-01 10:00"], ["tomorrow at 10:00"]),
    ({"format": "time"}, ["23:59:59Z", "10:00+01:30"], ["23:59:60Z", "25:00Z"]),
    ({"format": "time"}, ["10:00:00.5Z"], ["24:00:00Z", "10"]),
    ({"format": "time"}, ["10:00:00", "10:00"], ["10:00 AM", "24:00"]),
    ({"format": "uri"}, ["https://a.example/Zürich?q=日本"], ["https://a b", "a.example"]),
    ({"format": "email"}, ["a.b@c.de"], ["a@", "@b", "a b@c.de"]),
    ({"format": "ipv4"}, ["192.0.2.1"], ["192.0.2.01", "1.2.3"]),
    ({"format": "made-up"}, ["anything"], []),
    ({"uniqueItems": True}, [[1, True, "1"]], [[1, 1.0], [{"a": 1}, {"a": 1}]]),
    ({"uniqueItems": False}, [[1, 1]], []),
    ({"anyOf": [NAME, {"items": {"$ref": "#/anyOf/0"}}]}, ["a", ["a"]], [[1]]),
    ({"prefixItems": [{"type": "string"}], "items": False}, [["a"], []], [["a", 1], [1]]),
    ({"contains": {"type": "string"}, "maxContains": 1}, [["a", 1]], [[1], ["a", "b"]]),
    ({"additionalProperties": False, "properties": {"a": True}}, [{"a": 1}], [{"b": 1}]),
    ({"patternProperties": {"^x": {"type": "integer"}}}, [{"xa": 1, "y": ""}], [{"xa": ""}]),
    ({"propertyNames": {"maxLength": 2}}, [{"ab": 1}], [{"abc": 1}]),
    ({"dependentRequired": {"a": ["b"]}}, [{"a": 1, "b": 2}, {}], [{"a": 1}]),
    ({"anyOf": [{"type": "string"}, {"minimum": 2}]}, ["", 3], [1]),
    ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, [1, 2.5], [3]),
    ({"not": {"type": "string"}}, [1], ["a"]),
    ({"if": {"const": 1}, "then": False, "else": {"type": "integer"}}, [2], [1, "a"]),
    (TREE, [{"name": "a", "inner": [{"name": "b"}]}], [{"name": "a", "inner": [{}]}]),
    (
        {"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False},
        [{"a": 1}],
        [{"b": 1}],
    ),
    (
        {
            "anyOf": [{"properties": {"a": True}}, {"properties": {"b": True}}],
            "unevaluatedProperties": False,
        },
        [{"a": 1, "b": 2}],
        [{"c": 1}],
    ),
]


@pytest.mark.parametrize(("schema", "right", "wrong"), RIGHT_AND_WRONG)
def test_a_value_is_taken_as_the_schema_says(
    schema: dict[str, Any], right: list[Any], wrong: list[Any]
) -> None:
    for value in right:
        assert faults(schema, value) == {}, value
    for value in wrong:
        assert faults(schema, value), value


OLDER: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"items": [{"type": "string"}], "additionalItems": False}, [["a"]], [["a", 1]]),
    ({"minimum": 0, "exclusiveMinimum": True}, [0.1], [0]),
    ({"minimum": 0, "exclusiveMinimum": False}, [0], [-1]),
    ({"exclusiveMaximum": True}, [0], []),
    ({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}, [{"b": 1}], [{"a": 1}, {"c": 1}]),
    ({"dependencies": {"a": ["b"]}, "dependentRequired": {"c": ["d"]}}, [{"b": 1}], [{"c": 1}]),
]


@pytest.mark.parametrize(("schema", "right", "wrong"), OLDER)
def test_what_older_drafts_wrote_is_held_to_as_well(
    schema: dict[str, Any], right: list[Any], wrong: list[Any]
) -> None:
    today = levelled(schema)

    assert not any(faults(today, value) for value in right)
    assert all(faults(today, value) for value in wrong)


def test_every_fault_is_told_by_its_path_without_echo() -> None:
    schema = {
        "properties": {
            "guests": {"items": {"properties": {"age": {"type": "integer", "minimum": 0}}}},
            "day": {"format": "date"},
        },
        "required": ["room"],
        "additionalProperties": False,
    }

    assert faults(schema, {"guests": [{}, {"age": "old"}], "day": "monday", "rooom": 1}) == {
        "": ["room is required"],
        "guests[1].age": ["should be a valid integer (got string)"],
        "day": ["should be a date such as 2026-12-31"],
        "rooom": ["is unknown; known are guests, day"],
    }


def test_of_a_union_the_member_that_was_meant_is_told() -> None:
    schema = {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"minimum": 3}}}]}

    assert faults(schema, {"a": 1}) == {"a": ["should be at least 3"]}
    assert faults(schema, "x") == {"": ["should be a valid null or object (got string)"]}


CAT = {"type": "object", "properties": {"kind": {"const": "cat"}}, "required": ["kind"]}
NO_TEXT = "should be a valid string (got integer)"
DOG = {
    "type": "object",
    "properties": {"kind": {"const": "dog"}, "name": NAME},
    "required": ["kind", "name"],
}
COW = {
    "type": "object",
    "properties": {"kind": {"const": "cow"}, "name": NAME, "horns": {}},
    "required": ["kind", "horns"],
}


@pytest.mark.parametrize(
    ("members", "value", "told"),
    [
        ([CAT, DOG], 5, {"": ["should be a valid object (got integer)"]}),
        ([COW, DOG], {}, {"": ["kind is required"]}),
        ([COW, DOG], {"name": 1}, {"": ["kind is required"], "name": [NO_TEXT]}),
        ([CAT, DOG], {}, {"": ["kind is required"]}),
        ([CAT, DOG], {"kind": "cow"}, {"kind": ['should be "cat"', 'should be "dog"']}),
        ([CAT, DOG], {"kind": "dog"}, {"": ["name is required"]}),
        ([DOG, {"type": "null"}], {"kind": "cat"}, "name is required"),
        ([{"required": ["a", "b"]}, {"required": ["c"]}], {}, "{'': ['c is required']}"),
        ([{"anyOf": [CAT, DOG]}, {"type": "null"}], [], "should be a valid object or null"),
        ([{"required": ["a"]}, {"required": ["b"]}], {}, "['a is required', 'b is required']"),
        ([{"enum": ["a"]}, {"type": "null"}], 5, "should be a valid string or null (got integer)"),
    ],
)
def test_of_a_union_it_is_told_what_would_make_it_fit(
    members: list[Any], value: Any, told: Any
) -> None:
    found = faults({"anyOf": members}, value)

    assert told in str(found) if isinstance(told, str) else found == told


def test_of_a_union_that_does_not_fit_no_key_counts_as_left_over() -> None:
    properties = {"kind": {"const": "cat"}, "age": {"type": "integer"}}
    schema = {"anyOf": [{"properties": properties}, DOG], "unevaluatedProperties": False}

    assert faults(schema, {"kind": "cat", "age": "x"}) == {
        "age": ["should be a valid integer (got string)"]
    }
    assert faults(schema, {"kind": "cat", "name": "x"}) == {"name": ["is not allowed"]}


def test_of_a_list_of_values_all_are_told_whatever_was_given() -> None:
    found = faults({"type": "string", "enum": ["a", "b"]}, 5)

    assert found == {"": ['should be "a" or "b" (got integer)']}


def test_what_is_meant_is_told_before_a_pattern_that_may_be_long() -> None:
    told = faults({"format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}, "soon")

    assert told[""][0].startswith("should be a date such as 2026-12-31 and should match")


def test_values_are_told_as_json_writes_them() -> None:
    found = faults({"enum": ["ä", None, True, 1]}, 5)

    assert found == {"": ['should be "ä" or null or true or 1']}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"minLenght": 3}, "did you mean minLength"),
        ({"type": "text"}, 'type should be "object" or "array"'),
        ({"properties": {"a": {"minimum": "1"}}}, "properties.a.minimum should be a valid number"),
        ({"$ref": "https://example.com/schema"}, "must begin with #/"),
        ({"$ref": "#/nowhere"}, "is no schema in it"),
        ({"$ref": "#"}, "refers to itself"),
        ({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}, "refers to itself"),
        ({"pattern": "(?=x)"}, "looking around nowhere but ahead at its beginning"),
        ({"pattern": "^(?=x)a|b"}, "looking around nowhere but ahead at its beginning"),
        ({"pattern": "^(?=x)*a"}, "looking around nowhere but ahead at its beginning"),
        ({"patternProperties": {"(": True}}, "should be a regular expression"),
        ({"pattern": "(a{50}){50}"}, "2,000 repeats"),
        ({"minLenght": 3}, "minLength."),
        ({"$defs": {"a": {"$id": "b"}}, "$ref": "#/$defs/a"}, "has $id inside"),
        ({"items": 3}, "items should be a valid object or boolean"),
        ({"anyOf": []}, "anyOf should have at least 1 items"),
        ({"enum": [float("nan")]}, "is no JSON"),
        ({"enum": ["\ud800"]}, "is no JSON"),
        (
            {
                "$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in reversed(range(900))}
                | {"d900": {}}
            },
            "more than 32 schemas in a row",
        ),
        ({"description": "x" * 70_000}, "longer than 60,000"),
        ("string", "the top should be a valid object or boolean"),
    ],
)
def test_a_schema_that_could_not_be_held_to_is_refused(schema: Any, told: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        admit(schema)

    assert told in str(caught.value)


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(depth):
        schema = {"items": schema}
    return schema


def test_a_schema_nested_without_end_is_refused() -> None:
    with pytest.raises(DeclarationError):
        admit(nested(200))
    with pytest.raises(DeclarationError):
        admit(nested(100_000))


def test_references_that_multiply_are_bounded_in_work() -> None:
    names = [f"d{number}" for number in range(15)]
    definitions: dict[str, Any] = {
        name: {"anyOf": [{"$ref": f"#/$defs/{after}"}, {"$ref": f"#/$defs/{after}"}]}
        for name, after in pairwise(names)
    }
    definitions["d14"] = {"type": "string"}
    schema = {"$defs": definitions, "items": {"$ref": "#/$defs/d0"}}
    started = time.process_time()

    assert "too large" in faults(schema, [1] * 100)[""][0]
    assert time.process_time() - started < 2


def test_a_union_that_holds_itself_makes_no_more_work_with_every_level() -> None:
    box = {"properties": {"inner": {"$ref": "#/$defs/any"}, "size": {"type": "integer"}}}
    forms = {"any": {"anyOf": [box, {**box, "required": ["size"]}]}}
    checker = Checker(admitted({"properties": {"any": {"$ref": "#/$defs/any"}}, "$defs": forms}))
    value: dict[str, Any] = {"size": None}
    for _ in range(28):
        value = {"inner": value}

    values, _ = read(json.dumps({"any": value}), checker)

    assert json.dumps(values).count("inner") == 28
    assert "size" not in json.dumps(values)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(a|a)*b", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x"]
)
def test_patterns_that_hang_other_engines_are_quick(pattern: str) -> None:
    found = compiled(pattern)
    started = time.process_time()

    found("a" * 64_000 + "!")

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("words", [f"x{' ' * 9000}x", f"x{' ' * 198}x", f"{'list of ' * 23}things"])
def test_a_type_in_many_words_is_refused_at_once(words: str) -> None:
    started = time.process_time()

    with pytest.raises(DeclarationError):
        admitted({"properties": {"a": {"type": words}}})

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "pattern",
    [
        *("(x{1000}){1000}", "(x{1,90}){90}", "((xy){40}){40}", "a{999}b{1002}", "x" * 1001),
        *(")(", "[", "a**{", "^(?=[z-a])x", "^(?=x)[z-a]"),
    ],
)
def test_patterns_that_would_take_much_are_refused(pattern: str) -> None:
    assert compiled(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"^[\w-]+$", "a-b_1", True),
        (r"^\w$", "ä", False),
        (r"^[[&&~]$", "[", True),
        (r"^[a-z&&[aeiou]$", "b", True),
        (r"\/v1\/", "x/v1/y", True),
        (r"^\u0041\x42$", "AB", True),
        (r"^\p{Lu}$", "Ä", True),
        (r"^(?<year>\d{4})-(?:0[1-9]|1[0-2])$", "2026-12", True),
        (r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "0" * 36, False),
        (r"\bword\b", "a word here", True),
        (r"^[^\]]+$", "a]b", False),
    ],
)
def test_patterns_mean_what_they_mean_in_javascript(pattern: str, text: str, fits: bool) -> None:
    assert compiled(pattern)(text) is fits


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
WORDS = st.sampled_from(
    ["type", "properties", "items", "anyOf", "allOf", "not", "$ref", "$defs", "enum", "pattern",
     "required", "minimum", "multipleOf", "uniqueItems", "contains", "if", "then", "format"]
)  # fmt: skip
SCHEMAS = st.recursive(
    JSON, lambda inner: st.dictionaries(WORDS, inner | st.lists(inner, max_size=3), max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(SCHEMAS, JSON)
def test_any_schema_is_refused_in_words_or_held_to(schema: Any, value: Any) -> None:
    try:
        admit(schema)
    except DeclarationError:
        return
    checker = Checker(schema if isinstance(schema, dict) else {"allOf": [schema]})

    assert isinstance(checker.faults(value), dict)


@given(JSON)
def test_a_value_fits_itself_as_constant(value: Any) -> None:
    assert faults({"const": value}, value) == {}
    assert faults({"not": {"const": value}}, value)


@pytest.mark.parametrize("number", ["9007199254740993.0", "1e30"])
def test_a_number_that_is_whole_for_digits_that_it_lost_is_no_integer(number: str) -> None:
    schema = {"properties": {"count": {"type": "integer"}}}

    faults = Checker(schema).faults(parse(f'{{"count": {number}}}')[0])

    assert faults == {("count",): ["should be a valid integer (got number)"]}
