import json
from typing import Any

import pytest

from functions import DeclarationError, HttpFunction, Registry
from functions._arguments import BadArguments
from functions._held.held import admitted, read
from functions._jsonschema.check import Checker
from functions._jsonschema.tree import subschemas

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
    return admitted({"type": "dict", "properties": {"value": rule}, "required": ["value"]})


@pytest.mark.parametrize(("word", "values"), WORDS.items())
def test_types_of_other_languages_mean_their_likes(word: str, values: tuple[Any, Any]) -> None:
    schema = parameter({"type": word})

    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert Checker(schema).faults({"value": values[0]}) == {}
    assert Checker(schema).faults({"value": values[1]}) != {}


TAKEN = {"type": "dict", "properties": {"day": {"type": "str"}}}
TOOLS = [
    {"type": "function", "function": {"name": "a", "description": "b", "parameters": TAKEN}},
    {"name": "a", "description": "b", "parameters": TAKEN, "response": {"type": "dict"}},
    {"name": "a", "inputSchema": TAKEN, "annotations": {"readOnlyHint": True}},
    {"name": "a", "input_schema": TAKEN},
]


@pytest.mark.parametrize("tool", TOOLS)
def test_of_a_tool_that_is_given_whole_the_parameters_are_taken(tool: dict[str, Any]) -> None:
    assert admitted(tool) == admitted(TAKEN)


def test_a_parameter_may_have_the_name_of_a_part_of_a_tool() -> None:
    rule = {"type": "string", "description": "x"}

    assert admitted({"name": rule, "parameters": rule})["properties"].keys() == {
        "name",
        "parameters",
    }


@pytest.mark.parametrize("word", ["any", "any | int", "Union[str, any]"])
def test_any_is_no_limit(word: str) -> None:
    assert parameter({"type": word, "description": "x"})["properties"] == {
        "value": {"description": "x"}
    }


def test_inner_types_are_translated_and_values_are_not() -> None:
    schema = parameter(
        {
            "type": "tuple",
            "items": {"type": "dict", "properties": {"type": {"type": "String"}}},
            "default": [{"type": "dict"}],
        }
    )["properties"]["value"]

    assert schema["items"]["properties"] == {"type": {"type": "string"}}
    assert schema["default"] == [{"type": "dict"}]


def test_marks_beside_a_parameter_become_what_its_owner_requires() -> None:
    schema = admitted(
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
    with pytest.raises(DeclarationError, match='type should be "object" or'):
        parameter({"type": "Widget"})


@pytest.mark.parametrize("kind", [5, {}, [5, []], [[]], [None]])
def test_a_type_that_is_no_word_is_refused_in_words(kind: Any) -> None:
    with pytest.raises(DeclarationError, match="the schema is wrong"):
        parameter({"type": kind, "enum": [1, "a"]})


MEANT: dict[str, tuple[Any, Any]] = {
    "List[str]": (["a"], [1]),
    "Dict[str, List[float]]": ({"a": [1.5]}, {"a": 1}),
    "Tuple[int, int]": ([1, 2], [1]),
    "Tuple[str, int]": (["a", 1], [1, 1]),
    "Optional[int]": (None, "1"),
    "Union[str, List[str]]": (["a"], None),
    "Tuple[int, ...]": ([1, 2, 3], ["a"]),
    "date-time": ("2026-12-31T23:59:00Z", 1),
    "int | None": (None, "1"),
    "str, optional": ("a", 1),
    "int, default is 5": (1, "1"),
    "string[]": (["a"], "a"),
    "HashMap<String, Integer>": ({"a": 1}, {"a": "b"}),
    "list of strings": (["a"], [1]),
    "integer/float": (1.5, "a"),
    "Literal['a', 'b']": ("a", "c"),
    "Callable[[float], float]": ("lambda x: x", 1),
    "DATE (YYYY-MM-DD)": ("2026-12-31", 1),
}


@pytest.mark.parametrize(("word", "values"), MEANT.items())
def test_types_with_types_inside_are_understood(word: str, values: tuple[Any, Any]) -> None:
    checker = Checker(parameter({"type": word}))

    assert checker.faults({"value": values[0]}) == {}
    assert checker.faults({"value": values[1]}) != {}


@pytest.mark.parametrize(
    "word", ["List[Widget]", "List[int", "int]", "Tuple[...]", "[]", "a" * 999]
)
def test_types_that_are_half_known_are_refused(word: str) -> None:
    with pytest.raises(DeclarationError, match="type should be"):
        parameter({"type": word})


def test_parameters_need_nothing_around_them() -> None:
    schema = admitted(
        {
            "city": {"description": "where", "type": "str"},
            "days": {"description": "how many", "type": "int, optional"},
            "hours": {"description": "how many", "type": "Optional[int]"},
            "unit": {"type": "str", "default": "C"},
        }
    )

    assert schema["type"] == "object"
    assert schema["required"] == ["city"]
    assert schema["properties"]["days"] == {"type": "integer", "description": "how many"}


def test_parameters_may_say_of_nothing_that_there_is_none() -> None:
    said = {"type": None, "description": "d", "enum": [], "possible_values": ["a"]}
    schema = admitted({"a": {**said, "required": True}, "b": {**said, "required": False}})

    assert schema["required"] == ["a"]
    assert schema["properties"]["b"] == {"description": "d", "enum": ["a"], "type": "string"}


def test_a_schema_may_be_written_as_gemini_has_it() -> None:
    rule = {"type_": "ARRAY", "items": {"type_": "IMAGE"}, "minItems": "1", "maxItems": "2"}

    assert parameter({**rule, "propertyOrdering": ["a"]})["properties"]["value"] == {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": 2,
    }


def test_a_parameter_that_takes_null_may_be_left_out_where_nothing_else_is_said() -> None:
    schema = admitted({"a": {"type": "str"}, "b": {"type": "str", "nullable": True}})

    assert schema["required"] == ["a"]


def test_null_is_one_of_the_values_where_the_type_takes_it() -> None:
    rule = {"type": ["string", "null"], "enum": ["celsius", "fahrenheit"]}

    assert parameter(rule)["properties"]["value"] == {
        "type": ["string", "null"],
        "enum": ["celsius", "fahrenheit", None],
    }


def test_values_beside_a_list_are_those_of_its_items() -> None:
    rule = {"type": "array", "items": {"type": "string"}, "enum": ["a", "b"]}

    assert parameter(rule)["properties"]["value"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
    }
    assert parameter({**rule, "enum": [["a"], ["b"]]})["properties"]["value"]["enum"]


def test_other_words_for_keywords_are_translated_and_idle_ones_left_out() -> None:
    rule = {"type": "string", "options": ["a"], "default_value": "a", "optional": True, "in": "x"}

    assert parameter({**rule, "items": None})["properties"]["value"] == {
        "type": "string",
        "enum": ["a"],
        "default": "a",
    }


@pytest.mark.parametrize("rule", [{"properties": {}}, {"properties": {"a": {}}, "required": ["b"]}])
def test_an_object_inside_that_does_not_name_its_keys_takes_any(rule: dict[str, Any]) -> None:
    checker = Checker(parameter({"type": "dict", **rule}))

    assert checker.faults({"value": {"b": 1}}) == {}


BOX = {"type": "object", "properties": {"size": {"type": "integer"}}}


@pytest.mark.parametrize(
    "rule",
    [
        BOX,
        {"anyOf": [BOX, {"type": "null"}]},
        {"$ref": "#/$defs/box"},
        {"type": "array", "items": BOX},
    ],
)
def test_keys_inside_are_known_or_refused_and_null_means_not_given(rule: dict[str, Any]) -> None:
    schema = admitted({"properties": {"value": rule}, "$defs": {"box": BOX}})
    given = [{"size": None}] if "items" in rule else {"size": None}

    values, _ = read(json.dumps({"value": given}), Checker(schema))
    with pytest.raises(BadArguments, match="sise: is unknown, did you mean size"):
        read(json.dumps({"value": given}).replace("size", "sise"), Checker(schema))

    assert values == {"value": [{}] if "items" in rule else {}}


def test_a_key_that_is_required_is_described_unless_any_may_be_given() -> None:
    schema = {"properties": {"size": {"type": "integer"}}, "required": ["size", "colour"]}

    with pytest.raises(DeclarationError, match="requires colour and does not describe it"):
        admitted(schema)
    checker = Checker(admitted({**schema, "additionalProperties": True}))

    assert checker.faults({"size": 1, "colour": "red"}) == {}
    assert "colour is required" in str(checker.faults({"size": 1}))


def test_what_another_schema_judges_too_may_have_further_keys() -> None:
    rule = {"allOf": [BOX, {"type": "object", "properties": {"colour": {"type": "string"}}}]}

    checker = Checker(parameter(rule))

    assert checker.faults({"value": {"size": 1, "colour": "red"}}) == {}


def test_parameters_are_known_or_refused_though_one_of_them_refers_to_all_with_others() -> None:
    inner = {"allOf": [{"$ref": "#"}, {"required": ["size"]}]}
    checker = Checker(admitted({"properties": {"size": {"type": "integer"}, "inner": inner}}))

    assert "sise" in str(checker.faults({"sise": 1}))


def test_a_required_parameter_must_be_given_though_it_has_a_default() -> None:
    schema = {"properties": {"a": {"type": "int", "default": 1}}, "required": ["a"]}

    with pytest.raises(BadArguments, match="a is required"):
        read("{}", Checker(admitted(schema)))


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_no_parameters_may_be_written_in_several_ways(nothing: Any) -> None:
    given = {"name": "f", "description": "d", "url": "https://a.example", "parameters": nothing}

    assert HttpFunction.load(given).parameters == {}


def test_a_name_with_dots_is_refused_with_one_that_goes() -> None:
    given = {"name": "math.power", "description": "d", "url": "https://a.example.com/x"}

    with pytest.raises(DeclarationError, match="math_power"):
        Registry().admit(HttpFunction.load(given))


def test_the_first_items_of_a_list_are_written_as_today() -> None:
    rule = {"items": [{"type": "float"}, {"type": "str"}], "additionalItems": False}

    schema = parameter({"type": "tuple", **rule})

    assert schema["properties"]["value"] == {
        "type": "array",
        "prefixItems": [{"type": "number"}, {"type": "string"}],
        "items": False,
    }
    assert not Checker(schema).faults({"value": [1.5, "a"]})
    assert Checker(schema).faults({"value": [1.5, "a", 1]})


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "array"},
        {"type": ["array", "null"]},
        {"anyOf": [{"type": "tuple"}, {"type": "string"}]},
        {"type": "array", "items": []},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
        {"type": "dict", "properties": {"inner": {"type": "array", "items": {"type": "list"}}}},
        {"if": {"type": "array"}, "then": {"minItems": 1}},
    ],
)
def test_every_list_says_what_its_items_are(rule: dict[str, Any]) -> None:
    lists = [one for one in subschemas(parameter(rule)) if "array" in str(one.get("type"))]

    assert lists
    assert all("items" in one and not isinstance(one["items"], list) for one in lists)


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ({"enum": ["a", "b"]}, "string"),
        ({"enum": ["a", 1, None]}, ["string", "integer", "null"]),
        ({"const": 1.5}, "number"),
        ({"enum": [[1], {}]}, ["array", "object"]),
    ],
)
def test_values_say_what_they_are(rule: dict[str, Any], kinds: str | list[str]) -> None:
    assert parameter(rule)["properties"]["value"]["type"] == kinds


def test_items_that_another_schema_looks_at_are_not_taken_from_it() -> None:
    first = {"type": "array", "prefixItems": [{"type": "string"}]}

    checker = Checker(parameter({"allOf": [first], "unevaluatedItems": False}))

    assert not checker.faults({"value": ["a"]})
    assert checker.faults({"value": ["a", "b"]})


def test_a_parameter_is_required_once() -> None:
    properties = {"a": {"type": "int", "required": True}, "b": {"type": "int"}}

    schema = admitted({"type": "object", "properties": properties, "required": ["a", "b", "a"]})

    assert schema["required"] == ["a", "b"]


def test_the_key_that_tells_forms_apart_may_be_noted_beside_them() -> None:
    cat = {"type": "object", "properties": {"kind": {"const": "cat"}}, "required": ["kind"]}

    schema = parameter({"oneOf": [cat], "discriminator": {"propertyName": "kind"}})

    assert Checker(schema).faults({"value": {"kind": "cat"}}) == {}
    assert Checker(schema).faults({"value": {"kind": "dog"}}) != {}


def test_a_schema_that_only_refers_to_another_is_opened() -> None:
    tree = {"type": "object", "properties": {"kids": {"items": {"$ref": "#/$defs/Tree"}}}}

    schema = admitted({"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}})

    assert "$ref" not in schema
    assert Checker(schema).faults({"kids": [{"kids": []}]}) == {}
    assert Checker(schema).faults({"kids": [{"kid": []}]}) != {}


@pytest.mark.parametrize("note", ["enumNames", "errorMessage", "markdownDescription", "x-order"])
def test_what_forms_and_editors_say_of_a_parameter_is_a_note(note: str) -> None:
    assert parameter({"type": "string", note: "d"})["properties"]["value"][note] == "d"


def test_an_object_that_stands_alone_in_a_mix_takes_no_keys_but_its_own() -> None:
    box = {"type": "object", "properties": {"size": {"type": "integer"}}}
    rule = {"allOf": [{"$ref": "#/$defs/Box"}], "description": "d", "nullable": True}

    schema = admitted({"properties": {"value": rule}, "$defs": {"Box": box}})

    assert Checker(schema).faults({"value": {"size": 1}}) == {}
    assert Checker(schema).faults({"value": None}) == {}
    assert Checker(schema).faults({"value": {"sice": 1}}) != {}
