"""Say what functions gave back."""

import json
import re
from typing import Any

from playground.openai.standin.talk import Result

LONGEST = 1_500
MOST_ROWS = 12
LONGEST_CELL = 80
FAILED = re.compile(
    r"^\s*(?:error|failed|not allowed|there is no function)|\b(?:was not run|did not answer)\b"
    r"|^[\w-]+ (?:failed: |failed unexpectedly|asks for better arguments: )",
    re.I,
)


def phrase(results: tuple[Result, ...]) -> str:
    """Put all results into one answer."""
    if len(results) == 1:
        return one(results[0])
    lines = [f"- **{spoken_name(result)}**: {brief(result.text)}" for result in results]
    return "Here is what I found:\n\n" + "\n".join(lines)


def one(result: Result) -> str:
    """Put one result into a sentence, or show it below one."""
    if looks_failed(result.text):
        return f"I tried `{result.name}`, but it did not work: {brief(result.text)}"
    value = parsed(result.text)
    if not result.text.strip():
        return f"`{result.name}` is done; it had nothing to say."
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return f"I asked `{result.name}`. It found {len(value)}:\n\n{table(value)}"
    if isinstance(value, dict):
        return clock(value) or f"I asked `{result.name}`. It says:\n\n{pairs(value)}"
    if "\n" in result.text.strip():
        return f"I asked `{result.name}`. It says:\n\n{shortened(result.text.strip())}"
    return f"{shortened(inline(value))}\n\n_I asked_ `{spoken_name(result)}`."


def spoken_name(result: Result) -> str:
    """Give name and arguments of a call in short."""
    given = parsed(result.arguments)
    if not isinstance(given, dict) or not given:
        return result.name
    shown = ", ".join(str(value) for value in given.values())
    return f"{result.name}({shown if len(shown) <= LONGEST_CELL else shown[:LONGEST_CELL] + '…'})"


def looks_failed(text: str) -> bool:
    """Say whether a result tells of a failure."""
    value = parsed(text)
    if isinstance(value, dict):
        return "error" in value
    return bool(FAILED.search(text))


def brief(text: str) -> str:
    """Give a result in one line."""
    value = parsed(text)
    if isinstance(value, dict):
        error = value.get("error", value)
        return error if isinstance(error, str) else clock(error) or inline(error)
    return shortened(" ".join(inline(value).split()))


def inline(value: Any) -> str:
    """Give pairs and lists in one line."""
    if isinstance(value, dict):
        said = (f"{key.replace('_', ' ')} {inline(inner)}" for key, inner in value.items())
        return ", ".join(said)
    if isinstance(value, list):
        return ", ".join(inline(inner) for inner in value) or "none"
    return "none" if value is None else str(value)


def clock(value: dict[str, Any]) -> str | None:
    """Put a time into a sentence."""
    if not {"time", "date"} <= value.keys():
        return None
    day = ", ".join(str(value[key]) for key in ("weekday", "date") if key in value)
    zone = f" in {value['zone']}" if value.get("zone") else ""
    return f"It is **{value['time']}** on {day}{zone}."


def pairs(value: dict[str, Any]) -> str:
    """Give pairs as a list, rows among them as a table."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(row, dict) for row in inner):
            lines.append(f"\n{table(inner)}\n")
        else:
            lines.append(f"- **{key.replace('_', ' ')}**: {inline(inner)}")
    return "\n".join(lines).strip()


def table(rows: list[dict[str, Any]]) -> str:
    """Give rows as a Markdown table."""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads)]
    lines += [[cell(row.get(head, "")) for head in heads] for row in rows[:MOST_ROWS]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(value: Any) -> str:
    """Give a value that does not break a table."""
    flat = " ".join(inline(value).split()).replace("|", "\\|")
    return flat if len(flat) <= LONGEST_CELL else flat[:LONGEST_CELL] + "…"


def shortened(text: str) -> str:
    """Cut a text that is too long to repeat."""
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + " …"


def parsed(text: str) -> Any:
    """Read JSON where it is JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text
