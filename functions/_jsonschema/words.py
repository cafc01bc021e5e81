"""Types as people and programming languages write them, each as the JSON Schema that it means.

`float`, `List[str]`, `Dict[str, int]`, `Optional[int]`, `str, optional`, `int | None`, `string[]`,
`HashMap<String, Integer>`, `list of strings`. What is not known means nothing, and is left alone.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

NAMES = {
    "object": "object dict dictionary map hashmap hashtable mapping json struct record treemap "
    "linkedhashmap",
    "array": "array list arraylist tuple set queue stack vector sequence iterable linkedlist "
    "hashset frozenset ndarray np.ndarray numpy.ndarray",
    "number": "number float double decimal numeric num real float32 float64 percentage",
    "integer": "integer int long short byte bigint int32 int64",
    "string": "string str text char character enum url uri email date datetime date-time time "
    "timestamp uuid path file image audio video binary bytes base64 function callable regex "
    "geopoint",
    "boolean": "boolean bool logical",
    "null": "null none nonetype nil undefined void",
}
WORDS: Mapping[str, Schema] = {
    **{word: {"type": kind} for kind, words in NAMES.items() for word in words.split()},
    **{"any": {}, "mixed": {}, "unknown": {}},
}
SIZE = 200
BRACKETS = str.maketrans("<>", "[]")
MARK = re.compile(
    r"(.+?)\s*+(?:,\s*+optional\b|\(\s*+optional\s*+\)|\?$|,?\s*+\bdefault\b).*", re.IGNORECASE
)
NOTED = re.compile(r"([\w.-]+)\s*\(.*\)")  # `DATE (YYYY-MM-DD)`
PLURAL = re.compile(r"(list|array|tuple|set)s? of (.+)", re.IGNORECASE)


def is_optional(text: str) -> bool:
    """Say whether a type is written as one that may be left out."""
    is_marked = len(text) <= SIZE and MARK.fullmatch(text) is not None
    return is_marked or text.lower().startswith("optional[")


def meaning(text: str) -> Schema | None:
    """Return the schema that a type in other words means, or None if nobody knows."""
    if len(text) > SIZE or "\\" in text:
        return None
    marked = MARK.fullmatch(text)
    text = (marked[1] if marked else text).strip()
    if plural := PLURAL.fullmatch(text):
        inner = meaning(plural[2])
        if inner is None and text.endswith("s"):
            inner = meaning(plural[2].rstrip("s"))
        return None if inner is None else {"type": "array", "items": inner}
    try:
        return _read(ast.parse(text.translate(BRACKETS).replace("[]", "[()]"), mode="eval").body)
    except (LookupError, SyntaxError, ValueError, RecursionError):
        if text.lower() in WORDS:  # which need not be Python
            return _word(text)
        noted = NOTED.fullmatch(text)
        return meaning(noted[1]) if noted else None


def united(members: list[Schema]) -> Schema:
    """Return the schema of what any of these takes."""
    if {} in members:
        return {}
    if any(list(one) != ["type"] for one in members):
        return {"anyOf": [form for one in members for form in one.get("anyOf", [one])]}
    kinds = [one["type"] for one in members]
    names = dict.fromkeys(
        name for kind in kinds for name in ([kind] if isinstance(kind, str) else kind)
    )
    return {"type": list(names) if len(names) > 1 else kinds[0]}


def _word(word: str) -> Schema:
    return {**WORDS[word.lower().removeprefix("typing.")]}


def _read(node: ast.expr) -> Schema:
    """Return what is written; raise `LookupError` if nobody knows."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Div(), right=right):
            return united([_read(left), _read(right)])
        case ast.BoolOp(op=ast.Or(), values=members):
            return united([_read(one) for one in members])
        case ast.Subscript(value=outer, slice=ast.Tuple(elts=inner)):
            return _of(outer, inner)
        case ast.Subscript(value=outer, slice=one):
            return _of(outer, [one])
        case ast.Call(func=outer, args=inner, keywords=[]):
            return _of(outer, inner)
    return _word(ast.unparse(node))


def _of(outer: ast.expr, inner: list[ast.expr]) -> Schema:
    """Return what a type with others inside of it means."""
    name = ast.unparse(outer).lower().removeprefix("typing.")
    if name == "callable":  # given as its source
        return {"type": "string"}
    if name == "literal":
        return {"enum": [ast.literal_eval(one) for one in inner]}
    if not inner:
        return {"type": "array", "items": _read(outer)}
    members = [_read(one) for one in inner if ast.unparse(one) != "..."]
    if name in ("union", "optional"):
        return united([*members, {"type": "null"}] if name == "optional" else members)
    return _holding(_word(name), members, is_tuple=name == "tuple")


def _holding(outer: Schema, inner: list[Schema], *, is_tuple: bool) -> Schema:
    """Return the schema of a list or a map of something."""
    if outer == {"type": "array"} and len(inner) == 1:
        return {**outer, "items": inner[0]}
    if outer == {"type": "object"} and len(inner) in (1, 2):
        return {**outer, "additionalProperties": inner[-1]} if inner[-1] else outer
    if not (is_tuple and inner):
        raise LookupError
    return {**outer, "prefixItems": inner, "minItems": len(inner), "maxItems": len(inner)}
