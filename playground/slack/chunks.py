"""The chunks of a stream: text, task cards, a plan's title and blocks, in the order they came."""

from playground.slack.blocks import STATUSES, check_message_blocks
from playground.slack.refusal import Json, Refusal
from playground.slack.shapes import fields, items, kinds, string, word

_BLOCKS = 50
_CHARACTERS = 12_000
_SHORT = string(256)
_NAME = string(256, 1)
_SOURCE = fields(
    {"type": word("url"), "url": string(3000, 1), "text": _NAME}, "type", "url", "text"
)
_TASK = {
    "id": _NAME,
    "title": _NAME,
    "status": word(*STATUSES),
    "details": _SHORT,
    "output": _SHORT,
    "sources": items(_SOURCE, 100),
}
_CHUNK = kinds(
    {
        "blocks": fields({}),
        "markdown_text": fields({"text": string(_CHARACTERS, 1)}, "text"),
        "plan_update": fields({"title": _NAME}, "title"),
        "task_update": fields(_TASK, "id", "title", "status"),
    }
)


def check_chunks(chunks: list[Json]) -> None:
    """Refuse chunks that Slack would refuse; nothing of the call is applied then."""
    texts = (chunk.get("text") for chunk in chunks)
    if sum(len(text) for text in texts if isinstance(text, str)) > _CHARACTERS:
        raise Refusal("msg_too_long")
    errors = [error for at, chunk in enumerate(chunks) for error in _CHUNK(chunk, f"/chunks/{at}")]
    if errors:
        raise Refusal("invalid_chunks", *errors)
    for chunk in chunks:
        if chunk["type"] == "blocks":
            check_message_blocks(chunk.get("blocks"))


def add_text(message: Json, text: str) -> None:
    """Append text to a streamed message; neighbouring text becomes one part."""
    message["text"] += text
    parts = message["parts"]
    if parts and parts[-1]["type"] == "text":
        parts[-1]["text"] += text
    else:
        parts.append({"type": "text", "text": text})


def add_chunks(message: Json, chunks: list[Json], blocks: int) -> int:
    """Append chunks in order; return how many blocks the stream carries now."""
    new = sum(len(chunk["blocks"]) for chunk in chunks if chunk["type"] == "blocks")
    if blocks + new > _BLOCKS:
        raise Refusal("invalid_blocks", "no more than 50 items allowed in a stream")
    for chunk in chunks:
        if chunk["type"] == "markdown_text":
            add_text(message, chunk["text"])
        elif chunk["type"] == "task_update":
            _update_task(message["parts"], chunk)
        elif chunk["type"] == "plan_update":
            _update_plan(message["parts"], chunk["title"])
        else:
            message["parts"].append({"type": "blocks", "blocks": chunk["blocks"]})
    return blocks + new


def _update_task(parts: list[Json], chunk: Json) -> None:
    task = next((p for p in parts if p["type"] == "task" and p["id"] == chunk["id"]), None)
    if task is None:
        task = {"type": "task", "id": chunk["id"], "details": "", "output": "", "sources": []}
        parts.append(task)
    task.update(title=chunk["title"], status=chunk["status"])
    task["details"] += chunk.get("details") or ""
    task["output"] = task["output"] or chunk.get("output") or ""
    task["sources"] += chunk.get("sources") or []


def _update_plan(parts: list[Json], title: str) -> None:
    plan = next((part for part in parts if part["type"] == "plan"), None)
    if plan is None:
        parts.append({"type": "plan", "title": title})
    else:
        plan["title"] = title
