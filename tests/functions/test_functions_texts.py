"""What the model is told of parameters, and of what is inside of them."""

import dataclasses
from typing import Annotated, Any, NotRequired, Optional, TypedDict

import pytest
from pydantic import BaseModel, Field
from typing_extensions import Doc

from functions import function, testing
from functions._jsonschema.tree import subschemas


def test_texts_for_parameters_come_from_anywhere() -> None:
    @function
    def f(
        a: Annotated[int, Field(description="of Field")],
        b: Annotated[int, "of Annotated"],
        doc: Annotated[int, Doc("of Doc")],
        c: int,
        d: int = Field(4, description="of the default", le=5),
    ) -> None:
        """Do it.

        Args:
            a: hidden
            c: of the docstring
        """

    texts = {
        name: rule["description"]
        for name, rule in testing.schema(f)["parameters"]["properties"].items()
    }
    assert texts == {
        "a": "of Field",
        "b": "of Annotated",
        "doc": "of Doc",
        "c": "of the docstring",
        "d": "of the default",
    }


@dataclasses.dataclass
class Said:
    a: Annotated[int, "of a dataclass"]


class SaidKeys(TypedDict):
    a: NotRequired[Annotated[int, ..., "of a key"]]


class SaidModel(BaseModel):
    a: Annotated[int, Doc("of a model")] = 1


@pytest.mark.parametrize("kind", [Said, SaidKeys, SaidModel, list[Annotated[int, "of an item"]]])
def test_texts_inside_of_types_are_told_too(kind: Any) -> None:
    def f(x: Any) -> None:
        pass

    f.__annotations__["x"] = kind
    schema = testing.schema(function(f))["parameters"]

    assert any(str(node.get("description")).startswith("of a") for node in subschemas(schema))


def test_a_text_of_what_may_be_none_is_that_of_the_parameter() -> None:
    @function
    def f(
        a: Annotated[int, "of Annotated"] | None = None,
        b: Optional[Annotated[int, Field(description="of Field")]] = None,  # noqa: UP045
    ) -> None:
        pass

    properties = testing.schema(f)["parameters"]["properties"]

    assert [rule["description"] for rule in properties.values()] == ["of Annotated", "of Field"]
