"""Schemas of a document made into ours: references gathered under `$defs`, dialects levelled.

What our validator does not check is left out, so that what is shown stays what is accepted; the
server still checks the rest.
"""

import re
from typing import Any

from functions._jsonschema.dialect import renewed
from functions._jsonschema.keywords import LISTS, MAPS, ONES
from functions._jsonschema.rules import fits
from functions._openapi.document import CannotTake, Document
from functions._openapi.kinds import told_apart
from functions._openapi.mixes import followed, merged
from functions._rules import unique

NODES = 1500
TEXT = 700
DROPPED = {
    *("example", "examples", "$schema", "$id", "$comment", "contentSchema", "deprecated"),
    *("$defs", "definitions", "dependencies", "title"),
}
LOOSE = (
    "time",
)  # which documents take for any time of day, and JSON Schema for one with an offset
LETTERS = re.compile(r"[^A-Za-z0-9_.-]+")


class Schemas:
    """The schemas of one operation."""

    def __init__(self, document: Document) -> None:
        self.definitions: dict[str, Any] = {}
        self.document = document
        self._names: dict[str, str] = {}
        self._making: set[str] = set()
        self._bases: set[int] = set()
        self._nodes = 0

    def followed(self, schema: Any) -> Any:
        """Return what a converted schema refers to, if it does no more than that."""
        return followed(schema, self.definitions)

    def convert(self, schema: Any) -> Any:
        """Return a schema of ours; what it refers to is kept in `definitions`."""
        self._nodes += 1
        if self._nodes > NODES:
            raise CannotTake("its schemas are too large")
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        if schema.get("type") == "file":
            raise CannotTake("it takes a file")
        if isinstance(schema.get("$ref"), str):
            return self._reference(schema)
        made = self._mixed(schema, self._keywords(told_apart(schema, self.document)))
        return _nullable(made) if schema.get("nullable") is True else made

    def _keywords(self, schema: dict[str, Any]) -> dict[str, Any]:
        made = {
            keyword: self._inner(keyword, value)
            for keyword, value in renewed(schema).items()
            if keyword not in DROPPED and not keyword.startswith("x-")
        }
        made = {keyword: value for keyword, value in made.items() if fits(keyword, value)}
        if made.get("format") in LOOSE:
            del made["format"]
        self._without_read_only(schema, made)
        return made

    def _mixed(self, schema: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Make a mix plain where it is; `oneOf` is read as it is meant, as one or another."""
        if "oneOf" in made and "anyOf" not in made:
            made["anyOf"] = made.pop("oneOf")
        plain = merged(made, self._ready(), self._bases) if "allOf" in made else made
        is_base = "discriminator" in schema and not schema.keys() & {"oneOf", "anyOf"}
        if is_base and plain.get("properties") and "additionalProperties" not in plain:
            plain["additionalProperties"] = True  # the kinds that it stands for have more keys
            self._bases.add(id(plain))
        return plain

    def _ready(self) -> dict[str, Any]:
        """Return the definitions, those that are still being made as what nothing is merged of."""
        return self.definitions | dict.fromkeys(self._making, True)

    def _inner(self, keyword: str, value: Any) -> Any:
        if keyword in MAPS and isinstance(value, dict):
            return {name: self.convert(inner) for name, inner in value.items()}
        if keyword in LISTS and isinstance(value, list):
            return [self.convert(inner) for inner in value]
        if keyword in ONES:
            if keyword == "items" and isinstance(value, list):
                return [self.convert(inner) for inner in value]
            return self.convert(value)
        if keyword == "description":
            return short(value)
        return value

    def _reference(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = self._named(schema["$ref"])
        made: dict[str, Any] = {"$ref": f"#/$defs/{name}"}
        if self.document.is_new:
            made |= self._keywords({word: one for word, one in schema.items() if word != "$ref"})
        elif schema.get("description"):
            made["description"] = short(schema["description"])
        return _nullable(made) if schema.get("nullable") is True else made

    def _named(self, reference: str) -> str:
        if reference not in self._names:
            wanted = LETTERS.sub("_", reference.rpartition("/")[2])[:60] or "schema"
            name = unique(wanted, self.definitions)
            self._names[reference] = name
            self.definitions[name] = {}  # while its inside may refer back to it
            self._making.add(name)
            self.definitions[name] = self.convert(self.document.target(reference))
            self._making.discard(name)
        return self._names[reference]

    def _without_read_only(self, schema: dict[str, Any], made: dict[str, Any]) -> None:
        """Leave out what only answers hold."""
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return
        for name, inner in properties.items():
            if isinstance(inner, dict) and inner.get("readOnly") is True:
                made["properties"].pop(name, None)
                if "required" in made:
                    made["required"] = [one for one in made["required"] if one != name]


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if isinstance(kind, str) and not schema.keys() & {"allOf", "anyOf", "oneOf", "const"}:
        made = {**schema, "type": [kind, "null"]}
        if "enum" in schema and None not in schema["enum"]:
            made["enum"] = [*schema["enum"], None]
        return made
    return {"anyOf": [schema, {"type": "null"}]}


def short(text: Any) -> str:
    """Return a description as the model is shown it."""
    line = " ".join(str(text).split())
    return line if len(line) <= TEXT else f"{line[:TEXT]}…"
