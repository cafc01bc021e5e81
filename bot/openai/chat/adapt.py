"""Learn from a refusal which request fields a model does not take, and how it wants them. Pure.

There is no table of models: `lesson` reads a refusal and says what to change, `apply` changes
requests by what was learned. Rules are plain JSON, so that they can be kept:
`{"drop": true}`, `{"rename": "max_completion_tokens"}`, `{"set": "none", "with": "tools"}`,
`{"join": true}` (see `roles`), `{"blank": true}`, `{"short": true}` and `{"words": true}` (see
`echo`), `{"most": 0}` (see `media`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.openai.chat import echo, media, roles
from bot.openai.errors import (
    APIStatusError,
    ContentFilterError,
    ContextLengthError,
    OpenAIError,
    ToolsNotSupportedError,
)

Rule = dict[str, Any]
Rules = dict[str, Rule]

# Without these a request would mean something else.
NEVER_DROPPED = frozenset({"model", "messages", "response_format", "prompt", "input"})
REFUSING_STATUS = frozenset({400, 404, 422, 500})
REFUSING_CODES = frozenset(
    {"unsupported_parameter", "unsupported_value", "unknown_parameter", "unrecognized_parameter"}
)
REFUSING = re.compile(
    r"unsupported|not supported|does not support|doesn't support|unrecognized|unknown"
    r"|unexpected|not permitted|not allowed|cannot find field|not a valid parameter",
    re.IGNORECASE,
)
EFFORT = re.compile(
    r"tools? with reasoning_effort|set [`'\"]?reasoning_effort[`'\"]? to [`'\"]?none", re.IGNORECASE
)
STRICT = re.compile(
    r"\bstrict\b|invalid[ _](?:schema for function|function_parameters)", re.IGNORECASE
)
INSTEAD = re.compile(r"\buse [`'\"]?([a-z_]+)[`'\"]?(?: parameter)? instead", re.IGNORECASE)
LOCATION = re.compile(r"['\"]loc['\"]\s*:\s*[\[(]([^\])]*)[\])]")
QUOTED = re.compile(r"[`'\"‘“]([A-Za-z_][\w.\[\]]*)[`'\"’”]|supplied: ([a-z_]+)")
WORD = re.compile(r"[a-z]+(?:_[a-z]+)+")
DEPENDENTS = {"tools": ("tool_choice", "parallel_tool_calls"), "stream": ("stream_options",)}
MODERN_NAMES = {"functions": "tools", "function_call": "tool_choice"}
TOKEN_LIMITS = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
NESTED = {
    ("tools", "strict"): "tools.function.strict",
    ("messages", "name"): "messages.name",
    ("messages", "refusal"): "messages.refusal",
} | {("messages", name): field for name, field in echo.FIELDS.items()}


_OTHERWISE = ContextLengthError | ContentFilterError | ToolsNotSupportedError  # and no file's


@dataclass(frozen=True, slots=True)
class Lesson:
    """One field (dotted when it lies inside another) and what to do with it.

    One that is not `lasting` is about this request, and says nothing of the model.
    """

    field: str
    rule: Rule
    lasting: bool = True


def lesson(error: OpenAIError, body: Mapping[str, Any], rules: Mapping[str, Rule]) -> Lesson | None:
    """Return what a refusal of `body`, already shaped by `rules`, teaches anew, if anything."""
    found = (
        _of_media(media.wanted, error, body)
        or _lesson(error, body, rules)
        or _of_media(media.doubted, error, body)
    )
    return found if found and rules.get(found.field) != found.rule else None


def apply(body: Mapping[str, Any], rules: Mapping[str, Rule]) -> tuple[dict[str, Any], list[str]]:
    """Return the body as the model wants it, and the fields that were left out of it."""
    shaped = dict(body)
    left_out: list[str] = []
    for field, rule in rules.items():
        if rule.get("drop"):
            left_out += _drop(shaped, field)
        elif field in shaped and "rename" in rule:
            shaped.setdefault(rule["rename"], shaped[field])
            del shaped[field]
    for field, rule in rules.items():
        if "set" in rule and ("with" not in rule or rule["with"] in shaped):
            shaped[field] = rule["set"]
    if _wants_words(shaped, rules):
        shaped["messages"] = echo.in_words(shaped["messages"])
    if roles.SYSTEM in rules or roles.TURNS in rules:
        shaped["messages"] = roles.shaped(shaped["messages"], rules)
    if echo.REASONING in rules or echo.IDS in rules:
        shaped["messages"] = echo.shaped(shaped["messages"], rules)
    if "messages" in shaped:
        shaped["messages"], gone = media.shaped(shaped["messages"], rules)
        left_out += gone
    return shaped, left_out


def _wants_words(body: Mapping[str, Any], rules: Mapping[str, Rule]) -> bool:
    """Tell whether earlier calls must be told of in words."""
    takes_none = rules.get("tools", {}).get("drop", False)
    return "messages" in body and (takes_none or (echo.CALLS in rules and "tools" not in body))


def _of_media(
    read: Callable[..., tuple[str, Rule] | None], error: OpenAIError, body: Mapping[str, Any]
) -> Lesson | None:
    """Return what a refusal means for pictures and documents, where it may be about them."""
    if not isinstance(error, APIStatusError) or isinstance(error, _OTHERWISE):
        return None
    told = read(error.status, f"{error.code} {error.message}", body.get("messages") or ())
    return Lesson(*told, lasting=read is media.wanted) if told else None


def _lesson(
    error: OpenAIError, body: Mapping[str, Any], rules: Mapping[str, Rule]
) -> Lesson | None:
    if not isinstance(error, APIStatusError) or error.status not in REFUSING_STATUS:
        return None
    if isinstance(error, ContextLengthError | ContentFilterError):
        return None
    if isinstance(error, ToolsNotSupportedError):
        return Lesson("tools", {"drop": True}) if "tools" in body else None
    if "tools" in body and _is_about_effort(error, rules):
        return _effort_lesson(rules)
    if STRICT.search(f"{error.code} {error.message}") and _asks_strictly(body):
        return Lesson("tools.function.strict", {"drop": True})
    if field := roles.refused(error.message, rules):
        return Lesson(field, {"join": True})
    if wanted := echo.wanted(error.message):
        return Lesson(*wanted)
    if error.code not in REFUSING_CODES and not REFUSING.search(error.message):
        return None
    field = next(_named_fields(error, body), None)
    return _field_lesson(field, error, rules) if field else None


def _asks_strictly(body: Mapping[str, Any]) -> bool:
    """Say whether a tool is strict: not every server and model takes each such schema."""
    return any(tool.get("function", {}).get("strict") for tool in body.get("tools") or ())


def _is_about_effort(error: OpenAIError, rules: Mapping[str, Rule]) -> bool:
    """Tell whether tools go only with another effort, or not with the one that we have asked for.

    That a model does not take `none` is said in many ways (`invalid_value`).
    """
    is_ours = error.param == "reasoning_effort" and "set" in rules.get("reasoning_effort", {})
    return is_ours or EFFORT.search(error.message) is not None


def _effort_lesson(rules: Mapping[str, Rule]) -> Lesson:
    """Ask for no reasoning beside tools; where that was asked already, tools are impossible."""
    asked: Rule = {"set": "none", "with": "tools"}
    if rules.get("reasoning_effort") == asked:
        return Lesson("tools", {"drop": True})
    return Lesson("reasoning_effort", asked)


def _field_lesson(field: str, error: OpenAIError, rules: Mapping[str, Rule]) -> Lesson:
    if field == "reasoning_effort" and "set" in rules.get(field, {}):
        return _effort_lesson(rules)
    drop: Rule = {"drop": True}
    instead = INSTEAD.search(error.message)
    wanted = instead[1] if instead else TOKEN_LIMITS.get(field)
    if wanted is None or wanted == field or "rename" in rules.get(wanted, {}):
        return Lesson(field, drop)
    return Lesson(field, {"rename": wanted})


def _named_fields(error: OpenAIError, body: Mapping[str, Any]) -> Iterator[str]:
    """Find the fields of the request that the refusal may mean, the likeliest first."""
    for path in _named_paths(error):
        top = MODERN_NAMES.get(path[0], path[0])
        if top in echo.FIELDS and "messages" in body:
            yield echo.FIELDS[top]
        if top not in body:
            continue
        if len(path) > 1 and top in ("tools", "messages"):
            nested = NESTED.get((top, path[-1]))
            if nested:
                yield nested
        elif top not in NEVER_DROPPED:
            yield top


def _named_paths(error: OpenAIError) -> Iterator[list[str]]:
    if error.param:
        yield _path(error.param)
    for found in LOCATION.finditer(error.message):
        if path := _path(found[1]):
            yield path
    for found in QUOTED.finditer(error.message):
        yield _path(found[1] or found[2])
    for found in WORD.finditer(error.message):
        yield [found[0]]


def _path(text: str) -> list[str]:
    """Split `body.tools[0].strict` or `'body', 'tools', 0, 'strict'` into names."""
    names = re.findall(r"[A-Za-z_]\w*", text)
    return names[1:] if names[:1] == ["body"] and len(names) > 1 else names or [text]


def _drop(body: dict[str, Any], field: str) -> list[str]:
    top, _, inner = field.partition(".")
    if top not in body:
        return []
    if inner:
        body[top] = [_without(item, inner.split(".")) for item in body[top]]
        return [field]
    gone = [name for name in (top, *DEPENDENTS.get(top, ())) if name in body]
    for name in gone:
        del body[name]
    return gone


def _without(item: Any, path: list[str]) -> Any:
    if isinstance(item, list):
        return [_without(one, path) for one in item]
    if not isinstance(item, Mapping) or path[0] not in item:
        return item
    if len(path) == 1:
        return {name: value for name, value in item.items() if name != path[0]}
    return {**item, path[0]: _without(item[path[0]], path[1:])}
