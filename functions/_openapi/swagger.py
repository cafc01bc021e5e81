"""Documents of version 2, called Swagger then, written as version 3 does."""

from typing import Any

from functions._http.request import FORM
from functions._openapi.document import CannotTake

Node = dict[str, Any]

STYLES = {"csv": "form", "multi": "form", "ssv": "spaceDelimited", "pipes": "pipeDelimited",
          "tsv": "tabDelimited"}  # fmt: skip
OWN = ("name", "in", "required", "style", "explode", "collectionFormat")


def renewed(given: list[Node], kinds: list[str]) -> tuple[list[Node], Node | None]:
    """Return parameters, of which some made up the body, and the body apart.

    `kinds` are the types of bodies that the operation takes.
    """
    fields = [one for one in given if one.get("in") == "formData"]
    bodies = [one for one in given if one.get("in") == "body"]
    rest = [_renewed(one) for one in given if one.get("in") not in ("formData", "body")]
    if bodies:
        media = {"schema": bodies[0].get("schema") or {}}
        content = dict.fromkeys(kinds or ["application/json"], media)
        return rest, {"content": content, "required": bodies[0].get("required") is True}
    return rest, _form(fields, kinds) if fields else None


def _form(fields: list[Node], kinds: list[str]) -> Node:
    if any(one.get("type") == "file" for one in fields):
        raise CannotTake("its body is a form with a file")
    if kinds and FORM not in kinds:
        raise CannotTake(f"its body is {kinds[0]}, and neither JSON nor a plain form")
    needed = [one["name"] for one in fields if one.get("required") is True]
    schema = {"properties": {one["name"]: _schema(one) for one in fields}, "required": needed}
    media = {"schema": schema, "encoding": {one["name"]: _style(one) for one in fields}}
    return {"content": {FORM: media}, "required": bool(needed)}


def _renewed(one: Node) -> Node:
    kept: Node = {word: one[word] for word in ("name", "in", "required") if word in one}
    return {**kept, "schema": _schema(one), **(_style(one) if one.get("in") == "query" else {})}


def _schema(one: Node) -> Node:
    return {word: value for word, value in one.items() if word not in OWN}


def _style(one: Node) -> Node:
    """Return how a list is written: with commas unless told."""
    how = str(one.get("collectionFormat", "csv"))
    is_apart = how == "multi" or one.get("type") != "array"
    return {"style": STYLES.get(how, how), "explode": is_apart}
