"""Loss-free fixes: the same thing said in the form that the service takes.

Each is a `Problem` with the text before and after. They are only applied where a person asked
for fixes; otherwise they are findings that show what the fix would do.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.finetuning.findings import Change, Problem, clip
from bot.finetuning.jsontext import dump, written
from bot.finetuning.options import Format
from bot.finetuning.texts import is_simple

Json = dict[str, Any]
Note = Callable[[Problem], None]

ROLES = frozenset(("system", "user", "assistant", "tool", "function"))
_OTHER_ROLES = {
    "human": "user",
    "prompter": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "developer": "system",
}
_MESSAGE_FIELDS = frozenset(
    ("role", "content", "name", "weight", "refusal", "tool_calls", "tool_call_id", "function_call")
)
_CHAT_FIELDS = frozenset(("messages", "tools", "parallel_tool_calls", "functions", "function_call"))
_TOOLS = ("tools", "functions", "parallel_tool_calls")
_DPO_FIELDS = frozenset(("input", "preferred_output", "non_preferred_output"))
_OPTIONAL = ("weight", "tool_calls", "function_call", "tool_call_id")
_OLD_NAMES = {
    "preferred_completion": "preferred_output",
    "non_preferred_completion": "non_preferred_output",
}


def repair(example: Json, form: Format) -> tuple[Json, list[Problem]]:
    """Return the example with all loss-free fixes, and what they change."""
    found: list[Problem] = []
    made = dict(example)
    if form is Format.DPO:
        _rename(made, found.append)
        _drop_unknown(made, "", _DPO_FIELDS, found.append)
        for field in ("preferred_output", "non_preferred_output"):
            _messages(made, field, field, found.append)
        if isinstance(made.get("input"), dict):
            made["input"] = dict(made["input"])
            _drop_unknown(made["input"], "input.", _CHAT_FIELDS, found.append)
            _drop_null(made["input"], "input", _TOOLS, found.append)
            _messages(made["input"], "messages", "input.messages", found.append)
    else:
        if form is Format.CHAT:
            _drop_unknown(made, "", _CHAT_FIELDS, found.append)
        _drop_null(made, "", _TOOLS, found.append)
        _messages(made, "messages", "messages", found.append)
    return made, found


def _rename(example: Json, note: Note) -> None:
    for old, new in _OLD_NAMES.items():
        if old in example and new not in example:
            example[new] = example.pop(old)
            note(_fixable("old_name", old, f"now called {new}.", old, new))


def _drop_unknown(value: Json, path: str, known: frozenset[str], note: Note) -> None:
    for field in [name for name in value if name not in known]:
        before = _short(value.pop(field))
        text = "not a field of this format."
        note(_fixable("unknown_field", f"{path}{field}", text, f"{field}: {before}", ""))


def _drop_null(value: Json, path: str, fields: tuple[str, ...], note: Note) -> None:
    """Leave out what is null where it may as well be missing, as libraries write it."""
    for field in fields:
        if field in value and value[field] is None:
            del value[field]
            where = f"{path}.{field}" if path else field
            note(_fixable("null_field", where, "null.", f"{field}: null", ""))


def _messages(holder: Json, field: str, path: str, note: Note) -> None:
    messages = holder.get(field)
    if isinstance(messages, list) and not all(map(is_simple, messages)):
        holder[field] = [
            _message(message, f"{path}[{at}]", note) if isinstance(message, dict) else message
            for at, message in enumerate(messages)
        ]


def _message(message: Json, path: str, note: Note) -> Json:
    made = dict(message)
    _drop_unknown(made, f"{path}.", _MESSAGE_FIELDS, note)
    _drop_null(made, path, _OPTIONAL, note)
    _role(made, path, note)
    _weight(made, path, note)
    content = made.get("content")
    if isinstance(content, bool | int | float):
        made["content"] = told = written(content)
        text = f"{_kind(content)} where a text is needed."
        note(_fixable("not_text", f"{path}.content", text, told, f'"{told}"'))
    elif isinstance(content, list):
        made["content"] = [
            _part(part, f"{path}.content[{at}]", note) for at, part in enumerate(content)
        ]
    if isinstance(made.get("tool_calls"), list):
        made["tool_calls"] = [
            _call(call, f"{path}.tool_calls[{at}]", note)
            for at, call in enumerate(made["tool_calls"])
        ]
    if isinstance(made.get("function_call"), dict):
        made["function_call"] = _arguments(made["function_call"], f"{path}.function_call", note)
    return made


def _role(message: Json, path: str, note: Note) -> None:
    role = message.get("role")
    if not isinstance(role, str) or role in ROLES:
        return
    plain = role.strip().casefold()
    meant = plain if plain in ROLES else _OTHER_ROLES.get(plain)
    if meant:
        message["role"] = meant
        text = f"{role!r} is not a role of fine-tuning."
        note(_fixable("wrong_role", f"{path}.role", text, role, meant))


def _weight(message: Json, path: str, note: Note) -> None:
    weight = message.get("weight", 0)
    plain = type(weight) is int
    if not plain and weight in (True, False, "0", "1"):
        message["weight"] = int(weight)
        text = f"{_kind(weight)} where 0 or 1 is needed."
        note(_fixable("wrong_weight", f"{path}.weight", text, dump(weight), str(message["weight"])))
    if "weight" in message and message.get("role") != "assistant":
        before = f"weight: {_short(message.pop('weight'))}"
        text = "only answers of the assistant have a weight."
        note(_fixable("wrong_weight", f"{path}.weight", text, before, ""))


def _part(part: Any, path: str, note: Note) -> Any:
    if isinstance(part, dict) and isinstance(part.get("image_url"), str):
        url = part["image_url"]
        text = "the address stands where an object with url is needed."
        note(_fixable("wrong_image", path, text, _short(url), f'{{"url": {_short(url)}}}'))
        return {**part, "image_url": {"url": url}}
    return part


def _call(call: Any, path: str, note: Note) -> Any:
    if isinstance(call, dict) and isinstance(call.get("function"), dict):
        return {**call, "function": _arguments(call["function"], f"{path}.function", note)}
    return call


def _arguments(function: Mapping[str, Any], path: str, note: Note) -> Json:
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        text = dump(arguments)
        said = "an object where its JSON text is needed."
        problem = _fixable("broken_call", f"{path}.arguments", said, text, dump(text))
        note(problem)
        return {**function, "arguments": text}
    return dict(function)


def _fixable(code: str, field: str, text: str, before: str, after: str) -> Problem:
    fix = f"write {_short(after)}, or let --fix do it." if after else "leave it out (--fix does)."
    return Problem(code, field, text, fix, Change(before, after))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    return "a text" if isinstance(value, str) else "a number"


def _short(value: Any) -> str:
    return clip(value if isinstance(value, str) else dump(value), 60)
