"""What a person may choose about reading, checking and writing a dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """What the written lines look like, by method of fine-tuning."""

    CHAT = "chat"
    COMPLETION = "completion"
    DPO = "dpo"
    REINFORCEMENT = "reinforcement"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the input is to be read, where its own shape does not say so; None means sniff."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    prompt_column: str | None = None
    completion_column: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """Return the fields whose columns a person has named, with these names."""
        columns = {"prompt": self.prompt_column, "completion": self.completion_column}
        return {field: name.strip() for field, name in columns.items() if name}


@dataclass(frozen=True, slots=True)
class Options:
    """What examples to make of the rows, and what to do about findings.

    `separator` ends every prompt and `stop` every answer: added for completion models, taken off
    (with the space before the answer) for chat models; nothing is done unless they are given.
    `fix` applies the loss-free fixes; rows with a finding of a code in `leave_out`, and those
    whose number is in `without`, are left out as those with errors always are; `limit` is the
    training context in tokens.
    """

    reading: Reading = Reading()
    format: Format | None = None
    system: str | None = None
    separator: str = ""
    stop: str = ""
    leading_space: bool = False
    fix: bool = False
    leave_out: frozenset[str] = frozenset()
    without: frozenset[int] = frozenset()
    limit: int = 65_536


def options_of(given: Mapping[str, Any]) -> Options:
    """Return what was chosen, by the names that the command line and the slash command have."""
    return Options(
        reading=Reading(
            encoding=given["encoding"] or None,
            delimiter=_typed(given["delimiter"]) or None,
            sheet=given["sheet"] or None,
            prompt_column=given["prompt_column"] or None,
            completion_column=given["completion_column"] or None,
        ),
        format=Format(given["format"]) if given["format"] else None,
        system=given["system"] or None,
        separator=_typed(given["separator"]),
        stop=_typed(given["stop"]),
        leading_space=given["leading_space"],
        fix=given["fix"],
        leave_out=frozenset(given["leave_out"] or ()),
        without=frozenset(given["without"] or ()),
        limit=given["max_tokens"],
    )


def _typed(text: str | None) -> str:
    r"""Return a text with new lines and tabs for what is written in it as `\n` and `\t`."""
    return (text or "").replace("\\n", "\n").replace("\\t", "\t")
