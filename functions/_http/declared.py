"""An HTTP function made ready: its schema admitted, its URL read, its request laid out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from functions._context import Context
from functions._entry import Entry, Values
from functions._errors import Broken, DeclarationError, FunctionError
from functions._faults import Faults
from functions._held.arguments import admitted
from functions._held.headers import check_header, secret_header, with_secret
from functions._held.held import held
from functions._http.hosts import split
from functions._http.request import Misplaced, Request, build, is_json, places_of
from functions._http.value import HttpFunction, Place
from functions._http.web import Answer, Web
from functions._results.plain import bounded, clean
from functions._rules import Rules

SAID = 2000


@dataclass(frozen=True, slots=True)
class Sender:
    """Make the calls of one HTTP function."""

    function: HttpFunction
    rules: Rules
    layout: Callable[[Values], Request]
    web: Web

    def faults(self, values: Values) -> Faults:
        """Return the arguments that cannot stand where the request has them."""
        try:
            self.layout(values)
        except Misplaced as error:
            argument, reason = error.args
            return {(argument,): [reason]}
        return {}

    async def run(self, values: Values, context: Context) -> str:
        """Send the request, or tell what it would be."""
        request = self.layout(values)
        if context.dry_run:
            return _rehearsed(request)
        target = with_secret(request.target, self.function.secret, context.secret)
        request = replace(request, target=target, headers=self._all_headers(request, context))
        return _told(await self.web.send(request, self.rules.timeout))

    def _all_headers(self, request: Request, context: Context) -> dict[str, str]:
        found = dict(request.headers)
        if request.body is not None:
            found.setdefault("Content-Type", "application/json")
        if self.rules.effect != "read" and context.key:
            found["Idempotency-Key"] = context.key
        return found | secret_header(self.function.secret, context.secret)


def _told(answer: Answer) -> str:
    if answer.status < 400:
        return answer.text or f"Done (status {answer.status}, nothing was returned)."
    said = bounded(clean(answer.text.strip()), SAID)
    kind = Broken if answer.status >= 500 else FunctionError
    raise kind(f"It was answered with status {answer.status}. {said}")


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
    rules, layout = function.rules(dry_run=True), partial(build, function, url, places)
    sender = Sender(function, rules, layout, web)
    return held(
        function,
        rules,
        function.parameters,
        sender.run,
        origin=str(url.origin),
        further=sender.faults,
    )


def _check_headers(function: HttpFunction, places: Iterable[Place]) -> None:
    """Refuse what cannot be sent, and what the model could put beside or in place of ours."""
    for name, text in function.headers.items():
        if name != "Content-Type" or not is_json(text):
            check_header(name, text)
    ours = [("header", name.lower()) for name in function.headers]
    if function.secret is not None:
        ours.append((function.secret.put, function.secret.header.lower()))
    given = {(one.put, one.wire.lower()) for one in places}
    for put, name in ours:
        if (put, name) in given or ours.count((put, name)) > 1:
            raise DeclarationError(f"the {put} {name} is given twice.")


def _require(schema: dict[str, Any], name: str) -> None:
    if name not in schema.get("required", []) and "default" not in schema["properties"][name]:
        schema["required"] = [*schema.get("required", []), name]
