"""The chunks of a stream: text, task cards, a plan's title and blocks, in the order they came."""

from playground.slack.blocks import check_message_blocks
from playground.slack.refusal import Json, Refusal

_FIELD = 256
_BLOCKS = 50
_CHARACTERS = 12_000
_STATUSES = ("pending", "in_progress", "complete", "error")


def check_chunks(chunks: list[Json]) -> None:
    """Refuse chunks that Slack would refuse; nothing of the call is applied then."""
    if sum(len(chunk.get("text") or "") for chunk in chunks) > _CHARACTERS:
        raise Refusal("msg_too_long")
    for chunk in chunks:
        kind = chunk.get("type")
        if kind == "markdown_text":
            _check_texts(chunk, "text")
        elif kind == "task_update":
            _check_task(chunk)
        elif kind == "plan_update":
            _check_texts(chunk, "title")
            _check_short(chunk, "title")
        elif kind == "blocks" and isinstance(chunk.get("blocks"), list):
            check_message_blocks(chunk["blocks"])
        else:
            raise Refusal("invalid_chunks", f"unsupported chunk type: {kind}")


def _check_task(chunk: Json) -> None:
    _check_texts(chunk, "id", "title")
    _check_short(chunk, "id", "title", "details", "output")
    if chunk.get("status") not in _STATUSES:
        raise Refusal("invalid_chunks", f"status must be one of {', '.join(_STATUSES)}")
    for source in chunk.get("sources") or []:
        if source.get("type") != "url" or not source.get("url") or not source.get("text"):
            raise Refusal("invalid_chunks", "a source needs type url, url and text")


def _check_texts(chunk: Json, *names: str) -> None:
    for name in names:
        if not isinstance(chunk.get(name), str) or not chunk[name]:
            raise Refusal("invalid_chunks", f"missing required field: {name}")


def _check_short(chunk: Json, *names: str) -> None:
    for name in names:
        if len(str(chunk.get(name) or "")) > _FIELD:
            raise Refusal("invalid_chunks", f"must be less than {_FIELD + 1} characters: {name}")


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
