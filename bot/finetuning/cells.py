"""What cells of a worksheet say, as text: shared and inline texts, numbers, dates, formulas.

A number is given with the 15 digits that spreadsheets show; a date in ISO form. Where the sheet
shows something else than is stored (a percentage, a price, a date) a finding says so.
"""

import re
import tempfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.finetuning.table import MOST_COLUMNS, BadCell
from bot.finetuning.xmlparts import Element, Handler, XMLRefused

_IN_MEMORY = 1 << 23
_MOST_TEXTS = 5_000_000
_LONGEST = 4_000_000
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]?|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ZEROS = re.compile(r"(0+)(?:\.(0+))?")
_BUILT_IN_ZEROS = {"2": "0.00"}
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


class _Words(Handler):
    """Collects the text of what is parsed (`v` and `t`), without phonetic signs (`rPh`)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._collecting = False
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        if name == "rPh":
            self._phonetic = True
        elif name in ("v", "t"):
            self._collecting = not self._phonetic

    def end(self, name: str) -> None:
        """Meet the end of an element."""
        if name == "rPh":
            self._phonetic = False
        elif name in ("v", "t"):
            self._collecting = False

    def text(self, text: str) -> None:
        """Meet text."""
        if self._collecting:
            self._length += len(text)
            if self._length > _LONGEST:
                raise XMLRefused("a cell of it holds more text than spreadsheets allow")
            self._pieces.append(text)

    def _taken(self) -> str:
        """Return what was collected, and begin anew."""
        text, self._pieces, self._length = "".join(self._pieces), [], 0
        return text


class Texts(_Words):
    """The shared texts of a workbook, in memory while few, else in a temporary file."""

    def __init__(self) -> None:
        super().__init__()
        self.filled = False
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed in close()
        self._starts = array("Q", [0])

    def __getitem__(self, index: int) -> str:
        """Return a text by its number."""
        start, end = self._starts[index], self._starts[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        """Count the texts."""
        return len(self._starts) - 1

    def close(self) -> None:
        """Drop the temporary file."""
        self._file.close()

    def end(self, name: str) -> None:
        """Meet the end of an element."""
        super().end(name)
        if name == "si":
            self._append(_plain(self._taken()))

    def _append(self, text: str) -> None:
        if len(self) >= _MOST_TEXTS:
            raise XMLRefused("it holds far too many texts")
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(data)
        self._starts.append(self._starts[-1] + len(data))


def _plain(text: str) -> str:
    """Put characters in that XLSX writes as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


@dataclass(frozen=True, slots=True)
class Styles:
    """What the styles of cells show: plain numbers, dates, time spans, or a form of their own.

    `digits` are those that a format of nothing but zeros asks for, before and after the point.
    """

    kinds: tuple[str, ...] = ()
    digits: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    since_1904: bool = False

    @classmethod
    def read(cls, elements: list[Element], since_1904: bool) -> "Styles":
        """Read the styles of a workbook."""
        codes: dict[str, str] = {}
        formats: list[str] = []
        inside = False
        for element in elements:
            if element.name == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            elif element.name in ("cellXfs", "cellStyles", "dxfs"):
                inside = element.name == "cellXfs"
            elif element.name == "xf" and inside:
                formats.append(element.get("numFmtId", "0"))
        digits = {at: found for at, one in enumerate(formats) if (found := _digits(one, codes))}
        return cls(tuple(_kind(one, codes) for one in formats), digits, since_1904)

    def kind(self, style: int) -> str:
        """Return what a style shows."""
        own = style < len(self.kinds) and style not in self.digits
        return self.kinds[style] if own else "plain"

    def plain(self, number: float, style: int) -> str:
        """Write a number with the 15 digits that count, and the zeros that its format asks for."""
        zeros, decimals = self.digits.get(style, (0, 0))
        made = f"{number:.15g}"
        if not (zeros or decimals) or "e" in made or len(made.partition(".")[2]) > decimals:
            return made
        fixed = f"{abs(number):.{decimals}f}"
        before, dot, after = fixed.partition(".")
        return f"{'-' if number < 0 else ''}{before.zfill(zeros)}{dot}{after}"

    def date(self, number: float) -> str:
        """Write a day number as an ISO date, with the time if it has one."""
        if self.since_1904:
            day = datetime(1904, 1, 1)
        else:  # the calendar of 1900 has a 29 February that never was
            day = datetime(1899, 12, 30) if number >= 60 else datetime(1899, 12, 31)
        moment = day + timedelta(seconds=round(number * 86_400))
        if 0 <= number < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if number == int(number) else moment.isoformat(" ")


def _digits(kind: str, codes: dict[str, str]) -> tuple[int, int] | None:
    """Return how many digits a format of nothing but zeros asks for, before and after the point."""
    found = _ZEROS.fullmatch(codes.get(kind, _BUILT_IN_ZEROS.get(kind, "")))
    return (len(found[1]), len(found[2] or "")) if found else None


def _kind(number: str, codes: dict[str, str]) -> str:
    code = codes.get(number, "")
    if number == "46" or _ELAPSED.search(code):
        return "time span"
    if number in codes:
        is_date = re.search("[dmyhs]", _QUOTED.sub("", code.lower())) is not None
    else:
        is_date = number.isdecimal() and int(number) in _BUILT_IN_DATES
    return "date" if is_date else "plain" if number in ("0", "1", "49", "") else "own"


@dataclass(slots=True)
class _Cell:
    at: int
    kind: str
    style: int
    formula: bool = False


class Cells(_Words):
    """Collects the rows of a worksheet while it is parsed."""

    def __init__(self, styles: Styles, texts: Texts) -> None:
        super().__init__()
        self._styles = styles
        self._texts = texts
        self._rows: list[tuple[int, dict[int, str | BadCell]]] = []
        self._number = 0
        self._row: dict[int, str | BadCell] = {}
        self._next = 0
        self._cell: _Cell | None = None

    def take(self) -> list[tuple[int, dict[int, str | BadCell]]]:
        """Hand over the rows that are complete: number and cells by column."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        super().start(name, attributes)
        if name == "row":
            self._number = _whole(attributes.get("r", ""), self._number + 1)
            self._row, self._next = {}, 0
        elif name == "c":
            at = _column(attributes.get("r", ""), self._next)
            kind, style = attributes.get("t", "n"), _whole(attributes.get("s", ""), 0)
            self._cell = _Cell(at, kind, style)
            self._next = at + 1
            self._taken()  # what stood outside of any cell
        elif name == "f" and self._cell:
            self._cell.formula = True

    def end(self, name: str) -> None:
        """Meet the end of an element."""
        super().end(name)
        if name == "row":
            self._rows.append((self._number, self._row))
        elif name == "c" and self._cell:
            value = self._value(self._cell)
            if value != "":
                self._row[self._cell.at] = value
            self._cell = None

    def _value(self, cell: _Cell) -> str | BadCell:
        raw = self._taken()
        if not raw:
            unsaved = cell.formula and cell.kind != "str"
            return (
                BadCell("cell_error", "a formula without a stored value.", _SAVE) if unsaved else ""
            )
        if cell.kind == "s":
            index = _whole(raw, -1)
            if 0 <= index < len(self._texts):
                return self._texts[index]
            text = "the cell refers to a text that is not there."
            return BadCell("cell_error", text, "save it anew.")
        if cell.kind == "e":
            return BadCell("cell_error", f"the cell shows the error {raw}.", "mend its formula.")
        if cell.kind == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        if cell.kind in ("str", "inlineStr", "d"):
            return _plain(raw)
        return self._number_text(raw, cell.style)

    def _number_text(self, raw: str, style: int) -> str | BadCell:
        kind = self._styles.kind(style)
        try:
            number = float(raw)
            if kind in ("date", "time span"):
                shown = self._styles.date(number) if kind == "date" else _duration(number)
                return BadCell("formatted_cell", f"a {kind}, taken as {shown}.", _AS_TEXT, shown)
            exact = raw.isdecimal() and len(raw) > 15 and raw[0] != "0"
            plain = raw if exact else self._styles.plain(number, style)
        except (ValueError, OverflowError):
            return raw
        if kind == "own":
            text = f"a number in a format of its own, taken as {plain}."
            return BadCell("formatted_cell", text, _AS_TEXT, plain)
        return plain


_SAVE = "open the workbook in a spreadsheet program and save it."
_AS_TEXT = "format the column as text if it should read otherwise."


def _duration(days: float) -> str:
    seconds = round(abs(days) * 86_400)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{'-' if days < 0 else ''}{hours}:{minutes:02}:{seconds % 60:02}"


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _column(reference: str, otherwise: int) -> int:
    at = 0
    for sign in reference[:8].upper():
        if not "A" <= sign <= "Z":
            break
        at = at * 26 + ord(sign) - 64
    found = at - 1 if at else otherwise
    if found >= MOST_COLUMNS:
        raise XMLRefused("it has more columns than spreadsheets have")
    return found
