"""References by a name that a schema gives itself."""

from typing import Any

import pytest

from functions import DeclarationError
from functions._held.held import admitted
from functions._jsonschema.check import Checker

NODE = {"type": "object", "properties": {"value": {"type": "integer"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"n": {**NODE, "$anchor": "node"}}, "properties": {"a": {"$ref": "#node"}}},
        {
            "$defs": {"a/b": {**NODE, "$dynamicAnchor": "node"}},
            "properties": {"a": {"type": "array", "items": {"$dynamicRef": "#node"}}},
        },
        {
            "$recursiveAnchor": True,
            "properties": {"a": {"$recursiveRef": "#"}, "value": {"type": "integer"}},
        },
    ],
    ids=["anchor", "dynamic", "recursive"],
)
def test_a_reference_by_a_name_leads_where_it_is_given(schema: dict[str, Any]) -> None:
    checker = Checker(admitted({"type": "object", **schema}))
    is_list = schema["properties"]["a"].get("type") == "array"
    right, wrong = {"value": 1}, {"value": "x"}

    assert checker.faults({"a": [right] if is_list else right}) == {}
    assert checker.faults({"a": [wrong] if is_list else wrong}) != {}


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(DeclarationError, match="refers to #node"):
        admitted({"type": "object", "properties": {"a": {"$ref": "#node"}}})
