"""What an admin wants of an HTTP function, as words of a line or inputs of a form. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from bot.desk.errors import UsageError
from bot.desk.parameters import Picks, Rest, Shown, as_object, ids
from functions import HttpFunction, McpFunction, SecretHeader

EFFECT = Shown(
    menu=(
        ("By the method: GET reads, else it changes something", "auto"),
        ("It only reads", "read"),
        ("It changes something, and may be repeated safely", "idempotent"),
        ("It changes something, and must never run twice", "once"),
    )
)
_WHO = Shown(
    menu=(
        ("Members of this workspace", "members"),
        ("Everyone, guests too", "everyone"),
        ("Admins of the bot", "admins"),
        ("Only those named", "named"),
    )
)
_WHERE = Shown(
    menu=(
        ("Anywhere", "anywhere"),
        ("Channels", "channels"),
        ("Direct messages", "dms"),
        ("Only the channels named", "named"),
    )
)
APPROVE = Shown(
    menu=(("Where it changes something", "auto"), ("Always", "always"), ("Never", "never"))
)
_APPROVERS = Shown(menu=(("The person who asked", "requester"), ("Admins of the bot", "admins")))

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Effect = Annotated[Literal["auto", "read", "idempotent", "once"], EFFECT]
Who = Annotated[Literal["members", "everyone", "admins", "named"], _WHO]
Everybody = Annotated[Literal["members", "everyone", "admins"], _WHO]
Where = Annotated[Literal["anywhere", "channels", "dms", "named"], _WHERE]
Approve = Annotated[Literal["auto", "always", "never"], APPROVE]
Approvers = Annotated[Literal["requester", "admins"], _APPROVERS]
Registered = HttpFunction | McpFunction

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_INPUT = 3_000


def _named(name: str) -> str:
    if name and not _NAME.fullmatch(name):
        raise ValueError("must have up to 64 letters, digits, _ and - only")
    return name


def _addressed(url: str) -> str:
    if url and not re.match(r"https?://", url, re.IGNORECASE):
        raise ValueError("must begin with https://")
    return url


def _schema(text: str) -> str:
    return text if not text.strip() else json.dumps(as_object(text))


FunctionName = Annotated[str, AfterValidator(_named), Shown("NAME", "find_ticket")]
Address = Annotated[str, AfterValidator(_addressed)]
SchemaText = Annotated[
    Rest, AfterValidator(_schema), Shown("JSON", label="Parameters: JSON Schema")
]
People = Annotated[
    list[str] | None,
    ids("UWS", "U0ANN"),
    Picks("users"),
    Shown("U...", label="Only these people", hint="Nobody else may use it."),
]
Channels = Annotated[
    list[str] | None,
    ids("CGD", "C0GENERAL"),
    Picks("conversations"),
    Shown("C...", label="Only these channels", hint="It works nowhere else."),
]


def function_of(
    given: Mapping[str, Any], schema: dict[str, Any] | None, earlier: HttpFunction | None = None
) -> HttpFunction:
    """Return the function that is asked for; what a form cannot say is that of the earlier one.

    `schema` is None where nothing was said of it.

    Raises:
        DeclarationError: something cannot be.
        ValueError: something is missing.
    """
    if schema is None:
        schema = earlier.parameters if earlier else texts_of(given["url"])
    fields: dict[str, Any] = {
        **{one: given[one] for one in ("name", "title", "method", "url", "timeout")},
        "description": given["description"].strip(),
        "parameters": schema,
        **{one: None if given[one] == "auto" else given[one] for one in ("effect", "approve")},
        "who": who_wanted(given["who"], given["people"] or (), earlier),
        "where": where_wanted(given["where"], given["channels"] or ()),
        "approvers": approvers_wanted(given["approvers"], earlier),
        "secret": _secret_of(given, earlier),
    }
    if earlier is not None:
        held = schema.get("properties")
        known = held if isinstance(held, dict) else {}
        fields["headers"] = earlier.headers
        fields["places"] = tuple(one for one in earlier.places if one.argument in known)
    return HttpFunction.load(fields)


def _secret_of(given: Mapping[str, Any], earlier: HttpFunction | None) -> SecretHeader | None:
    """Return where the secret goes; what a form cannot say of it stays while it is the same.

    The header of one that is taken away may stay behind in the form.
    """
    before, secret, header = earlier and earlier.secret, given["secret"], given["header"]
    if before and header == header_of(before) and secret in ("", before.secret):
        return before if secret else None
    return secret_wanted(secret, header)


def texts_of(url: str) -> dict[str, Any]:
    """Return the schema where nothing is said of it: a text for each place of the URL."""
    names = dict.fromkeys(re.findall(r"\{([^{}]+)\}", url))
    return {"properties": {name: {"type": "string"} for name in names}} if names else {}


def who_wanted(
    who: Who, people: Sequence[str], earlier: Registered | None
) -> str | tuple[str, ...]:
    """Return who may use it; groups that an import named stay."""
    groups = _groups(earlier)
    if people or who == "named":
        named = tuple(dict.fromkeys((*people, *groups)))
        if not named:
            raise ValueError("Name the people who may use it, or choose another `who`.")
        return named
    return who


def where_wanted(where: Where, channels: Sequence[str]) -> str | tuple[str, ...]:
    """Return where it may be used."""
    if channels:
        return tuple(channels)
    if where == "named":
        raise ValueError("Name the channels where it may be used, or choose another `where`.")
    return where


def approvers_wanted(approvers: Approvers, earlier: Registered | None) -> str | tuple[str, ...]:
    """Return who approves; people whom a file or an import named stay."""
    if earlier is not None and not isinstance(earlier.approvers, str):
        return earlier.approvers if approvers == "requester" else approvers
    return approvers


def secret_wanted(secret: str, header: str) -> SecretHeader | None:
    """Return the header that carries a secret; without a name it is the usual one.

    `?key` is no header but a key of the URL's query.
    """
    if not secret:
        if header.strip():
            raise UsageError("A header is for a secret: name that too, or leave the header out.")
        return None
    if header.strip().startswith("?"):
        name = header.strip().strip("?=")
        return SecretHeader(secret=secret.lower(), header=name, prefix="", put="query")
    header, _, prefix = (part.strip() for part in header.partition(":"))
    header = header or "Authorization"
    if not prefix and header.lower() == "authorization":
        prefix = "Bearer"
    return SecretHeader(secret=secret.lower(), header=header, prefix=f"{prefix} " if prefix else "")


def header_of(secret: SecretHeader) -> str:
    """Return what stands in a form for where a secret goes."""
    return str(secret).rstrip(":=")


def _groups(earlier: Registered | None) -> tuple[str, ...]:
    who = earlier.who if earlier else ""
    return tuple(one for one in who if one.startswith("S")) if not isinstance(who, str) else ()


def as_values(function: HttpFunction) -> dict[str, Any]:
    """Return what stands in the form when a function is edited."""
    schema = json.dumps(function.parameters, indent=2, ensure_ascii=False)
    values = rules_of(function)
    values |= {one: getattr(function, one) for one in ("description", "method", "url")}
    if function.parameters and len(schema) <= _INPUT:
        values["schema"] = schema
    if function.secret:
        values["secret"] = function.secret.secret
        values["header"] = header_of(function.secret)
    return values


def rules_of(function: Registered) -> dict[str, Any]:
    """Return what stands in a form for the rules of a function."""
    who, where, approvers = function.who, function.where, function.approvers
    named = [] if isinstance(who, str) else [one for one in who if not one.startswith("S")]
    rules = {
        "title": function.title,
        "effect": function.effect or "auto",
        "approve": function.approve or "auto",
        "timeout": function.timeout,
        "who": who if isinstance(who, str) else "named",
        "people": named or None,
        "where": where if isinstance(where, str) else "named",
        "channels": None if isinstance(where, str) else list(where),
    }
    return rules | ({"approvers": approvers} if isinstance(approvers, str) else {})


def skeleton(parameters: Mapping[str, Any]) -> str:
    """Return arguments to begin with: each needed one with a value of its type."""
    properties = parameters.get("properties") or {}
    needed = parameters.get("required") or ()
    values = {name: _sample(properties.get(name)) for name in needed}
    return json.dumps(values, ensure_ascii=False)


def _sample(rule: Any) -> Any:
    if not isinstance(rule, dict):
        return ""
    for word in ("default", "const"):
        if word in rule:
            return rule[word]
    if rule.get("enum"):
        return rule["enum"][0]
    kinds = rule.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    samples: dict[Any, Any] = {
        "integer": 1,
        "number": 1,
        "boolean": True,
        "array": [],
        "object": {},
    }
    return samples.get(kind, "")
