"""From checked arguments to a request: each goes to its place, and none gets out of it. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from functions._errors import DeclarationError
from functions._held.headers import HEADER_TEXT, check_header
from functions._http.hosts import Origin, Url
from functions._http.value import HttpFunction, Place, Put, Style

PLACE = re.compile(r"\{([^{}]*)\}")
IN_QUERY = ("GET", "DELETE")
FORM = "application/x-www-form-urlencoded"
JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json")
SEPARATORS: Mapping[Style, str] = {"commas": ",", "spaces": "%20", "pipes": "%7C", "tabs": "%09"}
TARGET = 8000


class Misplaced(ValueError):
    """An argument, the first of its two texts, cannot stand where it has to; the other says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to be sent, but for its secrets."""

    method: str
    origin: Origin
    target: str
    headers: Mapping[str, str]
    body: bytes | None


def places_of(function: HttpFunction, url: Url) -> dict[str, Place]:
    """Return where each argument goes, or refuse what does not fit together."""
    if any(brace in PLACE.sub("", url.path + url.query) for brace in "{}"):
        raise DeclarationError("the URL has a bracket { or } that has no partner.")
    if _steps_up(url.path):
        raise DeclarationError("the URL has a step such as .. in its path.")
    names = function.parameters.get("properties", {})
    given = {place.argument: place for place in function.places}
    in_url = PLACE.findall(url.path) + PLACE.findall(url.query)
    default = _usual(function)
    found = {name: given.get(name) or Place(argument=name, put=default) for name in names}
    for wire in in_url:
        argument = next(
            (p.argument for p in given.values() if (p.name, p.put) == (wire, "path")), wire
        )
        if argument not in names:
            raise DeclarationError(
                f"the URL has a place {{{wire}}} for which there is no parameter."
            )
        found[argument] = Place(argument=argument, put="path", name=wire)
    _refuse_stray(given, found, in_url)
    return found


def _usual(function: HttpFunction) -> Put:
    """Return where an argument goes that has no place of its own: beside those of the body."""
    puts = {place.put for place in function.places}
    if "form" in puts:
        return "form"
    return "query" if function.method in IN_QUERY or "content" in puts else "body"


def _refuse_stray(
    given: Mapping[str, Place], found: Mapping[str, Place], in_url: list[str]
) -> None:
    for name in given:
        if name not in found:
            raise DeclarationError(f"there is no parameter {name} that could be placed.")
    for place in found.values():
        if place.put == "path" and place.wire not in in_url:
            raise DeclarationError(f"the URL has no place {{{place.wire}}}.")
        if place.put == "header":
            check_header(place.wire, "")
    bodies = [place.put for place in found.values() if place.put in ("body", "form", "content")]
    if len(set(bodies)) > 1 or bodies.count("content") > 1:
        raise DeclarationError("a body is JSON, or a form, or one parameter as a whole.")


def essence(kind: str) -> str:
    """Return a content type without its parameters."""
    return kind.partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Tell whether a content type is JSON, or some kind of it."""
    return JSON.fullmatch(essence(kind)) is not None


def build(
    function: HttpFunction, url: Url, places: Mapping[str, Place], values: Mapping[str, Any]
) -> Request:
    """Lay the values out; raise `Misplaced` for one that cannot stand where it has to."""

    def at(put: Put) -> list[tuple[Place, Any]]:
        given = (place for name, place in places.items() if place.put == put and name in values)
        return [(place, values[place.argument]) for place in given]

    spots = {place.wire: (place.argument, value) for place, value in at("path")}
    path = _filled(url.path, spots)
    _refuse_break_out(path, spots)
    pairs = [_filled(url.query, spots)] if url.query else []
    query = "&".join([*pairs, *_pairs(at("query"))])
    target = f"{path}?{query}" if query else path
    if len(target) > TARGET:
        raise Misplaced("arguments", "are too long for a URL")
    headers = {**function.headers, **dict(_headers(at("header")))}
    body = None
    puts = {place.put for place in places.values()}
    if "form" in puts:
        headers["Content-Type"] = FORM
        body = "&".join(_pairs(at("form"))).encode()
    elif "body" in puts:
        body = _json({place.wire: value for place, value in at("body")})
    for _, value in at("content"):
        body = _json(value)
    return Request(function.method, url.origin, target, headers, body)


def _filled(template: str, spots: Mapping[str, tuple[str, Any]]) -> str:
    def fill(match: re.Match[str]) -> str:
        name, value = spots.get(match[1], (match[1], None))
        text = written(value)
        if not text:
            raise Misplaced(name, "should not be empty, for it stands in the address")
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise Misplaced(name, "should have no control characters, for it stands in the address")
        return _encoded(value)

    return PLACE.sub(fill, template)


def _refuse_break_out(path: str, spots: Mapping[str, tuple[str, Any]]) -> None:
    if _steps_up(path):
        steps = {name: _steps_up(written(value)) for name, value in spots.values()}
        name = max(steps, key=lambda name: steps[name], default="arguments")
        raise Misplaced(name, "should be no step in the address such as ..")


def _steps_up(path: str) -> bool:
    """Say whether a path has a step such as `..`, however it is disguised and decoded."""
    for _ in range(4):
        steps = re.split(r"[/\\]", path)
        if any(step.partition(";")[0] in (".", "..") for step in steps):
            return True
        path = unquote(path)
    return False


def _pairs(given: Iterable[tuple[Place, Any]]) -> Iterator[str]:
    """Yield what goes into the query or a form, each value of a list by itself."""
    for place, value in given:
        style: Style = place.style or ("commas" if place.joined else "")
        for wire, text in _spread(place.wire, value, style):
            yield f"{_encoded(wire)}={text}"


def _spread(wire: str, value: Any, style: Style) -> Iterator[tuple[str, str]]:
    """Yield what one value is encoded as, each part under its own name; null is not written."""
    if value is None:
        return
    if style == "json":
        yield wire, _encoded(_json(value).decode())
    elif style == "brackets" and isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _spread(f"{wire}[{key}]", item, style)
    elif isinstance(value, list) and style in SEPARATORS:
        yield wire, SEPARATORS[style].join(map(_encoded, value))
    elif isinstance(value, list):
        yield from ((wire, _encoded(item)) for item in value if item is not None)
    else:
        yield wire, _encoded(value)


def _encoded(value: Any) -> str:
    """Write a value for an address; commas between those of a list differ from commas in them."""
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ",".join(map(_encoded, value))
    return quote(written(value), safe="")


def _headers(given: Iterable[tuple[Place, Any]]) -> Iterator[tuple[str, str]]:
    for place, value in given:
        text = written(value)
        if not HEADER_TEXT.fullmatch(text):
            raise Misplaced(place.argument, "has characters that cannot stand in a header")
        if value is not None:
            yield place.wire, text.strip()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def written(value: Any) -> str:
    """Write a value as one text, as addresses and headers take it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ",".join(written(item) for item in value)
    return _json(value).decode()
