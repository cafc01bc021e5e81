"""Schemas of a document made into ours: references gathered under `$defs`, dialects levelled.

What our validator does not check is left out, so that what is shown stays what is accepted; the
server still checks the rest. Documents write an object as `allOf` of its parts: made plain, its
keys become arguments, and a misspelt one is told.
"""

import re
from collections.abc import Mapping
from typing import Any

from functions._jsonschema.dialect import BESIDE, renewed, single, with_null
from functions._jsonschema.rules import malformed
from functions._jsonschema.tree import changed
from functions._openapi.document import CannotTake, Document
from functions._rules import unique

NODES = 1500
TEXT = 700
DROPPED = {
    *("example", "examples", "$schema", "$id", "$comment", "contentSchema", "deprecated"),
    *("$defs", "definitions", "title"),
}
PART = {
    *("type", "properties", "required", "description", "additionalProperties", "default"),
    "discriminator",
}
LETTERS = re.compile(r"[^A-Za-z0-9_.-]+")

Schema = dict[str, Any]


class Schemas:
    """The schemas of one operation."""

    def __init__(self, document: Document) -> None:
        self.definitions: dict[str, Any] = {}
        self.document = document
        self._names: dict[str, str] = {}
        self._nodes = 0

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
            made = self._reference(schema)
        else:
            made = self._mixed(self._keywords(schema))
        return with_null(made) if schema.get("nullable") is True else made

    def _keywords(self, schema: Schema) -> Schema:
        made = {
            keyword: changed(keyword, value, self.convert)
            for keyword, value in renewed(schema).items()
            if keyword not in DROPPED and not keyword.startswith("x-")
        }
        known = self.document.malformed
        if id(schema) not in known:
            known[id(schema)] = schema, malformed(made)  # kept, so that its identity stays its own
        for keyword in known[id(schema)][1]:
            del made[keyword]
        if "description" in made:
            made["description"] = short(made["description"])
        return self._without_read_only(schema.get("properties"), made)

    def _reference(self, schema: Schema) -> Schema:
        reference = {"$ref": f"#/$defs/{self._named(schema['$ref'])}"}
        counts = schema.keys() - {"$ref"} if self.document.is_new else {"description"}
        beside = {word: one for word, one in schema.items() if word in counts}
        return reference | self._keywords(beside) if beside else reference

    def _named(self, reference: str) -> str:
        if reference not in self._names:
            wanted = LETTERS.sub("_", reference.rpartition("/")[2])[:60] or "schema"
            name = unique(wanted, self.definitions)
            self._names[reference] = name
            self.definitions[name] = {}  # while its inside may refer back to it
            self.definitions[name] = self.convert(self.document.target(reference))
        return self._names[reference]

    def _mixed(self, made: Schema) -> Schema:
        """Make a mix plain where it is; `oneOf` is read as it is meant, as one or another."""
        if "oneOf" in made and "anyOf" not in made:
            made["anyOf"] = made.pop("oneOf")
        plain = merged(made, self.definitions)
        if "discriminator" in made and "properties" in plain and "anyOf" not in plain:
            plain.setdefault("additionalProperties", True)  # its kinds have more keys
        return plain

    def _without_read_only(self, properties: Any, made: Schema) -> Schema:
        """Leave out what only answers hold."""
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            if self._is_read_only(inner):
                made["properties"].pop(name, None)
                made["required"] = [one for one in made.get("required", ()) if one != name]
        return made

    def _is_read_only(self, schema: Any) -> bool:
        if not isinstance(schema, dict):
            return False
        reference = schema.get("$ref")
        inside = self.document.target(reference) if isinstance(reference, str) else None
        return schema.get("readOnly") is True or self._is_read_only(inside)


def short(text: Any) -> str:
    """Return a description as the model is shown it."""
    line = " ".join(str(text).split())
    return line if len(line) <= TEXT else f"{line[:TEXT]}…"


def followed(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what a reference with nothing of weight beside it leads to."""
    for _ in range(len(definitions) + 1):
        if not isinstance(schema, dict) or schema.keys() - BESIDE != {"$ref"}:
            return schema
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def merged(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    """Return an `allOf` of plain objects as one object; any other mix as it is."""
    if "allOf" not in schema:
        return schema
    outer = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
    if (plain := single(schema)) is not schema:
        return plain
    found = [followed(one, definitions) for one in schema["allOf"]]
    if not all(map(_is_part, found)) or not _is_part(outer or {"type": "object"}):
        return schema
    made: Schema = {"type": "object", "properties": {}, "required": []}
    for one in (*found, outer):
        made["required"] += one.get("required", ())
        for name, inner in one.get("properties", {}).items():
            made["properties"][name] = _both(made["properties"].get(name, inner), inner)
        if one.get("additionalProperties", False) is not False and "discriminator" not in one:
            made["additionalProperties"] = one["additionalProperties"]
    return {**made, **{word: outer[word] for word in BESIDE if word in outer}}


def _is_part(schema: Any) -> bool:
    if not isinstance(schema, dict) or not schema or not schema.keys() <= PART:
        return False
    return bool(schema.get("type", "object") == "object")


def _both(one: Any, other: Any) -> Any:
    """Return the schema of a key that two parts describe."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    if all(one[word] == other[word] for word in one.keys() & other.keys() - {"description"}):
        return {**one, **other}
    return {"allOf": [one, other]}
