"""What a handler reads of its request: the JSON body, the form, the query."""

from collections.abc import Collection
from typing import Any

from aiohttp import web

from playground.openai.checks.fields import check_range
from playground.openai.errors import bad_request
from playground.openai.multipart import Form, is_form, read_form


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
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise bad_request("We could not parse the JSON body of your request.") from error
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.")
    return body


async def read_multipart(request: web.Request) -> Form:
    """Give the multipart form of a request, or refuse."""
    return read_form(request.headers.get("Content-Type", ""), await request.read())


def read_query(request: web.Request, known: Collection[str], *, prefix: str = "") -> dict[str, str]:
    """Give the query; parameters that the operation does not know are refused."""
    for name in request.query:
        if name not in known and not (prefix and name.startswith(prefix)):
            raise bad_request(f"Unknown query parameter: '{name}'.", name, "unknown_parameter")
    return dict(request.query)


def read_number(query: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    """Give a number of the query within its range."""
    written = query.get(name)
    if written is None:
        return default
    if not written.lstrip("-").isdigit():
        raise bad_request(
            f"Invalid type for '{name}': expected an integer, but got a string instead.",
            name,
            "invalid_type",
        )
    check_range(int(written), int, low, high, name)
    return int(written)
