"""One row of the input, as every reader hands it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.finetuning.findings import Place, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """Values by field name, and the problems that the reader met in this row.

    A row that could not be read at all has no values (`values` is None) but a problem that says
    why, so that it is named and counted. `columns` are the spreadsheet's letters of the fields.
    """

    place: Place
    values: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    columns: Mapping[str, str] | None = None
