from typing import Any

import pytest

from functions import DeclarationError, translations
from functions._jsonschema.arguments import taken
from functions._jsonschema.check import Checker

WORDS = {
    "dict": ({}, []),
    "HashMap": ({"a": 1}, "a"),
    "tuple": ([1, 2], {}),
    "ArrayList": ([], 1),
    "float": (1.5, "1.5"),
    "double": (2, True),
    "long": (3, 3.5),
    "String": ("a", 1),
    "char": ("a", 1),
    "Boolean": (True, 1),
    "bool": (False, "no"),
}


def parameter(rule: dict[str, Any]) -> dict[str, Any]:
    return taken({"type": "dict", "properties": {"value": rule}, "required": ["value"]})


@pytest.mark.parametrize(("word", "values"), WORDS.items())
def test_types_of_other_languages_mean_their_likes(word: str, values: tuple[Any, Any]) -> None:
    schema = parameter({"type": word})

    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert Checker(schema).faults({"value": values[0]}) == {}
    assert Checker(schema).faults({"value": values[1]}) != {}


def test_any_is_no_limit() -> None:
    assert parameter({"type": "any", "description": "x"})["properties"] == {
        "value": {"description": "x"}
    }


def test_inner_types_are_translated_and_values_are_not() -> None:
    schema = parameter(
        {
            "type": "tuple",
            "items": {"type": "dict", "properties": {"type": {"type": "float"}}},
            "default": [{"type": "dict"}],
        }
    )["properties"]["value"]

    assert schema["items"]["properties"] == {"type": {"type": "number"}}
    assert schema["default"] == [{"type": "dict"}]


def test_marks_beside_a_parameter_become_what_its_owner_requires() -> None:
    schema = taken(
        {
            "properties": {
                "city": {"type": "string", "required": True},
                "days": {"type": "int", "optional": True, "nullable": True},
                "level": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            }
        }
    )

    assert schema["required"] == ["city"]
    assert schema["properties"]["days"] == {"type": ["integer", "null"]}
    assert schema["properties"]["level"] == {"type": "integer", "exclusiveMinimum": 0}


def test_a_word_that_nobody_knows_is_still_refused() -> None:
    with pytest.raises(DeclarationError, match="type should be one or several of object"):
        parameter({"type": "Widget"})


def test_what_was_translated_is_told() -> None:
    schema = {"type": "dict", "properties": {"a": {"type": "any"}, "b": {"type": "string"}}}

    assert translations(schema) == {"dict": "object", "any": "any value"}
