"""Forms made from a signature: a modal with one input for each parameter, and its answers back.

Literal gives a menu, bool a box to tick, ids of people or channels a menu of these, files a file
input, and all else a line of text. What was filled in comes back as the texts that a line would
have given, and is read the same way.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.desk.command import Parameter, Sub
from bot.desk.errors import NeedsForm, UsageError
from bot.desk.order import Verb
from bot.desk.parameters import Menu, Picks, typed_age
from bot.desk.reading import check
from bot.slack.inbound.invocation import ACTION
from bot.slack.text.blocks import Block, plain_text, section
from bot.slack.text.mrkdwn import bare
from bot.slack.text.payload import part, parts, text_in

_INPUT = "input"
_TITLE = 24  # characters that Slack takes, from here on
_LABEL = 150
_PLACEHOLDER = 150
_HINT = 2000
_INITIAL = 3000  # of what stands in an input; what is longer stays as it was given
_OPTIONS = 100  # in one menu
_FILES = 10
_ID = {"users": re.compile("[UW][A-Z0-9]+"), "conversations": re.compile("[CGD][A-Z0-9]+")}


def form(sub: Sub, asked: NeedsForm, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the modal that asks for a sub-command's parameters."""
    wanted = [one for one in sub.parameters if not asked.fields or one.name in asked.fields]
    blocks: list[Block] = []
    if asked.intro:
        blocks.append(section(asked.intro))
    for one in wanted:
        required = one.required or one.name in asked.required
        initial = asked.initial.get(one.name, one.default)
        blocks.append(_input(one, initial, required, asked.choices.get(one.name, ())))
    return _modal("fill", asked.title, asked.submit, blocks, meta)


def typing(effect: str, must_type: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the modal in which a person types a name to confirm an act."""
    example = plain_text(must_type, _PLACEHOLDER)
    box = {"type": "plain_text_input", "action_id": _INPUT, "placeholder": example}
    blocks: list[Block] = [
        section(effect),
        {
            "type": "input",
            "block_id": "typed",
            "label": plain_text(f"Type {must_type} to confirm", _LABEL),
            "element": box,
        },
    ]
    return _modal("typed", "Are you sure?", "Do it", blocks, meta)


def _modal(
    verb: Verb, title: str, submit: str, blocks: list[Block], meta: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": f"{ACTION}{verb}",
        "title": plain_text(title, _TITLE),
        "submit": plain_text(submit, _TITLE),
        "close": plain_text("Cancel"),
        "private_metadata": json.dumps({"do": verb, **meta}, separators=(",", ":")),
        "blocks": blocks,
    }


def _input(one: Parameter, initial: Any, required: bool, choices: Menu) -> Block:
    label = one.shown.label or one.option.replace("-", " ").capitalize()
    optional = not required or one.is_flag
    block: Block = {
        "type": "input",
        "block_id": one.name,
        "label": plain_text(label + ("" if optional else " *"), _LABEL),
        "element": {"action_id": _INPUT, **_element(one, initial, choices)},
        "optional": optional,
    }
    if (hint := one.shown.hint or one.description) and not one.is_flag:
        block["hint"] = plain_text(hint.replace("`", ""), _HINT)
    return block


def _element(one: Parameter, initial: Any, choices: Menu) -> Block:
    if one.files and not choices:
        return {"type": "file_input", "max_files": min(one.files.most, _FILES)}
    if picks := next((note for note in one.notes if isinstance(note, Picks)), None):
        return _picker(picks, initial)
    if one.choices or choices:
        own = tuple(pair for pair in one.shown.menu if pair[1] in one.choices)
        menu = choices or own or tuple(zip(one.choices, one.choices, strict=True))
        options = [{"text": plain_text(label), "value": value} for label, value in menu]
        return (_many if choices and one.is_many else _menu)(options, initial)
    if one.is_flag:
        option = {"text": plain_text(one.description or one.option), "value": "yes"}
        ticked = {"initial_options": [option]} if initial is True else {}
        return {"type": "checkboxes", "options": [option], **ticked}
    written = _written(initial, 2 if one.is_text else None)
    start: Block = {"initial_value": written} if 0 < len(written) <= _INITIAL else {}
    if one.shown.example:
        start["placeholder"] = plain_text(f"such as {one.shown.example}", _PLACEHOLDER)
    return {"type": "plain_text_input", "multiline": one.is_text, **start}


def _menu(options: list[Block], initial: Any) -> Block:
    chosen = [option for option in options[:_OPTIONS] if option["value"] == str(initial)]
    start = {"initial_option": chosen[0]} if chosen else {}
    return {"type": "static_select", "options": options[:_OPTIONS], **start}


def _many(options: list[Block], initial: Any) -> Block:
    """Return a menu of which several may be chosen; a long one comes in groups of a hundred."""
    chosen = [one for one in options if one["value"] in (initial or ())]
    start = {"initial_options": chosen} if chosen else {}
    if len(options) <= _OPTIONS:
        return {"type": "multi_static_select", "options": options, **start}
    groups = [
        {"label": plain_text(f"From {at + 1} on"), "options": options[at : at + _OPTIONS]}
        for at in range(0, min(len(options), _OPTIONS**2), _OPTIONS)
    ]
    return {"type": "multi_static_select", "option_groups": groups, **start}


def _picker(picks: Picks, initial: Any) -> Block:
    made: Block = {"type": f"multi_{picks.kind}_select"}
    if picks.kind == "conversations":
        made["filter"] = {"include": ["public", "private"]}
    ids = [one for one in initial or () if _ID[picks.kind].fullmatch(one)]
    return made | ({f"initial_{picks.kind}": ids} if ids else {})


def _written(initial: Any, indent: int | None) -> str:
    """Return a value as a person types it."""
    match initial:
        case float():
            return f"{initial:.15g}"
        case str() | int():
            return str(initial)
        case timedelta():
            return typed_age(initial)
        case dict():
            return json.dumps(initial, ensure_ascii=False, indent=indent)
        case list():
            return ", ".join(map(str, initial))
    return ""


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was filled in, by parameter: text, a list of texts, a flag, or file ids."""
    found = {name: _given(part(part(values, name), _INPUT)) for name in values}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _given(state: Mapping[str, Any]) -> Any:
    match state.get("type"):
        case "file_input":
            return [text_in(file, "id") for file in parts(state, "files")]
        case "static_select":
            return text_in(part(state, "selected_option"), "value")
        case "multi_static_select":
            return [text_in(one, "value") for one in parts(state, "selected_options")] or None
        case "multi_users_select" | "multi_conversations_select" as kind:
            return state.get(f"selected_{kind.split('_')[1]}") or None
        case "checkboxes":
            return bool(state.get("selected_options"))
    return text_in(state, "value")


def faults(sub: Sub, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with each input, as Slack shows it below the input."""
    found: dict[str, str] = {}
    for one in sub.parameters:
        if one.name in values and not one.files:
            try:
                check(one, values[one.name])
            except UsageError as error:
                text = bare(error.text.removeprefix(f"`{one.option}` "))
                found[one.name] = text[:1].upper() + text[1:]  # the input's name is seen beside it
    return found
