"""pydantic's generator of JSON Schema, held to what the validation really does with JSON.

It refuses what pydantic would leave out or promise without accepting it, and says what keys a
dict takes and how a decimal number is written, about which pydantic is silent.
"""

import contextlib
import inspect
import json
from typing import Any, get_type_hints

from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, JsonSchemaWarningKind
from pydantic_core import PydanticSerializationError, core_schema

from functions._declaring.annotations import unmarked, words

WHOLE = r"^(0|-?[1-9][0-9]*)$"
SIGNED = "^[+-]?"
_DIGITS = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
NUMBER = f"{SIGNED}{_DIGITS}$"
FRACTION = f"{SIGNED}([0-9]+/0*[1-9][0-9]*|{_DIGITS})$"
COMPLEX = f"{SIGNED}({_DIGITS}([+-]({_DIGITS})?[jJ])?|({_DIGITS})?[jJ])$"
IMPORTS = "import_string"  # what validates an `ImportString`
UNHASHABLE = ("list", "dict", "set", "typed-dict")
SCALARS = ["string", "number", "boolean", "null"]
KEYS: dict[Any, JsonSchemaValue] = {
    "integer": {"pattern": WHOLE},
    "number": {"pattern": NUMBER},
    "boolean": {"enum": ["true", "false"]},
}


class Generator(GenerateJsonSchema):
    """Make the schema of what is accepted."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only repeat the name."""
        return False

    def generator_schema(self, schema: core_schema.GeneratorSchema) -> JsonSchemaValue:
        """Refuse iterators: they would be handed over unchecked."""
        raise PydanticInvalidForJsonSchema("an iterator is not checked before the call: use list")

    def is_subclass_schema(self, schema: core_schema.IsSubclassSchema) -> JsonSchemaValue:
        """Refuse classes, which JSON cannot hold."""
        raise PydanticInvalidForJsonSchema("a class cannot be written as JSON")

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Refuse enumerations without members, and members that JSON cannot tell."""
        name = schema["cls"].__name__
        if not schema["members"]:
            raise PydanticInvalidForJsonSchema(f"the enumeration {name} has no members")
        if not all(_is_plain(member.value) for member in schema["members"]):
            raise PydanticInvalidForJsonSchema(
                f"the members of {name} must be texts or numbers, for they are called by value"
            )
        return super().enum_schema(schema)

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        """Refuse values that no JSON is equal to."""
        if not all(_is_plain(value) for value in schema["expected"]):
            raise PydanticInvalidForJsonSchema(
                "a Literal must hold texts and numbers here: write the value, or use StrEnum"
            )
        return super().literal_schema(schema)

    def encode_default(self, dft: Any) -> Any:
        """Leave out a default inside that JSON cannot hold, such as NaN."""
        found = super().encode_default(dft)
        try:
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except ValueError as error:
            raise PydanticSerializationError(str(error)) from error
        return found

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Say which keys are taken."""
        found = super().dict_schema(schema)
        keys: Any = schema.get("keys_schema", core_schema.any_schema())
        named = self._named(self.generate_inner(keys), has_numbers="sub_type" in keys)
        patterns = found.pop("patternProperties", None)
        if patterns:
            found["additionalProperties"] = next(iter(patterns.values()))
        if named.get("enum") == []:
            raise PydanticInvalidForJsonSchema(
                "its keys are numbers, and those of a JSON object are texts: use an IntEnum or int"
            )
        if named.keys() - {"type"}:
            found["propertyNames"] = named
        return found

    ordered_dict_schema = counter_schema = frozendict_schema = dict_schema

    def _named(self, keys: JsonSchemaValue, has_numbers: bool = True) -> JsonSchemaValue:
        """Turn the schema of keys into that of the names by which JSON writes them.

        Numbers are taken as such of an enumeration of numbers (`sub_type`), and of no other values.
        """
        keys = self.resolve_ref_schema(keys)
        if "anyOf" in keys:
            return {"anyOf": [self._named(one) for one in keys["anyOf"]]}
        if "enum" in keys or "const" in keys:
            values = keys.get("enum", [keys.get("const")])
            return {"enum": [str(one) for one in values if has_numbers or isinstance(one, str)]}
        kind = keys.get("type", "string")
        if "string" in kind:
            return keys
        if kind not in KEYS:
            raise PydanticInvalidForJsonSchema("the keys of a JSON object are texts: use a list")
        return KEYS[kind]

    def custom_error_schema(self, schema: core_schema.CustomErrorSchema) -> JsonSchemaValue:
        """Say what `Hashable` takes."""
        is_hashable = schema["custom_error_type"] == "is_hashable"
        return {"type": SCALARS} if is_hashable else super().custom_error_schema(schema)

    def set_schema(self, schema: Any) -> JsonSchemaValue:
        """Say that a set of anything takes what can be in one, and refuse one of lists."""
        found, items = super().set_schema(schema), schema.get("items_schema", {})
        if items.get("type") in UNHASHABLE or getattr(items.get("cls"), "__hash__", True) is None:
            raise PydanticInvalidForJsonSchema("a set cannot hold what may change: use a list")
        return found if found["items"] else {**found, "items": {"type": SCALARS}}

    frozenset_schema = set_schema

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Say that the tag must be given, and of forms that code tells apart that any may fit."""
        found = super().tagged_union_schema(schema)
        forms = {"anyOf": found["oneOf"]}
        if "discriminator" not in found:
            return forms
        tag = found["discriminator"]["propertyName"]
        return {**forms, "discriminator": {"propertyName": tag}, "required": [tag]}

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Say how a number is written as text, and how many digits either has."""
        found = super().decimal_schema(schema)
        text, number = _digits(schema.get("max_digits"), schema.get("decimal_places"))
        for form in found.get("anyOf", ()):
            form |= {"pattern": text} if form.get("type") == "string" else {**number, **form}
        return found

    def fraction_schema(self, schema: core_schema.FractionSchema) -> JsonSchemaValue:
        """Say how a fraction is written as text."""
        found = super().fraction_schema(schema)
        for form in found["anyOf"]:
            if form["type"] == "string":
                form["pattern"] = FRACTION
        return found

    def complex_schema(self, schema: core_schema.ComplexSchema) -> JsonSchemaValue:
        """Say how a complex number is written."""
        return {**super().complex_schema(schema), "pattern": COMPLEX}

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """Refuse what would import whatever a model names."""
        called = schema.get("function")
        if isinstance(called, dict) and getattr(called["function"], "__name__", "") == IMPORTS:
            raise PydanticInvalidForJsonSchema("a model must not choose what is imported: use str")
        return super().generate_inner(schema)

    def dataclass_args_schema(self, schema: core_schema.DataclassArgsSchema) -> JsonSchemaValue:
        """Leave out the fields that a dataclass fills in by itself."""
        taken = [one for one in schema["fields"] if one.get("init", True)]
        return super().dataclass_args_schema({**schema, "fields": taken})

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe the fields of a model in the words that stand in their annotations."""
        return _described(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        """Describe the fields of a dataclass likewise."""
        return _described(super().dataclass_schema(schema), schema["cls"])

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        """Describe the keys of a TypedDict likewise."""
        return _described(super().typed_dict_schema(schema), schema.get("cls"))

    def model_field_schema(self, schema: core_schema.ModelField) -> JsonSchemaValue:
        """Refuse a field that is read from inside of another."""
        alias = schema.get("validation_alias")
        if isinstance(alias, list) and not _names(alias):
            raise PydanticInvalidForJsonSchema("a field by AliasPath has no name of its own")
        return super().model_field_schema(schema)

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        """Refuse a union of which one member would be left out; other warnings do not matter."""
        if kind == "skipped-choice":
            raise PydanticInvalidForJsonSchema(detail)


def _described(found: JsonSchemaValue, kind: Any) -> JsonSchemaValue:
    if inspect.isabstract(kind):
        raise PydanticInvalidForJsonSchema(
            f"{kind.__name__} is abstract: name the classes that can be made, as in Cat | Dog"
        )
    properties, hints = found.get("properties", {}), {}
    with contextlib.suppress(Exception):  # a type is not known where the class stands
        hints = get_type_hints(kind, include_extras=True)
    for name, hint in hints.items():
        if name in properties and (text := words(unmarked(hint))):
            properties[name].setdefault("description", text)
    return found


def _digits(most: int | None, places: int | None) -> tuple[str, JsonSchemaValue]:
    """Return the pattern of a decimal with so many digits, and what a number of that kind is."""
    before = 0 if most is None else most - (places or 0)
    if places is None or (most is not None and before < 1):
        return NUMBER, {}
    many = f"{{1,{before}}}" if before else "+"
    text = rf"{SIGNED}0*[0-9]{many}(\.[0-9]{{0,{places}}}0*)?$"
    bounds = {"exclusiveMinimum": -(10**before), "exclusiveMaximum": 10**before} if before else {}
    return text, {"multipleOf": float(f"1e-{places}"), **bounds}


def _is_plain(value: Any) -> bool:
    """Say whether JSON has this very value; members of `StrEnum` and `IntEnum` are such."""
    return value is None or isinstance(value, str | int | float)


def _names(alias: list[Any]) -> list[Any]:
    """Return those ways to a value, of one or of several, that are no more than a name."""
    ways = alias if alias and isinstance(alias[0], list) else [alias]
    return [way for way in ways if len(way) == 1]
