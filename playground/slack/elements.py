"""The limits of Block Kit's elements: buttons, selects, inputs, feedback buttons."""

from collections.abc import Iterator
from typing import Any

from playground.slack.refusal import Json

_ID = 255
_OPTIONS = 100
_WITH_OPTIONS = {
    "static_select": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "overflow": 5,
    "radio_buttons": 10,
    "checkboxes": 10,
}


def too_long(value: Any, most: int, place: str) -> Iterator[str]:
    """Complain about a text (or a text object) that is empty or longer than allowed."""
    inside = isinstance(value, dict)
    text = value.get("text") if inside else value
    if value is None or not isinstance(text, str):
        return
    where = f"{place}/text" if inside else place
    if len(text) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}]"
    if not text:
        yield f"must be more than 0 characters [json-pointer:{where}]"


def id_errors(item: Json, name: str, place: str) -> Iterator[str]:
    """Complain about a block_id or action_id that is too long."""
    if len(str(item.get(name, ""))) > _ID:
        yield f"must be less than {_ID + 1} characters [json-pointer:{place}/{name}]"


def element_errors(element: Json, place: str) -> Iterator[str]:
    """Complain about one element of a block."""
    kind = element.get("type")
    if not kind:
        yield f"missing required field: type [json-pointer:{place}]"
        return
    yield from id_errors(element, "action_id", place)
    yield from too_long(element.get("placeholder"), 150, f"{place}/placeholder")
    if kind == "button":
        yield from _button_errors(element, place)
    elif kind == "feedback_buttons":
        yield from _feedback_errors(element, place)
    elif kind in _WITH_OPTIONS:
        yield from _option_errors(element, _WITH_OPTIONS[kind], place)


def _button_errors(button: Json, place: str) -> Iterator[str]:
    if not button.get("text"):
        yield f"missing required field: text [json-pointer:{place}]"
    yield from too_long(button.get("text"), 75, f"{place}/text")
    yield from _longer(button, "value", 2000, place)
    yield from _longer(button, "url", 3000, place)
    confirm = button.get("confirm")
    if confirm:
        yield from too_long(confirm.get("title"), 100, f"{place}/confirm/title")
        yield from too_long(confirm.get("text"), 300, f"{place}/confirm/text")


def _feedback_errors(element: Json, place: str) -> Iterator[str]:
    for name in ("positive_button", "negative_button"):
        button = element.get(name)
        if not button or not button.get("text") or not button.get("value"):
            yield f"missing required field: {name} [json-pointer:{place}]"
            continue
        yield from too_long(button["text"], 75, f"{place}/{name}/text")
        yield from _longer(button, "value", 2000, f"{place}/{name}")


def _option_errors(element: Json, most: int, place: str) -> Iterator[str]:
    groups = element.get("option_groups")
    options = element.get("options")
    if groups:
        options = [option for group in groups for option in group.get("options", [])]
    if not options:
        yield f"missing required field: options [json-pointer:{place}]"
        return
    if len(options) > most and not groups:
        yield f"no more than {most} items allowed [json-pointer:{place}/options]"
    for number, option in enumerate(options):
        yield from too_long(option.get("text"), 75, f"{place}/options/{number}/text")
        yield from _longer(option, "value", 150, f"{place}/options/{number}")


def _longer(item: Json, name: str, most: int, place: str) -> Iterator[str]:
    if len(str(item.get(name) or "")) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{place}/{name}]"
