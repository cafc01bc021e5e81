"""Block Kit's limits: what Slack refuses, with the words it uses.

Only what people can see going wrong is checked: counts, lengths, missing ids and texts, and the
block types Slack knows. `Place` is the JSON pointer that Slack puts behind each complaint.
"""

from collections.abc import Iterator
from typing import Any

from playground.slack.elements import element_errors, id_errors, too_long
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import Workspace

_MESSAGE_BLOCKS = 50
_VIEW_BLOCKS = 100
_MARKDOWN = 12_000
_BLOCK_CHARACTERS = 13_200
_SECTION_FIELDS = 10
_TABLE_ROWS = 100
_TABLE_COLUMNS = 20
_LISTS = {
    "actions": ("elements", 25),
    "context": ("elements", 10),
    "context_actions": ("elements", 5),
}
_TEXTS = {"header": ("text", 150), "section": ("text", 3000), "markdown": ("text", 12_000)}
_MESSAGE_ONLY = {"markdown", "table", "data_table", "data_visualization", "task_card", "plan"}
_KNOWN = {
    *_LISTS,
    *_TEXTS,
    *_MESSAGE_ONLY,
    "alert",
    "auth_provider",
    "card",
    "carousel",
    "container",
    "divider",
    "file",
    "image",
    "input",
    "rich_text",
    "video",
}


def check_message_blocks(blocks: list[Json]) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    errors = list(_count_errors(blocks, _MESSAGE_BLOCKS)) + list(_block_errors(blocks))
    if errors:
        raise Refusal("invalid_blocks", *errors, errors=errors)
    if _characters(blocks) > _BLOCK_CHARACTERS or _markdown(blocks) > _MARKDOWN:
        raise Refusal("msg_blocks_too_long")


def view_block_errors(blocks: list[Json]) -> list[str]:
    """Return what is wrong with the blocks of a modal or an App Home."""
    errors = list(_count_errors(blocks, _VIEW_BLOCKS)) + list(_block_errors(blocks))
    for number, block in enumerate(blocks):
        if block.get("type") in _MESSAGE_ONLY:
            errors.append(f"unsupported type: {block['type']} [json-pointer:/blocks/{number}/type]")
    return errors


def with_ids(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """Return the blocks with a block_id each, as Slack stores them."""
    return [
        block if block.get("block_id") else {**block, "block_id": workspace.identifier("b")}
        for block in blocks
    ]


def _count_errors(blocks: list[Json], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield "block_id already exists [json-pointer:/blocks]"


def _block_errors(blocks: list[Json]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        place = f"/blocks/{number}"
        kind = block.get("type")
        if kind not in _KNOWN:
            yield f"unsupported type: {kind} [json-pointer:{place}/type]"
            continue
        yield from id_errors(block, "block_id", place)
        yield from _text_errors(block, place)
        yield from _list_errors(block, place)
        yield from _shape_errors(block, place)


def _text_errors(block: Json, place: str) -> Iterator[str]:
    kind = block["type"]
    if kind in _TEXTS:
        name, most = _TEXTS[kind]
        value = block.get(name)
        if value is None and not block.get("fields"):
            yield f"missing required field: {name} [json-pointer:{place}]"
        yield from too_long(value, most, f"{place}/{name}")


def _list_errors(block: Json, place: str) -> Iterator[str]:
    if block["type"] not in _LISTS:
        return
    name, most = _LISTS[block["type"]]
    items = block.get(name)
    if not isinstance(items, list) or not items:
        yield f"missing required field: {name} [json-pointer:{place}]"
        return
    if len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{place}/{name}]"
    for number, item in enumerate(items):
        yield from element_errors(item, f"{place}/{name}/{number}")


def _shape_errors(block: Json, place: str) -> Iterator[str]:
    kind = block["type"]
    if kind == "section":
        yield from _section_errors(block, place)
    elif kind == "input":
        yield from _input_errors(block, place)
    elif kind == "table":
        yield from _table_errors(block, place)
    elif kind == "image" and not block.get("alt_text"):
        yield f"missing required field: alt_text [json-pointer:{place}]"


def _section_errors(block: Json, place: str) -> Iterator[str]:
    fields = block.get("fields") or []
    if len(fields) > _SECTION_FIELDS:
        yield f"no more than {_SECTION_FIELDS} items allowed [json-pointer:{place}/fields]"
    for number, item in enumerate(fields):
        yield from too_long(item, 2000, f"{place}/fields/{number}")
    if block.get("accessory"):
        yield from element_errors(block["accessory"], f"{place}/accessory")


def _input_errors(block: Json, place: str) -> Iterator[str]:
    for name in ("label", "element"):
        if not block.get(name):
            yield f"missing required field: {name} [json-pointer:{place}]"
    yield from too_long(block.get("label"), 2000, f"{place}/label")
    yield from too_long(block.get("hint"), 2000, f"{place}/hint")
    if block.get("element"):
        yield from element_errors(block["element"], f"{place}/element")


def _table_errors(block: Json, place: str) -> Iterator[str]:
    rows = block.get("rows")
    if not isinstance(rows, list) or not rows:
        yield f"missing required field: rows [json-pointer:{place}]"
        return
    if len(rows) > _TABLE_ROWS:
        yield f"no more than {_TABLE_ROWS} items allowed [json-pointer:{place}/rows]"
    if any(len(row) > _TABLE_COLUMNS for row in rows):
        yield f"no more than {_TABLE_COLUMNS} items allowed [json-pointer:{place}/rows/0]"


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(
            len(item) if name == "text" and isinstance(item, str) else _characters(item)
            for name, item in value.items()
        )
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _markdown(blocks: list[Json]) -> int:
    return sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
