"""An HTTP function made ready: its schema admitted, its URL read, its request laid out."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from functions._context import Context
from functions._entry import Entry, Values
from functions._errors import Broken, DeclarationError, FunctionError
from functions._faults import Faults
from functions._held.headers import check_header, secret_headers, with_secret
from functions._held.held import admitted, held
from functions._http.hosts import split
from functions._http.request import Misplaced, Request, build, is_json, places_of
from functions._http.value import HttpFunction, Place
from functions._http.web import Answer, Web


def _signed(request: Request, function: HttpFunction, context: Context) -> Request:
    """Return a request with the headers that are ours to add, and with its secrets."""
    headers = dict(request.headers)
    if request.body is not None:
        headers.setdefault("Content-Type", "application/json")
    if function.own_effect != "read" and context.key:
        headers["Idempotency-Key"] = context.key
    headers |= secret_headers(function.secret, context.secret)
    target = with_secret(request.target, function.secret, context.secret)
    return replace(request, target=target, headers=headers)


def _told(answer: Answer) -> str:
    if answer.status < 400:
        return answer.text or f"Done (status {answer.status}, nothing was returned)."
    kind = Broken if answer.status >= 500 else FunctionError
    raise kind(f"It was answered with status {answer.status}. {answer.text.strip()}")


def _rehearsed(request: Request) -> str:
    body = request.body.decode() if request.body is not None else "nothing"
    return (
        f"Not sent, this is only what would be: {request.method} {request.origin}{request.target}, "
        f"with {body} as its body."
    )


def declare_http(function: HttpFunction, web: Web) -> Entry:
    """Make an HTTP function ready, or refuse it with a sentence for whoever registers it."""
    url = split(function.url)
    web.hosts.admit(url.origin)
    function = replace(function, parameters=admitted(function.parameters))
    places = places_of(function, url)
    _check_headers(function, places.values())
    for name, place in places.items():
        if place.put == "path":
            _require(function.parameters, name)

    def misplaced(values: Values) -> Faults:
        try:
            build(function, url, places, values)
        except Misplaced as error:
            argument, reason = error.args
            return {(argument,): [reason]}
        return {}

    async def run(values: Values, context: Context) -> str:
        request = build(function, url, places, values)
        if context.dry_run:
            return _rehearsed(request)
        return _told(await web.send(_signed(request, function, context), function.timeout))

    return held(function, function.parameters, run, origin=str(url.origin), further=misplaced)


def _check_headers(function: HttpFunction, places: Iterable[Place]) -> None:
    """Refuse what cannot be sent, and what the model could put beside or in place of ours."""
    for name, text in function.headers.items():
        if name != "Content-Type" or not is_json(text):
            check_header(name, text)
    ours = [("header", name.lower()) for name in function.headers]
    if function.secret is not None:
        ours += [(one.put, one.header.lower()) for one in function.secret.every]
    given = {(one.put, one.wire.lower()) for one in places}
    for put, name in ours:
        if (put, name) in given or ours.count((put, name)) > 1:
            raise DeclarationError(f"the {put} {name} is given twice.")


def _require(schema: dict[str, Any], name: str) -> None:
    if name not in schema.get("required", []) and "default" not in schema["properties"][name]:
        schema["required"] = [*schema.get("required", []), name]
