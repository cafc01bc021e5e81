"""Cut a long text into parts that an operation takes. Pure."""

import re

_SENTENCE = r"(?<=[.!?…])\s+|(?<=[。！？][」』）”])|(?<=[。！？])(?![」』）”])"
_ENDS = (r"\n\s*\n", r"\n", _SENTENCE, r"\s+|(?<=[、，；])")


def parts(text: str, most: int) -> list[str]:
    """Return a text in parts of at most `most` characters, cut where it reads best.

    Paragraphs are kept whole where they fit, then lines, sentences, words.
    """
    found: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        at = _cut(rest, most)
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*found, rest] if rest else found


def _cut(text: str, most: int) -> int:
    """Return the best place to cut, not too near to the start."""
    for pattern in _ENDS:
        places = [found.start() for found in re.finditer(pattern, text[: most + 1])]
        if places and places[-1] > most // 3:
            return places[-1]
    return most
