"""What a handler reads of its request: the JSON body, the form, the query."""

import json
from collections.abc import Collection
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import NAMES, whole, wrong_type
from playground.openai.errors import bad_request
from playground.openai.multipart import Form, is_form, read_form

METADATA = "metadata["


async def read_json(request: web.Request) -> dict[str, Any]:
    """Give the JSON object of a request, or refuse."""
    kind = request.headers.get("Content-Type", "")
    if is_form(kind):
        raise bad_request(
            f"Unsupported content type: '{kind.partition(';')[0]}'. This API method only accepts "
            "'application/json' requests.",
            code="unsupported_content_type",
        )
    try:
        text = await request.text()
        body = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(body, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError) as error:
        raise bad_request("We could not parse the JSON body of your request.") from error
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.")
    return body


async def read_multipart(request: web.Request) -> Form:
    """Give the multipart form of a request, or refuse."""
    return read_form(request.headers.get("Content-Type", ""), await request.read())


def read_query(request: web.Request, known: Collection[str]) -> dict[str, str]:
    """Give the query; parameters that the operation does not know are refused."""
    for name in request.query:
        if name not in known and not ("metadata" in known and name.startswith(METADATA)):
            raise bad_request(f"Unknown query parameter: '{name}'.", name, "unknown_parameter")
    return dict(request.query)


def read_limit(query: dict[str, str], default: int, most: int) -> int:
    """Give how many entries the query wants on a page."""
    written = query.get("limit", default)
    try:
        limit = int(written)
    except ValueError as error:
        raise wrong_type("limit", NAMES[int], written) from error
    whole(1, most)(limit, "limit")
    return limit


def has_metadata(given: dict[str, Any], query: dict[str, str]) -> bool:
    """Say whether metadata are as the query filters them: `metadata[key]=value`."""
    return all(
        given.get(name.removeprefix(METADATA).removesuffix("]")) == value
        for name, value in query.items()
        if name.startswith(METADATA)
    )
