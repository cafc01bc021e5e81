"""The operations of a document: what there is to choose from, each ready or with its reason.

Reading is free, everything else waits for approval; a document may ask for more care than that
(`x-openai-isConsequential`), never for less.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, get_args

from functions._errors import DeclarationError
from functions._http.value import HttpFunction, Method
from functions._openapi.bodies import put_body
from functions._openapi.document import CannotTake, Document, read
from functions._openapi.parameters import Inputs, parameters_of, put
from functions._openapi.schemas import Schemas
from functions._openapi.security import is_credential, secret_of, wants_secret
from functions._openapi.swagger import renewed
from functions._results.plain import clean
from functions._rules import unique

OPERATIONS = 1250  # what a form in Slack can hold
METHODS = get_args(Method)
OTHERS = ("HEAD", "OPTIONS", "TRACE", "QUERY")
DESCRIPTION = 1000
SIGNS = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the function that it would be, or why it cannot be one.

    `lacks_secret` tells that the document says that it wants one, and none was named.
    """

    key: str
    summary: str
    function: HttpFunction | None = None
    problem: str = ""
    lacks_secret: bool = False


class Spot(NamedTuple):
    """Where an operation stands in a document: its method, its path, and what stands beside it."""

    method: Any
    path: str
    item: dict[str, Any]
    operation: dict[str, Any]
    problem: str = ""

    def told(self, **known: Any) -> Operation:
        """Return it with what is known of it: the function that it would be, or why not."""
        said = self.operation.get("summary") or self.operation.get("description") or ""
        summary = " ".join(clean(str(said)).split())[:200]
        return Operation(f"{self.method} {clean(self.path)}", summary, **known)


@dataclass(frozen=True, slots=True)
class Import:
    """A document's title and operations; `more` were too many to list."""

    title: str
    operations: tuple[Operation, ...]
    more: int = 0


def operations(
    data: bytes,
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
    document = read(data, url)
    names: set[str] = set(taken)
    found: list[Operation] = []
    spots = list(_spots(document))
    for spot in spots[:OPERATIONS]:
        try:
            function, lacks = _function(document, spot, server, secret)
        except (CannotTake, DeclarationError) as error:
            found.append(spot.told(problem=f"{str(error).rstrip('.')}."))
        except (TypeError, AttributeError, KeyError, ValueError, RecursionError):
            found.append(spot.told(problem="it is malformed."))
        else:
            function = replace(function, name=unique(function.name, names))
            names.add(function.name)
            found.append(spot.told(function=function, lacks_secret=lacks))
    info = document.root.get("info")
    title = str(info.get("title") or "") if isinstance(info, dict) else ""
    return Import(title[:200], tuple(found), len(spots) - len(found))


def _spots(document: Document) -> Iterator[Spot]:
    """Yield where operations stand; where none can be found, with the reason."""
    for path, node in document.root["paths"].items():
        if path.startswith("x-"):
            continue
        try:
            item = document.resolved(node)
        except CannotTake as error:
            yield Spot("*", path, {}, {}, str(error))
            continue
        written = {one: item.get(one.lower()) for one in (*METHODS, *OTHERS)}
        if isinstance(more := item.get("additionalOperations"), dict):  # since version 3.2
            written |= {clean(method): operation for method, operation in more.items()}
        for method, operation in written.items():
            if isinstance(operation, dict):
                problem = "" if method in METHODS else "no function can have this method"
                yield Spot(method, path, item, operation, problem)


def _function(
    document: Document, spot: Spot, server: str, secret: str
) -> tuple[HttpFunction, bool]:
    """Return the function that an operation would be, and whether it lacks a secret."""
    method, path, item, operation, problem = spot
    if problem:
        raise CannotTake(problem)
    base = server or document.server(operation, item)
    if "?" in base:  # which would take the path in
        raise CannotTake("its server's address has a query: name the server without one")
    parameters = parameters_of(document, item, operation)
    secret_header = secret_of(document, operation, parameters, secret)
    lacks = secret_header is None and wants_secret(document, operation, parameters)
    inputs = Inputs(Schemas(document))
    if secret_header is not None:
        parameters = [one for one in parameters if not is_credential(secret_header, one)]
    body = operation.get("requestBody")
    if document.is_old:
        kinds = operation.get("consumes", document.root.get("consumes")) or []
        parameters, body = renewed(parameters, kinds)
    for one in parameters:
        put(inputs, one)
    if body is not None:
        put_body(inputs, document.resolved(body))
    words = [str(operation.get(word) or "").strip() for word in ("summary", "description")]
    description = "\n".join(dict.fromkeys(word for word in words if word))
    careful = operation.get("x-openai-isConsequential") is True
    function = HttpFunction(
        name=_name(method, path, operation),
        title=" ".join(words[0].split())[:80],
        description=(description or f"{method} {path}")[:DESCRIPTION],
        url=f"{base.rstrip('/')}/{path.removeprefix('/')}",
        method=method,
        parameters=inputs.schema(),
        approve="always" if method != "GET" or careful else "never",
        secret=secret_header,
        headers={"Content-Type": inputs.content_type} if inputs.content_type else {},
        places=tuple(inputs.places),
    )
    return function, lacks


def _name(method: str, path: str, operation: dict[str, Any]) -> str:
    wanted = str(operation.get("operationId") or f"{method.lower()}_{path}")
    return SIGNS.sub("_", wanted).strip("_")[:60] or method.lower()
