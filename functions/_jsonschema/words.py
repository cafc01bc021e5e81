"""Types as people and programming languages write them, each as the JSON Schema that it means.

`float`, `List[str]`, `Dict[str, int]`, `Optional[int]`, `str, optional`, `int | None`, `string[]`,
`HashMap<String, Integer>`, `list of strings`. What is not known means nothing, and is left alone.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

from functions._jsonschema.values import TYPES

Schema = dict[str, Any]

WORDS: Mapping[str, str | None] = {
    **dict.fromkeys(("dict", "dictionary", "map", "hashmap", "hashtable", "mapping"), "object"),
    **dict.fromkeys(("json", "struct", "record", "treemap", "linkedhashmap"), "object"),
    **dict.fromkeys(("list", "arraylist", "tuple", "set", "queue", "stack", "vector"), "array"),
    **dict.fromkeys(("sequence", "iterable", "linkedlist", "hashset", "frozenset"), "array"),
    **dict.fromkeys(("ndarray", "np.ndarray", "numpy.ndarray"), "array"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "num", "real"), "number"),
    **dict.fromkeys(("float32", "float64", "percentage"), "number"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint", "int32", "int64"), "integer"),
    **dict.fromkeys(("str", "text", "char", "character", "enum", "url", "uri", "email"), "string"),
    **dict.fromkeys(("date", "datetime", "date-time", "time", "timestamp", "uuid"), "string"),
    **dict.fromkeys(
        ("path", "file", "bytes", "function", "callable", "regex", "geopoint"), "string"
    ),
    **dict.fromkeys(("bool", "logical"), "boolean"),
    **dict.fromkeys(("none", "nonetype", "nil", "undefined", "void"), "null"),
    **{name: name for name in TYPES},
    **dict.fromkeys(("any", "mixed"), None),
}
SIZE = 200
BRACKETS = str.maketrans("<>", "[]")
MARK = re.compile(
    r"(.+?)\s*(?:,\s*optional\b|\(\s*optional\s*\)|\?$|,?\s*\bdefault\b).*", re.IGNORECASE
)
NOTED = re.compile(r"([\w.-]+)\s*\(.*\)")  # `DATE (YYYY-MM-DD)`
PLURAL = re.compile(r"(list|array|tuple|set)s? of (.+)", re.IGNORECASE)


def is_optional(text: str) -> bool:
    """Say whether a type is written as one that may be left out."""
    return MARK.fullmatch(text) is not None or text.lower().startswith("optional[")


def meaning(text: str) -> Schema | None:
    """Return the schema that a type in other words means, or None if nobody knows."""
    marked = MARK.fullmatch(text)
    text = (marked[1] if marked else text).strip()
    if len(text) > SIZE or "\\" in text:
        return None
    if plural := PLURAL.fullmatch(text):
        inner = meaning(plural[2]) or meaning(plural[2].rstrip("s"))
        return None if inner is None else {"type": "array", "items": inner}
    try:
        return _plain(text) or _read(ast.parse(_as_python(text), mode="eval").body)
    except (_Unknown, SyntaxError, ValueError, RecursionError):
        noted = NOTED.fullmatch(text)
        return meaning(noted[1]) if noted else None


class _Unknown(Exception):
    """Nobody knows what is written."""


def _as_python(text: str) -> str:
    """Write `Map<A, B>` and `A[]` so that Python's own parser reads them."""
    return text.translate(BRACKETS).replace("[]", "[()]")


def _plain(word: str) -> Schema | None:
    """Return what a single word means, or None for one that is not known."""
    name = word.lower().removeprefix("typing.")
    kind = WORDS.get(name)
    return {"type": kind} if kind else {} if name in WORDS else None


def _read(node: ast.expr) -> Schema:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Div(), right=right):
            return _united([_read(left), _read(right)])
        case ast.BoolOp(op=ast.Or(), values=members):
            return _united([_read(one) for one in members])
        case ast.Subscript(value=outer, slice=ast.Tuple(elts=inner)):
            return _of(outer, inner)
        case ast.Subscript(value=outer, slice=one):
            return _of(outer, [one])
        case ast.Call(func=outer, args=inner, keywords=[]):
            return _of(outer, inner)
    return _known(_plain(ast.unparse(node)))


def _known(schema: Schema | None) -> Schema:
    if schema is None:
        raise _Unknown
    return schema


def _of(outer: ast.expr, inner: list[ast.expr]) -> Schema:
    """Return what a type with others inside of it means."""
    name = ast.unparse(outer).lower().removeprefix("typing.")
    if name == "callable":  # given as its source
        return {"type": "string"}
    if name == "literal":
        return {"enum": [ast.literal_eval(one) for one in inner]}
    if not inner:
        return {"type": "array", "items": _read(outer)}
    if name == "tuple" and ast.unparse(inner[-1]) == "...":
        inner = inner[:-1]
    members = [_read(one) for one in inner]
    if name in ("union", "optional"):
        return _united([*members, {"type": "null"}] if name == "optional" else members)
    return _holding(_known(_plain(name)), members, is_tuple=name == "tuple")


def _holding(outer: Schema, inner: list[Schema], *, is_tuple: bool) -> Schema:
    """Return the schema of a list or a map of something."""
    if outer == {"type": "array"} and len(inner) == 1:
        return {**outer, "items": inner[0]}
    if outer == {"type": "object"} and len(inner) <= 2:
        return {**outer, "additionalProperties": inner[-1]} if inner[-1] else outer
    if not (is_tuple and inner):
        raise _Unknown
    alike = all(one == inner[0] for one in inner)
    size = {"minItems": len(inner), "maxItems": len(inner)}
    return {**outer, **({"items": inner[0]} if alike else {"prefixItems": inner}), **size}


def _united(members: list[Schema]) -> Schema:
    if {} in members:
        return {}
    if all(list(one) == ["type"] for one in members):
        kinds = [one["type"] for one in members]
        names = [name for kind in kinds for name in (kind if isinstance(kind, list) else [kind])]
        return {"type": list(dict.fromkeys(names))}
    return {"anyOf": [form for one in members for form in one.get("anyOf", [one])]}
