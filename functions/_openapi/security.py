"""How a document says that its server is told who asks, and where our secret goes by that."""

from typing import Any

from functions._held.definition import SecretHeader
from functions._openapi.document import CannotTake, Document

CREDENTIALS = ("token", "access_token", "oauth_token", "auth_token")
Needed = list[dict[str, Any]]


def wants_secret(document: Document, operation: dict[str, Any]) -> bool:
    """Tell whether an operation cannot be called without a secret."""
    needed = _needed(document, operation)
    return bool(needed) and all(needed)


def secret_of(document: Document, operation: dict[str, Any], name: str) -> SecretHeader | None:
    """Return where a secret goes, as the document describes its security; else the usual place.

    Of several ways that each take one secret the plainest counts.
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
    return min(found, key=_effort, default=SecretHeader(secret=name))


def is_credential(secret: SecretHeader, parameter: dict[str, Any]) -> bool:
    """Tell whether a parameter is where the secret goes, or a second place for it."""
    name = str(parameter.get("name")).lower()
    same = (secret.put, secret.header.lower()) == (parameter.get("in"), name)
    return same or (secret.header == "Authorization" and name in CREDENTIALS)


def _effort(secret: SecretHeader) -> int:
    """Rank ways: a header, a key in the URL, a cookie; last what is made of two words."""
    if secret.prefix == "Basic ":
        return 3
    return ("header", "query", "cookie").index(secret.put)


def _needed(document: Document, operation: dict[str, Any]) -> Needed:
    return operation.get("security", document.root.get("security")) or []


def _placed(document: Document, way: dict[str, Any], name: str) -> SecretHeader:
    if len(way) > 1:
        raise CannotTake(f"it wants several secrets at once ({', '.join(way)}), and one is sent")
    (wanted,) = way
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
