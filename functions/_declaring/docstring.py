"""Read what a docstring says about a function and its parameters.

Three styles are known: Google (`Args:`, or as a title in Markdown), NumPy (`Parameters` over
dashes) and Sphinx (`:param`).
Only what a model needs is read: the first paragraph and one text for each parameter.
"""

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

OPENING = re.compile(r"\s*(?:(?:Description|Summary|Overview):\s+)?", re.IGNORECASE)
TITLE = re.compile(
    r"(?P<mark>#+ |:|)\**((Keyword )?Arg(ument)?s|(Other )?Param(eter)?s|Inputs?|Attributes)"
    r"(?P<end>\s*:|)\s*\**(?P<late>\s*:|)\s*$",
    re.IGNORECASE,
)
GOOGLE_END = re.compile(r"[A-Z][A-Za-z ]*:\s*$")
NAME = r"\w+(?:-\w+)*"
GOOGLE_ITEM = re.compile(
    rf"(?:[-+*]\s+)?[*`\\]*({NAME}(?:, *{NAME})*)[*`]{{0,2}}"
    r"(?:\s*\(.*?\))?\s*(?::|--|–|—|(?<=\s)-)(?=\s|$)\s*(.*)"
)
BULLET = re.compile(rf"[-+*]\s+[*`]{{0,2}}{NAME}[*`]{{0,2}}\s*([(:]|--|–|—|-\s)")
NUMPY_ITEM = re.compile(r"([*\\]*\w+(?:\s*,\s*[*\\]*\w+)*)\s*(?::.*)?$")
SPHINX_ITEM = re.compile(
    r"(?::(?:param|parameter|arg|argument|key|keyword|kwarg)\s+(?:[^:]|:\w+:)*?"
    r"|:(?!returns?:|rtype:|raises?:|yields?:)(?=\w+:\s))(\w+)\s*:\s*(.*)"
)
FIELD = re.compile(r":\w[^:]*:")


@dataclass(slots=True)
class Docstring:
    """The first paragraph and the texts of the parameters by name."""

    summary: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def read(text: str | None) -> Docstring:
    """Read a docstring in whichever of the three styles it is written."""
    lines = OPENING.sub("", inspect.cleandoc(text or ""), count=1).expandtabs().splitlines()
    found: dict[str, str] = {}
    for name, words in (*_google(lines), *_numpy(lines), *_sphinx(lines)):
        if joined := " ".join(" ".join(words).split()):
            found.setdefault(name, joined)
    return Docstring(_summary(lines), found)


def _summary(lines: list[str]) -> str:
    """Return the first paragraph that is no section, nor in one."""
    taken: list[str] = []
    for number, (above, line) in enumerate(zip(["", *lines], lines, strict=False)):
        begins = _begins_paragraph(above, line)
        goes_on = taken and line.strip()
        if (begins or goes_on) and not _starts_section(lines, number):
            taken.append(line.strip())
        elif taken or _underlined(lines, number):
            break
    return " ".join(taken)


def _begins_paragraph(above: str, line: str) -> bool:
    return not above.strip() and line[:1].strip() != ""


def _starts_section(lines: list[str], number: int) -> bool:
    line = lines[number]
    google = GOOGLE_END.match(line) and _indent(lines, number + 1) > 0
    return bool(google or FIELD.match(line) or _heads(lines, number) or _underlined(lines, number))


def _underlined(lines: list[str], number: int) -> bool:
    below = lines[number + 1].strip() if number + 1 < len(lines) else ""
    signs = "-=" if TITLE.match(lines[number].strip()) else "-"
    return len(below) >= 3 and len(set(below)) == 1 and below[0] in signs


def _heads(lines: list[str], number: int) -> bool:
    """Tell whether a line is the title of parameters in Google's style, in Markdown, or bare."""
    title = TITLE.match(lines[number].strip())
    if title is None or _underlined(lines, number):
        return False
    is_marked = any(title.group("mark", "end", "late"))
    return is_marked or _indent(lines, number + 1) > _indent(lines, number)


def _indent(lines: list[str], number: int) -> int:
    line = lines[number] if number < len(lines) else ""
    return len(line) - len(line.lstrip())


def _google(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    for number in range(len(lines)):
        if _heads(lines, number):
            depth = _indent(lines, number)
            below = [line[min(depth, len(line) - len(line.lstrip())) :] for line in lines]
            yield from _items(_indented(below[number + 1 :]), GOOGLE_ITEM)


def _indented(lines: list[str]) -> list[str]:
    """Take the lines that are indented or listed, without what hangs over on the left.

    If the first is neither, as in PEP 257, they are the lines up to an empty one.
    """
    body: list[str] = []
    is_flush = bool(lines and GOOGLE_ITEM.match(lines[0]) and not BULLET.match(lines[0]))
    for line in lines:
        is_inside = line.startswith(" ") or BULLET.match(line)
        if not line.strip() if is_flush else line.strip() and not is_inside:
            break
        body.append(line)
    return _flush(body)


def _flush(lines: list[str]) -> list[str]:
    return inspect.cleandoc("\n" + "\n".join(lines)).splitlines()


def _items(lines: Iterable[str], item: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield of a list of `name: text` lines each name, with words that go on while it is read."""
    words: list[str] = []
    for line in lines:
        if not (match := item.match(line)):
            words.append(line)
            continue
        words = [match[2]] if item is GOOGLE_ITEM else []
        for name in match[1].split(","):
            yield name.strip(" *\\").replace("-", "_"), words


def _numpy(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(lines):
        if TITLE.match(line.strip()) and _underlined(lines, number):
            body = lines[number + 2 :]
            ends = (place for place in range(len(body)) if _underlined(body, place))
            body = _flush(body[: next(ends, len(body))])
            is_google = all(GOOGLE_ITEM.match(one) and " : " not in one for one in body if one)
            yield from _items(body, GOOGLE_ITEM if is_google else NUMPY_ITEM)


def _sphinx(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    words: list[str] = []
    for above, line in zip(["", *lines], lines, strict=False):
        if match := SPHINX_ITEM.match(line):
            words = [match[2]]
            yield match[1], words
        elif FIELD.match(line) or _begins_paragraph(above, line):
            words = []
        else:
            words.append(line)
