"""One call that could be made: what people are asked about it, and the traces that it leaves."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions._context import ApprovalRequest, Context
from functions._declaring.schema import Schema, holds_secret
from functions._entry import Entry
from functions._jsonschema.check import Checker
from functions._jsonschema.tree import reached
from functions._ledger import Line
from functions._results.plain import bounded
from functions._rules import Ids

SHOWN = 80  # characters of a text in a trace
TRACE = 1000
FORMS = frozenset(("$ref", "anyOf", "oneOf", "allOf"))
HIDDEN = "•••"
_SECRET = re.compile(
    r"pass(word|phrase|code|wd)?$|secret|token|credential|authorization|(api|private|access)_?key"
    r"|iban|card_?number|cvc|(^|_)pin$",
    re.IGNORECASE,
)
Default = tuple[str, Any]
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s.-]+")


@dataclass(frozen=True, slots=True)
class Call:
    """One call whose arguments were checked: `values` for the function, `given` as JSON."""

    entry: Entry
    values: dict[str, Any]
    given: str
    context: Context

    @property
    def approval_request(self) -> ApprovalRequest:
        """Return what a person is asked then."""
        entry, arguments = self.entry, json.loads(self.given)
        parameters = entry.tool["function"]["parameters"]
        return ApprovalRequest(
            call_id=self.context.call_id,
            name=entry.name,
            title=entry.rules.title,
            arguments=self.given,
            defaults=dict(_defaults(arguments, parameters, Checker(parameters))),
            approvers=_named(entry.rules.approvers),
            origin=entry.origin,
            digest=_digest(entry, self.given),
            redacted=redacted(arguments, parameters),
        )

    @property
    def line(self) -> Line:
        """Return what the ledger keeps of it."""
        return Line(
            id=self.context.call_id,
            event=self.context.event,
            name=self.entry.name,
            arguments=self.given,
            effect=self.entry.rules.effect,
            key=self.context.key,
            user=self.context.user.id,
        )


def _named(approvers: str | Ids) -> tuple[str, ...]:
    if isinstance(approvers, frozenset):
        return tuple(sorted(approvers))
    return () if approvers == "requester" else (approvers,)


def _defaults(given: Any, schema: Any, checker: Checker, at: str = "") -> Iterator[Default]:
    """Yield what stands for what was not given, in parts of the arguments too, by where it is."""
    if isinstance(given, list):
        shape = _shape(given, schema, checker, "items")
        for place, one in enumerate(given):
            yield from _defaults(one, shape.get("items"), checker, f"{at}[{place}]")
    elif isinstance(given, dict):
        properties = _shape(given, schema, checker, "properties").get("properties", {})
        for name, rule in properties.items():
            path = f"{at}.{name}" if at else name
            if name in given:
                yield from _defaults(given[name], rule, checker, path)
            elif isinstance(rule, dict) and "default" in rule:
                yield path, rule["default"]


def _shape(given: Any, schema: Any, checker: Checker, word: str) -> Mapping[str, Any]:
    """Return which of the forms of a schema a value has, of those that say so much of it."""
    forms = reached(checker.root, schema, at=FORMS)
    return next((one for one in forms if word in one and checker.accepts(given, one)), {})


def _digest(entry: Entry, given: str) -> str:
    """Bind the arguments to the function as it is declared now: another one was not approved."""
    bound = json.dumps([entry.name, given, entry.definition, entry.rules.effect])
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()


def redacted(arguments: Mapping[str, Any], parameters: Schema) -> str:
    """Return arguments for the audit: field by field, without secrets and without long texts.

    A field that the parameters have no room for is of a function that has changed since: nobody can
    tell any more whether it was a secret, so it is hidden too.
    """
    known, others = parameters.get("properties", {}), parameters.get("additionalProperties")
    rules = {name: known.get(name, others) for name in arguments}
    fields = {
        name: HIDDEN if rule is False or holds_secret(rule, parameters) else _traced(name, value)
        for (name, rule), value in zip(rules.items(), arguments.values(), strict=True)
    }
    return bounded(json.dumps(fields, ensure_ascii=False), TRACE)


def _traced(name: str, value: Any) -> Any:
    if _SECRET.search(_WORD.sub("_", name)):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _traced(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_traced(name, inner) for inner in value]
    if isinstance(value, str) and len(value) > SHOWN:
        return f"({len(value):,} characters)"
    return value
