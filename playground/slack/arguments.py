"""Reads a method's arguments from wherever Slack's clients put them: query, form or JSON."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField

from playground.slack.refusal import Json, Refusal

# Arguments that are JSON; in a query string or a form they arrive as JSON text. The words are
# what Slack answers when that text cannot be read.
_JSON_ARGUMENTS = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "chunks": "invalid_chunks",
    "files": "invalid_arguments",
    "loading_messages": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "prompts": "invalid_arguments",
    "view": "invalid_arguments",
}


async def read_arguments(request: web.Request) -> Json:
    """Collect the arguments of one request; the body wins over the query string."""
    found: Json = dict(request.query) if request.query_string else {}
    if request.method == "POST" and request.can_read_body:
        found.update(await _body(request))
    return {name: _decoded(name, value) for name, value in found.items()}


async def _body(request: web.Request) -> Mapping[str, Any]:
    if request.content_type == "application/json":
        return parsed_object(await request.read(), "invalid_json", "json_not_object")
    try:
        form = await request.post()
    except (AssertionError, HttpProcessingError, LookupError, ValueError) as error:
        raise Refusal("invalid_form_data") from error
    return {name: value for name, value in form.items() if not isinstance(value, FileField)}


def parsed_object(text: bytes, word: str, other: str) -> Json:
    """Read a JSON object; refuse with a word what is no JSON, with the other what is no object."""
    found = _parsed(text, word)
    if not isinstance(found, dict):
        raise Refusal(other)
    return found


def _parsed(text: str | bytes, word: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(word) from error


def _decoded(name: str, value: Any) -> Any:
    word = _JSON_ARGUMENTS.get(name)
    return value if word is None or not isinstance(value, str) else _parsed(value, word)


class Arguments:
    """One call's arguments, asked for by kind; a missing or odd one refuses the call."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text, or the default where it was not given."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise Refusal("invalid_arguments", f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def need(self, name: str) -> str:
        """Return an argument that Slack insists on."""
        value = self.text(name)
        if not value:
            raise self._missing(name)
        return value

    def need_items(self, name: str) -> list[Json]:
        """Return a JSON list of objects that Slack insists on."""
        if found := self.items(name):
            return found
        raise self._missing(name)

    def need_object(self, name: str) -> Json:
        """Return a JSON object that Slack insists on."""
        if (found := self.object(name)) is not None:
            return found
        raise self._missing(name)

    def _missing(self, name: str) -> Refusal:
        return Refusal("invalid_arguments", f"missing required field: {name}")

    def flag(self, name: str) -> bool:
        """Return a yes/no argument, however the client spelled it."""
        return str(self.values.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self.text(name)
        try:
            return int(float(value)) if value else default
        except (ValueError, OverflowError) as error:
            raise Refusal("invalid_arguments", f"must be a number: {name}") from error

    def items(self, name: str) -> list[Json] | None:
        """Return a JSON list of objects, or None where it was not given."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Refusal(_JSON_ARGUMENTS.get(name, "invalid_arguments"))
        return value

    def object(self, name: str) -> Json | None:
        """Return a JSON object, or None where it was not given."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise Refusal(_JSON_ARGUMENTS.get(name, "invalid_arguments"))
        return value
