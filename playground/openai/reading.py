"""What a handler reads of its request: the JSON body, the form, texts or tokens."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import Rule, check_object, wrong_type
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
        text = await request.text()
        body = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(body, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError) as error:
        raise bad_request("We could not parse the JSON body of your request.") from error
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.")
    return body


async def read_object(
    request: web.Request, rules: Mapping[str, Rule], required: Collection[str]
) -> dict[str, Any]:
    """Give the JSON object of a request, checked by the rules of its fields."""
    body = await read_json(request)
    check_object(body, rules, required)
    return body


async def read_multipart(request: web.Request) -> Form:
    """Give the multipart form of a request, or refuse."""
    return read_form(request.headers.get("Content-Type", ""), await request.read())


def texts_or_tokens(given: Any, param: str) -> list[str | list[int]]:
    """Give a list of texts and of tokens, one or many of which were sent, or refuse."""
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        raise wrong_type(param, "one of a string or array", given)
    if not given:
        raise bad_request(f"Invalid '{param}': empty array.", param, "empty_array")
    if all(isinstance(one, int) for one in given):
        return [given]
    for place, one in enumerate(given):
        is_tokens = isinstance(one, list) and all(isinstance(token, int) for token in one)
        if not (isinstance(one, str) or is_tokens):
            raise wrong_type(f"{param}[{place}]", "one of a string or array of integers", one)
    return given
