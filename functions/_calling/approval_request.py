"""Make the request for approval of one call, and the trace that it leaves. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from functions._approval import ApprovalRequest
from functions._declaring.schema import Schema, holds_secret
from functions._entry import Entry
from functions._results.plain import bounded
from functions._rules import Ids

SHOWN = 80  # characters of a text in a trace
TRACE = 1000
HIDDEN = "•••"
_SECRET = re.compile(
    r"pass(word|phrase|code|wd)?$|secret|token|credential|authorization|(api|private|access)_?key"
    r"|iban|card_?number|cvc|(^|_)pin$",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s.-]+")


def approval_request(entry: Entry, given: str, call_id: str) -> ApprovalRequest:
    """Return what is asked about a call whose checked arguments are `given`, as JSON."""
    arguments = json.loads(given)
    parameters = entry.tool["function"]["parameters"]
    return ApprovalRequest(
        call_id=call_id,
        name=entry.name,
        title=entry.rules.title,
        arguments=given,
        defaults=_defaults(arguments, parameters.get("properties", {})),
        approvers=_named(entry.rules.approvers),
        origin=entry.origin,
        digest=_digest(entry, given),
        redacted=redacted(arguments, parameters),
    )


def _named(approvers: str | Ids) -> tuple[str, ...]:
    if isinstance(approvers, frozenset):
        return tuple(sorted(approvers))
    return () if approvers == "requester" else (approvers,)


def _defaults(arguments: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: rule["default"]
        for name, rule in properties.items()
        if name not in arguments and isinstance(rule, dict) and "default" in rule
    }


def _digest(entry: Entry, given: str) -> str:
    """Bind the arguments to the function as it is declared now: another one was not approved."""
    bound = json.dumps([entry.name, given, entry.definition, entry.rules.effect])
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()


def redacted(arguments: Mapping[str, Any], parameters: Schema) -> str:
    """Return arguments for the audit: field by field, without secrets and without long texts."""
    known, others = parameters.get("properties", {}), parameters.get("additionalProperties")
    fields = {
        name: HIDDEN if _is_secret(known.get(name, others), parameters) else _traced(name, value)
        for name, value in arguments.items()
    }
    return bounded(json.dumps(fields, ensure_ascii=False), TRACE)


def _is_secret(rule: Any, parameters: Schema) -> bool:
    """Tell whether the schema says so, as pydantic's does of `SecretStr`, of a value or a part."""
    return isinstance(rule, dict) and holds_secret(rule, parameters)


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
