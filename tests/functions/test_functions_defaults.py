"""Defaults and lists of values: each is one that its parameter takes."""

from typing import Any

import pytest

from functions import DeclarationError
from functions._held.held import admitted
from functions._jsonschema.check import Checker


def parameter(rule: dict[str, Any]) -> dict[str, Any]:
    return admitted({"type": "dict", "properties": {"value": rule}, "required": ["value"]})


@pytest.mark.parametrize(
    ("kind", "values", "meant"),
    [
        ("integer", ["1", "2"], [1, 2]),
        ("float", ["0.5", "1"], [0.5, 1]),
        ("boolean", ["True", "False"], [True, False]),
        ("string", [1, 2], ["1", "2"]),
        ("integer", ["one", "2"], ["one", 2]),
        ("boolean", ["True", "False", "dontcare"], [True, False, "dontcare"]),
        ("integer", [1, "2"], [1]),
        ("string", ["a", "a", None, "b"], ["a", "b"]),
        (["string", "null"], ["a", None, 1], ["a", None]),
        ("any", ["a", 1, 1.0, True], ["a", 1, True]),
    ],
)
def test_values_that_could_not_be_of_their_type_are_written_as_it_has_them(
    kind: str | list[str], values: list[Any], meant: list[Any]
) -> None:
    assert parameter({"type": kind, "enum": values})["properties"]["value"]["enum"] == meant


def test_each_value_of_a_list_of_values_can_be_given() -> None:
    rule = {"type": "boolean", "enum": ["True", "False", "dontcare"]}

    checker = Checker(parameter(rule))

    assert not any(checker.faults({"value": one}) for one in (True, False, "dontcare"))
    assert all(checker.faults({"value": one}) for one in ("True", 1, None, "any"))


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ({"type": "string", "enum": ["a", "b"], "default": "any"}, ["a", "b", "any"]),
        ({"type": "integer", "enum": [1, 2], "default": "1"}, [1, 2]),
        ({"type": "integer", "enum": [1, 2], "default": "any"}, [1, 2, "any"]),
        ({"type": "string", "enum": ["a", "b"], "default": None}, ["a", "b"]),
        ({"type": "string", "enum": ["a", "b"], "default": ["a"]}, ["a", "b"]),
    ],
)
def test_a_default_is_one_of_the_values(rule: dict[str, Any], meant: list[Any]) -> None:
    schema = admitted({"type": "object", "properties": {"value": rule}})

    assert schema["properties"]["value"]["enum"] == meant
    assert not any(Checker(schema).faults({"value": one}) for one in meant)


def test_a_default_that_is_not_taken_is_not_shown() -> None:
    rule = {"type": "integer", "minimum": 1}
    shown = parameter({**rule, "default": 0})["properties"]["value"]

    assert shown == rule


@pytest.mark.parametrize(
    ("kind", "default", "meant"),
    [
        ("boolean", "False", {"default": False}),
        ("float", "1.2", {"default": 1.2}),
        ("integer", "5 years", {}),
        ("array", "all of them", {"items": {}}),
        ("object", {"a": 1}, {"default": {"a": 1}}),
        ("string", None, {"default": None}),
        ("any", "x", {"default": "x"}),
    ],
)
def test_a_default_is_of_its_type_or_not_shown(
    kind: str, default: Any, meant: dict[str, Any]
) -> None:
    shown = parameter({"type": kind, "default": default})["properties"]["value"]

    assert {word: shown[word] for word in shown if word != "type"} == meant


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_default_that_is_no_number_is_refused_in_words(number: float) -> None:
    with pytest.raises(DeclarationError, match="no JSON"):
        parameter({"type": "any", "default": number})


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ({"type": "list", "items": "str"}, ["a"], [1]),
        ({"type": "List[str]", "items": {"enum": ["a"]}}, ["a"], ["b"]),
        ({"const": None}, None, "a"),
    ],
)
def test_what_is_said_in_an_unusual_way_counts(rule: Any, right: Any, wrong: Any) -> None:
    checker = Checker(parameter(rule))

    assert checker.faults({"value": right}) == {}
    assert checker.faults({"value": wrong}) != {}


def test_an_empty_default_and_a_required_key_by_its_name_are_kept() -> None:
    rule = {"type": "array", "items": {}, "default": []}

    schema = admitted({"properties": {"a": rule, "b": {}}, "required": "b"})

    assert schema["properties"]["a"] == rule
    assert schema["required"] == ["b"]
