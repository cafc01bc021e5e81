"""The operations of a document: what there is to choose from, each ready or with its reason.

Reading is free, everything else waits for approval; a document may ask for more care than that
(`x-openai-isConsequential`), never for less.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

from functions._errors import DeclarationError
from functions._http.value import HttpFunction, Method, SecretHeader
from functions._openapi.document import CannotTake, Document, read
from functions._openapi.inputs import inputs_of
from functions._openapi.schemas import unique

OPERATIONS = 1000
DESCRIPTION = 1000
SIGNS = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the function that it would be, or why it cannot be one."""

    key: str
    summary: str
    function: HttpFunction | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """A document's title and operations; `more` were too many to list."""

    title: str
    operations: tuple[Operation, ...]
    more: int = 0


def operations(
    text: str | bytes,
    *,
    url: str = "",
    server: str = "",
    secret: str = "",
    taken: Collection[str] = (),
) -> Import:
    """Return what a document offers.

    `url` is where it came from, for servers that it names relative to that; `server` counts instead
    of those it names; `secret` is the name of the secret to send; `taken` are names in use.
    """
    document = read(text, url)
    names: set[str] = set(taken)
    found: list[Operation] = []
    entries = list(_entries(document))
    for method, path, item, operation in entries[:OPERATIONS]:
        one = _operation(document, method, path, item, operation, (server, secret))
        if one.function is not None:
            name = unique(one.function.name, names)
            names.add(name)
            one = replace(one, function=replace(one.function, name=name))
        found.append(one)
    info = document.root.get("info")
    title = str(info.get("title") or "") if isinstance(info, dict) else ""
    return Import(title[:200], tuple(found), len(entries) - len(found))


def _entries(document: Document) -> Iterator[tuple[Method, str, dict[str, Any], dict[str, Any]]]:
    for path, node in document.root["paths"].items():
        try:
            item = document.resolved(node)
        except CannotTake:
            continue
        for method in get_args(Method):
            if isinstance(item.get(method.lower()), dict):
                yield method, path, item, item[method.lower()]


def _operation(
    document: Document,
    method: Method,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
    choices: tuple[str, str],
) -> Operation:
    key = f"{method} {path}"
    summary = " ".join(str(operation.get("summary") or operation.get("description") or "").split())
    try:
        function = _function(document, method, path, item, operation, choices)
    except (CannotTake, DeclarationError) as error:
        return Operation(key, summary[:200], problem=f"{key} cannot be taken: {error}.")
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError):
        return Operation(key, summary[:200], problem=f"{key} cannot be taken: it is malformed.")
    return Operation(key, summary[:200], function)


def _function(
    document: Document,
    method: Method,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
    choices: tuple[str, str],
) -> HttpFunction:
    server, secret = choices
    base = server or document.server(operation, item)
    inputs = inputs_of(document, item, operation)
    words = [str(operation.get(word) or "").strip() for word in ("summary", "description")]
    description = "\n".join(dict.fromkeys(word for word in words if word))
    careful = operation.get("x-openai-isConsequential") is True
    return HttpFunction(
        name=_name(method, path, operation),
        title=" ".join(words[0].split())[:80],
        description=(description or f"{method} {path}")[:DESCRIPTION],
        url=base.rstrip("/") + path,
        method=method,
        parameters=inputs.schema(),
        approve="always" if method != "GET" or careful else "never",
        secret=_secret(document, operation, secret),
        places=tuple(inputs.places),
    )


def _name(method: str, path: str, operation: dict[str, Any]) -> str:
    wanted = str(operation.get("operationId") or f"{method.lower()}_{path}")
    return SIGNS.sub("_", wanted).strip("_")[:60] or method.lower()


def _secret(document: Document, operation: dict[str, Any], name: str) -> SecretHeader | None:
    """Return the header in which the secret goes, as the document describes its security."""
    if not name:
        return None
    needed = operation.get("security", document.root.get("security")) or []
    schemes = _schemes(document)
    for wanted in (word for one in needed if isinstance(one, dict) for word in one):
        scheme = document.resolved(schemes.get(wanted) or {})
        if scheme.get("type") == "apiKey":
            if scheme.get("in") != "header":
                raise CannotTake("it wants its key in the address, where secrets are not put")
            return SecretHeader(secret=name, header=str(scheme.get("name")), prefix="")
        if str(scheme.get("scheme")).lower() == "basic" or scheme.get("type") == "basic":
            return SecretHeader(secret=name, prefix="Basic ")
    return SecretHeader(secret=name)


def _schemes(document: Document) -> dict[str, Any]:
    components = document.root.get("components")
    found = components.get("securitySchemes") if isinstance(components, dict) else None
    found = document.root.get("securityDefinitions", {}) if document.is_old else found
    return found if isinstance(found, dict) else {}
