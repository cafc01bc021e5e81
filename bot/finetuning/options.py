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
class Options:
    """How the input is read, what examples to make of its rows, and what to do about findings.

    What is empty of the first five is told from the input. `separator` ends every prompt and `stop`
    every answer: added for completion models, taken off (with the space before the answer) for chat
    models; nothing is done unless they are given. `fix` applies the loss-free fixes; rows with a
    finding of a code in `leave_out`, and those whose number is in `without`, are left out as those
    with errors always are; `limit` is the training context in tokens. `validation_share` of the
    examples (0 for none) goes to a second file, chosen by `seed`.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    prompt_column: str = ""
    completion_column: str = ""
    format: Format | None = None
    system: str = ""
    separator: str = ""
    stop: str = ""
    leading_space: bool = False
    fix: bool = False
    leave_out: frozenset[str] = frozenset()
    without: frozenset[int] = frozenset()
    limit: int = 65_536
    validation_share: float = 0.0
    seed: int = 42

    @property
    def named(self) -> dict[str, str]:
        """Return the fields whose columns a person has named, with these names."""
        columns = {"prompt": self.prompt_column, "completion": self.completion_column}
        return {field: name.strip() for field, name in columns.items() if name}


_TEXTS = ("encoding", "sheet", "prompt_column", "completion_column", "system")
_TYPED = ("delimiter", "separator", "stop")  # with what stands for new lines and tabs
_PLAIN = ("leading_space", "fix", "validation_share", "seed")


def options_of(given: Mapping[str, Any]) -> Options:
    """Return what was chosen, by the names that the command line and the slash command have."""
    chosen: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    chosen |= {name: given[name] or "" for name in _TEXTS}
    chosen |= {name: _typed(given[name] or "") for name in _TYPED}
    return Options(
        **chosen,
        format=Format(given["format"]) if given["format"] else None,
        leave_out=frozenset(given["leave_out"] or ()),
        without=frozenset(given["without"] or ()),
        limit=given["max_tokens"],
    )


def _typed(text: str) -> str:
    r"""Return a text with new lines and tabs for what is written in it as `\n` and `\t`."""
    return text.replace("\\n", "\n").replace("\\t", "\t")
