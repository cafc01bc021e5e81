"""Cut a line into words as a shell does, after mending what Slack and phones make of it. Pure.

Slack escapes `&`, `<` and `>` and wraps mentions and links; keyboards turn quotes curly and `--`
into a dash. A quote opens only where a word (or the value after `=`) begins, so `don't` is one;
JSON that stands there is one word as it is written.
"""

import json
import re
from dataclasses import dataclass

from bot.slack.text.mrkdwn import unescape

_SPECIAL = re.compile(r"<([@#!][^<>\s][^<>]*|(?:https?|mailto|tel|ftps?|slack):[^<>]*)>")
_PAIRS = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“”", "«": "»", "‘": "’", "’": "’"}
_CURLY_DOUBLE = "“”„"
_DASH = re.compile(r"^-?[\u2010-\u2015\u2212\uff0d][\u2010-\u2015\u2212\uff0d-]*(?=[A-Za-z])")
_UNSEEN = re.compile(r"[\u200b\u2060\ufeff]|(?<!\S)[\u200e\u200f]+(?=[!-~])")
_STYLED = re.compile(r"(`{1,3}|[*_~]{1,3})(\w[\w.:/-]*)\1")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its text, where it stands in the line, and whether it was quoted."""

    text: str
    start: int
    end: int
    quoted: bool = False
    open: bool = False  # a quote that nobody closed


def plain(text: str) -> str:
    """Return Slack's text as the person typed it; mentions and channels become their ids."""

    def written(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target[0] in "@#":
            return target[1:]
        if target[0] == "!":
            return label or "@" + target[1:].partition("^")[0]
        if label and target in (f"http://{label}", f"https://{label}"):
            return label  # a word that Slack took for an address
        return target.removeprefix("mailto:").removeprefix("tel:")

    return unescape(_SPECIAL.sub(written, _UNSEEN.sub("", text))).strip()


def split(line: str) -> list[Word]:
    """Cut a plain line into words."""
    words: list[Word] = []
    place = 0
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        word = _word(line, place)
        words.append(word)
        place = word.end
    return words


def quoted(text: str) -> str:
    """Return a text as one word of a line, so that `split` reads it back."""
    if re.fullmatch(r"[\w.,:/@+%-]+", text) and not _DASH.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def first(text: str) -> tuple[str, str]:
    """Return the first word of a text and what stands behind it."""
    text = text.strip()
    word = _word(text, 0)
    return word.text, text[word.end :].strip()


def _word(line: str, start: int) -> Word:
    taken: list[str] = []
    quoted = left_open = False
    place = start
    while place < len(line) and not line[place].isspace():
        here = line[place]
        begins = not taken or taken[-1] == "="
        if begins and (end := _json_end(line, place)):
            taken.append(line[place:end])
            place = end
        elif here in _PAIRS and begins:
            inside, place, closed = _quoted(line, place)
            quoted = quoted or not taken
            left_open = not closed  # then the line has come to its end
            taken += inside
        elif here == "\\" and place + 1 < len(line) and line[place + 1] in "\\\"' ":
            taken.append(line[place + 1])
            place += 2
        else:
            taken.append(here)
            place += 1
    text = "".join(taken)
    if not quoted:
        text = _DASH.sub("--", text)
        if styled := _STYLED.fullmatch(text):  # a name that was copied as code, or bold
            text = styled[2]
    return Word(text, start, place, quoted, left_open)


def _json_end(line: str, place: int) -> int:
    """Return where a JSON object or list that begins here ends; 0 if none does."""
    if line[place] not in "{[":
        return 0
    try:
        return json.JSONDecoder().raw_decode(line, place)[1]
    except (ValueError, RecursionError):
        return 0


def _quoted(line: str, place: int) -> tuple[list[str], int, bool]:
    """Read a quoted part; without its closing quote it reaches to the end of the line."""
    ends = _PAIRS[line[place]] + ('"' if line[place] in _CURLY_DOUBLE else "")
    inside: list[str] = []
    place += 1
    while place < len(line):
        if line[place] in ends:
            return inside, place + 1, True
        if line[place] == "\\" and line[place + 1 : place + 2] in (*ends, "\\"):
            place += 1
        inside.append(line[place])
        place += 1
    return inside, place, False
