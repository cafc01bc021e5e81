"""What tests of OpenAPI documents share: one operation, what becomes of it, what it sends."""

import copy
import json
from dataclasses import replace
from typing import Any

from http_samples import Site, at, offered, site, way_to
from hypothesis import strategies as st

from functions import HttpFunction, Operation, Web, testing
from functions._arguments import BadArguments
from functions._http.declared import declare_http
from functions._openapi.operations import operations

WEB = Web(resolve=at("8.8.8.8"))
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
FORM = "application/x-www-form-urlencoded"


def a_document(version: str = "3.0.3", **parts: Any) -> dict[str, Any]:
    head: dict[str, Any] = {"openapi": version, "servers": [{"url": "https://api.example.com"}]}
    if version == "2.0":
        head = {"swagger": "2.0", "host": "api.example.com", "schemes": ["https"]}
    return {**head, "info": {"title": "t"}, **parts}


def listed(document: dict[str, Any], **options: Any) -> dict[str, Operation]:
    return {one.key: one for one in operations(json.dumps(document).encode(), **options).operations}


def the_one(operation: dict[str, Any], method: str = "post", **options: Any) -> Operation:
    """Return what becomes of one operation; options are parts of the document."""
    secret, version = options.pop("secret", ""), options.pop("version", "3.0.3")
    options["paths"] = {"/x": {method: operation}}
    [one] = listed(a_document(version, **options), secret=secret).values()
    return one


def made(operation: dict[str, Any], method: str = "post", **options: Any) -> HttpFunction:
    one = the_one(operation, method, **options)
    assert one.function is not None, one.problem
    return one.function


def body(schema: Any, kind: str = "application/json", **media: Any) -> dict[str, Any]:
    content = {kind: {"schema": schema, **media}}
    return {"operationId": "f", "requestBody": {"required": True, "content": content}}


def takes(function: HttpFunction, arguments: dict[str, Any]) -> bool:
    try:
        declare_http(function, WEB).read(json.dumps(arguments))
    except BadArguments:
        return False
    return True


async def sent(function: HttpFunction, arguments: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Return the request that a call makes."""
    async with site() as place:
        registry = await offered(moved(function, place), way_to(place))
        result = await registry.call("f", json.dumps(arguments), testing.fake_context(**context))
        assert result.ok, result.text
    [request] = place.requests
    return request


def moved(function: HttpFunction, place: Site) -> HttpFunction:
    url = function.url.replace("https://api.example.com", place.origin)
    return replace(function, url=url, approve="never")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "$ref", "#/", "object"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["$ref", "type", "schema", "name", "properties"]), inner),
    max_leaves=5,
)  # fmt: skip


def spots(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [path] * bool(path) + [
        spot for key, inner in items for spot in spots(inner, (*path, key))
    ]


def broken(document: dict[str, Any], spot: tuple[Any, ...], junk: Any) -> dict[str, Any]:
    """Return a document with junk in one of its spots."""
    made = copy.deepcopy(document)
    *path, last = spot
    node: Any = made
    for step in path:
        node = node[step]
    node[last] = junk
    return made
