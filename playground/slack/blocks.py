"""Block Kit's blocks as Slack takes them, and what it refuses of a message or a view."""

from collections.abc import Iterator
from typing import Any

from playground.slack.elements import CONTEXT_ACTIONS, ELEMENT, FORM_ELEMENT, IMAGE
from playground.slack.refusal import Json, Refusal
from playground.slack.shapes import (
    Rule,
    fields,
    items,
    kinds,
    number,
    plain,
    string,
    text,
    texts,
    word,
)
from playground.slack.workspace import Workspace

STATUSES = ("pending", "in_progress", "complete", "error")
_MARKDOWN = 12_000
_TABLE = 10_000
_BLOCK_CHARACTERS = 13_200


def _block(rules: dict[str, Rule] | None = None, *needed: str) -> Rule:
    return fields({"block_id": string(255), **(rules or {})}, *needed)


def _input(element: Rule) -> Rule:
    return _block(
        {"label": plain(2000), "hint": plain(2000), "element": element}, "label", "element"
    )


def _rich(value: Any, place: str) -> Iterator[str]:
    inside = {"type": string(255), "text": string(_BLOCK_CHARACTERS), "elements": _RICH}
    yield from fields(inside, "type")(value, place)


_RICH = items(_rich, 1000)
_RICH_TEXT = _block({"elements": _RICH})
_CELL = kinds(
    {
        "raw_number": fields({"text": string(_TABLE)}, "value", "text"),
        "raw_text": fields({"text": string(_TABLE)}),
        "rich_text": _RICH_TEXT,
    }
)
_CARD = _block({"title": text(150), "subtitle": text(150), "body": text(200)})
_TASK = _block(
    {
        "task_id": string(255),
        "title": string(256),
        "status": word(*STATUSES),
        "details": kinds({"rich_text": _RICH_TEXT}),
        "output": kinds({"rich_text": _RICH_TEXT}),
    },
    "task_id",
    "title",
)
_ANYWHERE: dict[str, Rule] = {
    "actions": _block({"elements": items(ELEMENT, 25)}, "elements"),
    "alert": _block(
        {"text": text(3000), "level": word("default", "info", "warning", "error", "success")},
        "text",
    ),
    "auth_provider": _block(),
    "card": _CARD,
    "carousel": _block({"elements": items(kinds({"card": _CARD}), 10)}, "elements"),
    "container": _block({"child_blocks": items(fields({}, "type"), 10)}, "child_blocks"),
    "context": _block({"elements": items(kinds({"image": IMAGE, **texts(3000)}), 10)}, "elements"),
    "context_actions": _block({"elements": items(kinds(CONTEXT_ACTIONS), 5)}, "elements"),
    "divider": _block(),
    "file": _block(),
    "header": _block({"text": plain(150)}, "text"),
    "image": IMAGE,
    "input": _input(ELEMENT),
    "rich_text": _RICH_TEXT,
    "section": _block(
        {"text": text(3000), "fields": items(text(2000), 10), "accessory": ELEMENT}, "text|fields"
    ),
    "video": _block(),
}
_IN_MESSAGES: dict[str, Rule] = {
    **_ANYWHERE,
    "data_table": _block(
        {
            "caption": string(2000),
            "rows": items(items(_CELL, 20), 201),
            "page_size": number(1, 100),
        },
        "caption",
        "rows",
    ),
    "data_visualization": _block(),
    "markdown": _block({"text": string(_MARKDOWN, 1)}, "text"),
    "plan": _block(
        {"title": string(256), "tasks": items(kinds({"task_card": _TASK}), 50)}, "title"
    ),
    "table": _block({"rows": items(items(_CELL, 20), 100)}, "rows"),
    "task_card": _TASK,
}
_MESSAGE = items(kinds(_IN_MESSAGES), 50)
_VIEW = items(kinds({**_ANYWHERE, "input": _input(FORM_ELEMENT)}), 100)


def check_message_blocks(blocks: Any) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    errors = list(_MESSAGE(blocks, "/blocks")) or list(_id_errors(blocks))
    if not errors and sum(block["type"] == "table" for block in blocks) > 1:
        errors = ["only_one_table_allowed"]
    if errors:
        raise Refusal("invalid_blocks", *errors, errors=errors)
    most = {"markdown": _MARKDOWN, "table": _TABLE}
    if _characters(blocks) > _BLOCK_CHARACTERS or any(
        _characters([block for block in blocks if block["type"] == kind]) > characters
        for kind, characters in most.items()
    ):
        raise Refusal("msg_blocks_too_long")


def view_block_errors(blocks: Any, place: str) -> Iterator[str]:
    """Complain about the blocks of a modal or an App Home."""
    errors = list(_VIEW(blocks, place))
    yield from errors or _id_errors(blocks)


def stored_blocks(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """Return a message's blocks as Slack stores them, or refuse them."""
    check_message_blocks(blocks)
    return with_ids(workspace, blocks)


def with_ids(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """Return the blocks with a block_id each, as Slack stores them."""
    return [
        block if block.get("block_id") else {**block, "block_id": workspace.identifier("b")}
        for block in blocks
    ]


def _id_errors(blocks: list[Json]) -> Iterator[str]:
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield "block_id already exists [json-pointer:/blocks]"


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(
            len(item) if name == "text" and isinstance(item, str) else _characters(item)
            for name, item in value.items()
        )
    return sum(map(_characters, value)) if isinstance(value, list) else 0
