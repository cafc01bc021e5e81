"""The arguments of one operation in the making: each with its schema and its place."""

from dataclasses import dataclass, field
from typing import Any

from functions._http.value import Place, Put, Style
from functions._jsonschema.tree import reached
from functions._openapi.document import Document
from functions._openapi.schemas import LETTERS, Schemas, short
from functions._rules import unique


@dataclass(slots=True)
class Inputs:
    """The arguments so far; `content_type` is that of the body, where it is not the usual one."""

    schemas: Schemas
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    content_type: str = ""

    @property
    def document(self) -> Document:
        """Return the document that they are of."""
        return self.schemas.document

    def add(self, schema: Any, put: Put, wire: str, *, required: bool, style: Style = "") -> None:
        """Add an argument of the server's name, which is made legal and its own."""
        wanted = LETTERS.sub("_", wire).strip("_")[:60] or put
        taken = wanted in self.properties
        name = unique(f"{wanted}_{put}", self.properties) if taken else wanted
        joined = style == "commas"
        place = Place(
            argument=name, put=put, name=wire, joined=joined, style="" if joined else style
        )
        self.properties[name] = schema
        self.places.append(place)
        if required:
            self.required.append(name)

    def schema(self) -> dict[str, Any]:
        """Return the schema of all arguments."""
        made: dict[str, Any] = {"type": "object", "properties": self.properties}
        if self.required:
            made["required"] = self.required
        whole = {**made, "$defs": self.schemas.definitions}
        used = {str(one.get("$ref")).rpartition("/")[2] for one in reached(whole, made)}
        definitions = {name: one for name, one in whole["$defs"].items() if name in used}
        return {**made, "$defs": definitions} if definitions else made


def described(schema: Any, one: dict[str, Any]) -> Any:
    """Return a schema with the description that stands beside it."""
    if isinstance(schema, dict) and one.get("description") and "description" not in schema:
        return {**schema, "description": short(one["description"])}
    return schema
