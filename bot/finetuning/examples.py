"""From a row to an example of the format asked for; texts stay as they are.

A prompt with its completion becomes messages, or stays what it is for completion models. What
cannot become an example without inventing or guessing is a problem of the row.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.finetuning.findings import Change, Problem
from bot.finetuning.jsontext import written
from bot.finetuning.options import Format, Options
from bot.finetuning.table import FIELDS

Json = dict[str, Any]

_ALIASES = {"chosen": "preferred_output", "rejected": "non_preferred_output"}
_NO_ANSWER = "add the answer; for data without answers choose --format reinforcement."
_PLAIN = ("prompt", "completion", "system")


@dataclass(slots=True)
class Made:
    """What a row became: an example or None, problems, texts changed as asked for.

    `pair` holds prompt and completion as they stood in the row, if it was such a row.
    """

    example: Json | None = None
    problems: list[Problem] = field(default_factory=list)
    fixes: list[Problem] = field(default_factory=list)
    pair: dict[str, str] | None = None


def format_of(values: Mapping[str, Any]) -> Format:
    """Return the format that a row wants to be, where nobody asked for one."""
    names = {_ALIASES.get(name, name) for name in values}
    if any(name.endswith(("preferred_output", "preferred_completion")) for name in names):
        return Format.DPO
    return Format.CHAT


def make(values: Mapping[str, Any], form: Format, options: Options, *, table: bool = False) -> Made:
    """Make an example of a row; of a table's row only the columns that the format knows count."""
    made = Made()
    pair = form in (Format.CHAT, Format.COMPLETION) and "messages" not in values
    if pair or (table and form is not Format.REINFORCEMENT):
        values = _known(values, frozenset(_PLAIN) if pair else FIELDS, made)
    if form is Format.DPO:
        _preference(values, options, made)
    elif form is Format.REINFORCEMENT:
        _reinforcement(values, options, made)
    elif "messages" in values and form is Format.CHAT:
        made.example = {name: value for name, value in values.items() if name != "system"}
        _system_first(made.example, _system(values, options))
    elif "prompt" in values or "completion" in values:
        _pair(values, form, options, made)
    else:
        made.problems.append(_foreign(values, form))
    return made


def _known(values: Mapping[str, Any], names: frozenset[str], made: Made) -> Mapping[str, Any]:
    """Leave fields out that are not used, with a note."""
    if names.issuperset(values) or names.isdisjoint(values):
        return values
    for name in values:
        if name not in names and values[name] not in ("", None):
            fix = "nothing, unless it belongs into the prompt."
            made.problems.append(Problem("extra_column", name[:60], "not used.", fix))
    return {name: value for name, value in values.items() if name in names}


def _foreign(values: Mapping[str, Any], form: Format) -> Problem:
    fields = ", ".join(repr(name[:40]) for name in list(values)[:6]) or "none"
    if form is Format.COMPLETION and "messages" in values:
        text = "messages cannot become a prompt and a completion."
        return Problem("wrong_shape", "messages", text, "choose --format chat.")
    if "preferred_output" in values or isinstance(values.get("input"), dict):
        text = "this looks like preference data."
        return Problem("wrong_shape", "", text, "choose --format dpo.")
    text = f"neither messages nor prompt and completion; its fields are {fields}."
    fix = 'write {"prompt": ..., "completion": ...}, or say which with --prompt-column and others.'
    return Problem("missing_field", "", text, fix)


def _pair(values: Mapping[str, Any], form: Format, options: Options, made: Made) -> None:
    prompt = _text(values, "prompt", options, made)
    answer = _text(values, "completion", options, made)
    if prompt is None or answer is None:
        return
    made.pair = {"prompt": prompt, "completion": answer}
    prompt, answer = _marked(prompt, answer, form, options, made)
    if form is Format.COMPLETION:
        made.example = {"prompt": prompt, "completion": answer}
        return
    messages = [{"role": "user", "content": prompt}] if prompt else []
    messages.append({"role": "assistant", "content": answer})
    made.example = {"messages": messages}
    _system_first(made.example, _system(values, options))


def _text(values: Mapping[str, Any], name: str, options: Options, made: Made) -> str | None:
    value = values.get(name)
    if isinstance(value, str):
        return value
    if name not in values:
        fix = 'add it; "" is an empty prompt.' if name == "prompt" else _NO_ANSWER
        made.problems.append(Problem("missing_field", name, "not there.", fix))
    elif value is None:
        fix = 'write "" if an empty prompt is meant.' if name == "prompt" else "write the answer."
        made.problems.append(Problem("null_field", name, "null.", fix))
    elif isinstance(value, bool | int | float) and math.isfinite(value):
        return _as_text(value, name, options, made)
    else:
        fix = "write a text in double quotes."
        made.problems.append(Problem("not_text", name, "no text.", fix))
    return None


def _as_text(value: bool | int | float, name: str, options: Options, made: Made) -> str:
    text = written(value)
    fix = f'write "{text}", or let --fix do it.'
    problem = Problem("not_text", name, "no text.", fix, Change(text, f'"{text}"'))
    (made.fixes if options.fix else made.problems).append(problem)
    return text


def _marked(
    prompt: str, answer: str, form: Format, options: Options, made: Made
) -> tuple[str, str]:
    """Add what a completion model needs around the answer, or take it off for a chat model."""
    if form is Format.COMPLETION:
        new = (_ended(prompt, options.separator), _ended(answer, options.stop))
        if options.leading_space and not new[1][:1].isspace():
            new = (new[0], f" {new[1]}")
    else:
        new = (prompt.removesuffix(options.separator), answer.removesuffix(options.stop))
        if options.separator or options.stop or options.leading_space:
            new = (new[0], new[1].removeprefix(" "))
    for name, before, after in (("prompt", prompt, new[0]), ("completion", answer, new[1])):
        if before != after:
            change = Change(before, after)
            made.fixes.append(Problem("old_marks", name, "changed as asked.", "", change))
    return new


def _ended(text: str, mark: str) -> str:
    return text if text.endswith(mark) else text + mark


def _system(values: Mapping[str, Any], options: Options) -> str:
    own = values.get("system")
    return own if isinstance(own, str) and own else options.system


def _system_first(holder: Json, system: str) -> None:
    """Put the system text before the messages, unless they have one."""
    messages = holder.get("messages")
    if not system or not isinstance(messages, list):
        return
    roles = [message.get("role") for message in messages if isinstance(message, dict)]
    if "system" not in roles and "developer" not in roles:
        holder["messages"] = [{"role": "system", "content": system}, *messages]


def _preference(values: Mapping[str, Any], options: Options, made: Made) -> None:
    renamed = {_ALIASES.get(name, name): value for name, value in values.items()}
    system = _system(values, options)
    renamed.pop("system", None)
    if "prompt" in renamed and "input" not in renamed:
        asked = renamed.pop("prompt")
        messages = asked if isinstance(asked, list) else [{"role": "user", "content": asked}]
        renamed = {"input": {"messages": messages}, **renamed}
    for name in ("preferred_output", "non_preferred_output"):
        if isinstance(renamed.get(name), str):
            renamed[name] = [{"role": "assistant", "content": renamed[name]}]
        elif isinstance(renamed.get(name), dict):
            renamed[name] = [renamed[name]]
    if isinstance(renamed.get("input"), str):
        renamed["input"] = {"messages": [{"role": "user", "content": renamed["input"]}]}
    if isinstance(renamed.get("input"), dict):
        renamed["input"] = dict(renamed["input"])
        _system_first(renamed["input"], system)
    if "messages" in renamed and "input" not in renamed:
        text = "this looks like chat data, not preference data."
        made.problems.append(Problem("wrong_shape", "messages", text, "choose --format chat."))
        return
    made.example = renamed


def _reinforcement(values: Mapping[str, Any], options: Options, made: Made) -> None:
    if "preferred_output" in values:
        text = "this looks like preference data."
        made.problems.append(Problem("wrong_shape", "", text, "choose --format dpo."))
        return
    rest = {name: value for name, value in values.items() if name != "system"}
    if "messages" not in rest:
        asked = _text(rest, "prompt", options, made)
        rest.pop("prompt", None)
        if asked is None:
            return
        rest = {"messages": [{"role": "user", "content": asked}], **rest}
    made.example = rest
    _system_first(made.example, _system(values, options))
