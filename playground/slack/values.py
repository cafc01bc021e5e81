"""What an input holds: its state as Slack reports it, empty, initial or filled in."""

from collections.abc import Iterator
from typing import Any

from playground.slack.refusal import Json

# Element type -> the field of its state, the field of its initial value, the empty value.
_STATES: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "", []),
}


def is_stateful(element: Json) -> bool:
    """Tell whether an element holds a value."""
    return element.get("type") in _STATES


def stateful(blocks: list[Json]) -> Iterator[tuple[str, Json, Json]]:
    """Yield block_id, block and element of everything that holds a value."""
    for block, element in elements(blocks):
        if is_stateful(element):
            yield str(block.get("block_id", "")), block, element


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every interactive element with the block around it, however deep."""
    for block in blocks:
        yield from _inside(block, block)


def _inside(block: Json, item: Any) -> Iterator[tuple[Json, Json]]:
    if isinstance(item, list):
        for one in item:
            yield from _inside(block, one)
    elif isinstance(item, dict):
        inner = item if item.get("block_id") else block
        if item.get("action_id") and item.get("type"):
            yield inner, item
        for value in item.values():
            if isinstance(value, (dict, list)):
                yield from _inside(inner, value)


def initial(element: Json) -> Json:
    """Return the state of an element that nobody has touched."""
    name, start, empty = _STATES[element["type"]]
    value = element.get(start)
    return {"type": element["type"], name: value if value is not None else empty}


def filled(element: Json, given: Any) -> Json:
    """Return the state after somebody gave a value: Slack's own dict, a plain text or a list."""
    kind = element["type"]
    if isinstance(given, dict):
        return {"type": kind, **given}
    if kind not in _STATES:
        return {"type": kind}
    name, _, _ = _STATES[kind]
    if name == "selected_option":
        return {"type": kind, name: _option(element, given)}
    if name == "selected_options":
        return {"type": kind, name: [_option(element, one) for one in given]}
    return {"type": kind, name: given}


def _option(element: Json, value: Any) -> Json:
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group.get("options", [])
    for option in options:
        if value in (option.get("value"), option["text"]["text"]):
            return dict(option)
    return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}


def empty(state: Json) -> bool:
    """Tell whether a state holds nothing, as a required input may not."""
    name, _, _ = _STATES[state["type"]]
    return state.get(name) in (None, "", [])
