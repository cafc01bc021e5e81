"""How a document says that its server is told who asks, and where our secrets go by that."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from functions._held.definition import SecretHeader
from functions._openapi.document import CannotTake, Document

CREDENTIALS = ("token", "access_token", "oauth_token", "auth_token")
KEY = re.compile(
    r"authorization|(.*[_-])?(api[_-]?key|(auth|access|server)[_-]?token)", re.IGNORECASE
)
SIGNS = re.compile(r"[^a-z0-9]+")
Node = dict[str, Any]
Needed = list[Node]


def wants_secret(document: Document, operation: Node, parameters: Iterable[Node]) -> bool:
    """Tell whether an operation cannot be called without a secret."""
    needed = _needed(document, operation)
    return all(needed) if needed else bool(_keys(operation, parameters))


def secret_of(
    document: Document, operation: Node, parameters: Iterable[Node], name: str
) -> SecretHeader | None:
    """Return where a secret goes, as the document describes its security; else the usual place.

    Of several ways the plainest counts. A way that wants several secrets at once has each by its
    own name behind ours. Where none is described, the one parameter that is a key by its name is
    the place.
    """
    needed = _needed(document, operation)
    if not name or (not needed and "security" in operation):
        return None
    found, problems = [], []
    for way in filter(None, needed):
        try:
            found.append(_placed(document, way, name))
        except CannotTake as error:
            problems.append(str(error))
    if problems and not found:
        raise CannotTake(problems[0])
    keys = [] if needed else _keys(operation, parameters)
    if len(keys) == 1 and keys[0]["name"].lower() != "authorization":
        return SecretHeader(secret=name, header=keys[0]["name"], prefix="", put=keys[0]["in"])
    return min(found, key=_effort, default=SecretHeader(secret=name))


def is_credential(secret: SecretHeader, parameter: Node) -> bool:
    """Tell whether a parameter is where the secret goes, or a second place for it."""
    name = str(parameter.get("name")).lower()
    here = {(one.put, one.header.lower()) for one in secret.every}
    bears = ("header", "authorization") in here
    return (parameter.get("in"), name) in here or (bears and name in CREDENTIALS)


def _effort(secret: SecretHeader) -> int:
    """Rank ways: a header, a key in the URL, a cookie, what is made of two words; last several."""
    if secret.beside or secret.prefix == "Basic ":
        return 3 + len(secret.beside)
    return ("header", "query", "cookie").index(secret.put)


def _needed(document: Document, operation: Node) -> Needed:
    return operation.get("security", document.root.get("security")) or []


def _keys(operation: Node, parameters: Iterable[Node]) -> list[Node]:
    """Return the parameters that are keys by their names, if nothing is said against it."""
    return [
        one
        for one in parameters
        if one.get("required") is True and one.get("in") in ("header", "query")
        if KEY.fullmatch(str(one.get("name"))) and "security" not in operation
    ]


def _placed(document: Document, way: Node, name: str) -> SecretHeader:
    """Return where the secret of one way goes; the flows of one login all go to one place."""
    places = {_place(document, wanted, name): wanted for wanted in way}
    if len(places) == 1:
        return next(iter(places))
    for wanted in way:
        name = name.removesuffix(_suffix(wanted))  # where one of the several was named
    first, *others = (
        replace(place, secret=name + _suffix(wanted)) for place, wanted in places.items()
    )
    return replace(first, beside=tuple(others))


def _suffix(wanted: str) -> str:
    return "_" + SIGNS.sub("_", wanted.lower()).strip("_")


def _place(document: Document, wanted: str, name: str) -> SecretHeader:
    schemes = document.root.get("components", {}).get("securitySchemes") or {}
    scheme = document.resolved(schemes.get(wanted) or {})
    kind, how = scheme.get("type"), str(scheme.get("scheme") or "bearer").lower()
    if kind == "apiKey":
        put = scheme.get("in")
        if put not in ("header", "query", "cookie"):
            raise CannotTake(f"its key {wanted} goes where no secret is put")
        return SecretHeader(secret=name, header=str(scheme.get("name")), prefix="", put=put)
    if kind == "basic" or (kind == "http" and how == "basic"):
        return SecretHeader(secret=name, prefix="Basic ")
    if kind == "mutualTLS" or (kind == "http" and how != "bearer"):
        raise CannotTake(f"it wants {how if kind == 'http' else kind}, which is not known here")
    return SecretHeader(secret=name)
