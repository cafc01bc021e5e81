"""Which encoding a file is in, told from its bytes.

A mark at the start decides; else many NUL bytes betray UTF-16 (a few spoil their rows only); else
the whole file is tried as UTF-8. A file that is mostly valid UTF-8 stays UTF-8 and its bad bytes
become findings. Of the others only Western text is taken (as cp1252, and said so): with anything
else a guess would ruin the text, so the likely encodings are shown instead.
"""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, TextIO

from bot.finetuning.source import ReadError, Source

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_ESCAPED = re.compile("[\udc80-\udcff]")
_LIKELY = (
    *("cp1251", "shift_jis", "gb18030", "big5", "euc_kr", "cp1253", "cp1250", "cp874"),
    *("cp1254", "cp1255", "cp1256", "euc_jp", "koi8_r"),
)
_SHOWN = 8  # readings
_WEIGHED = 400  # bytes
_STRANGE = re.compile(  # a sign within a word, but for vowels of Thai, or a sign of nobody's
    r"\w[^\w\s\u0e31-\u0e4e]+(?=\w)|[\ue000-\uf8ff\uff61-\uff9f]"
)
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}  # stand side by side


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding; `guess` holds words of the file that show whether the guess was right."""

    name: str
    guess: str = ""

    @property
    def errors(self) -> str:
        """Return the handler that keeps bad bytes recognizable."""
        return "surrogateescape" if self.name in ("utf-8", "utf-8-sig", "cp1252") else "replace"

    def bad(self, text: str) -> int:
        """Return the position (from 1) of the first byte that was no text, or 0."""
        if text.isascii():
            return text.find("\0") + 1
        pattern = _ESCAPED if self.errors == "surrogateescape" else re.compile("\ufffd")
        found = pattern.search(text)
        return found.start() + 1 if found else text.find("\0") + 1

    def open(self, source: Source) -> TextIO:
        """Open a source as text, line ends untouched."""
        return io.TextIOWrapper(source.open(), encoding=self.name, errors=self.errors, newline="")

    def sample(self, source: Source) -> str:
        """Return the beginning of a source as text."""
        with self.open(source) as stream:
            return stream.read(_SAMPLE)


def named(name: str) -> Encoding:
    """Return the encoding that a person asked for."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name)
        return Encoding(codecs.lookup(name).name)
    except (LookupError, ValueError) as error:
        raise ReadError(f"There is no encoding called {name!r}; utf-8 is one.") from error


def sniff(source: Source) -> Encoding:
    """Return the encoding of a source."""
    with source.open() as stream:
        start = stream.read(_SAMPLE)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name)
    if start.count(0) * 100 > len(start):
        return _sixteen(source.name, start)
    with source.open() as stream:
        return _eight(source.name, stream)


def _sixteen(name: str, start: bytes) -> Encoding:
    half = max(1, len(start) // 2)
    low, high = start[0::2].count(0) / half, start[1::2].count(0) / half
    if high > 0.3 and low < 0.05:
        return Encoding("utf-16-le")
    if low > 0.3 and high < 0.05:
        return Encoding("utf-16-be")
    raise ReadError(f"{name} is not a text file (it holds NUL bytes); save it as CSV in UTF-8.")


def _eight(name: str, stream: BinaryIO) -> Encoding:
    good, bad, sample = _weigh(stream)
    if good >= bad:
        return Encoding("utf-8")
    if not _western(sample):
        raise ReadError(
            f"{name} is not UTF-8, and its encoding cannot be told. "
            f"Name it with --encoding, for example {_readings(sample)}."
        )
    words = _foreign(re.findall(rb"[A-Za-z\x80-\xff]+", sample))[:3]
    return Encoding("cp1252", ", ".join(word.decode("cp1252", "replace") for word in words))


def _weigh(stream: BinaryIO) -> tuple[int, int, bytes]:
    """Count characters beyond ASCII that are valid UTF-8, bytes that are not; keep a sample."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    sample = b""
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk)
        if text.isascii():
            continue
        valid = text.encode("utf-8", "ignore").decode("utf-8")
        wrong = len(text) - len(valid)
        bad += wrong
        good += len(valid) - len(valid.encode("ascii", "ignore"))
        if wrong and len(sample) < _SAMPLE:
            sample += b"".join(line for line in chunk.splitlines(True) if not line.isascii())
    tail = decoder.decode(b"", final=True)
    return good, bad + len(tail), sample[:_SAMPLE]


def _western(sample: bytes) -> bool:
    """Tell whether bytes beyond ASCII are rare guests among Latin letters, as in cp1252."""
    high = len(re.findall(rb"[\x80-\xff]", sample))
    runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{3,}", sample))
    undefined = len(re.findall(rb"[\x81\x8d\x8f\x90\x9d]", sample))
    return runs * 3 < high and undefined * 10 <= high


def _readings(sample: bytes) -> str:
    """Show how the first foreign words read in the likely encodings, the most likely first."""
    words = b" ".join(_foreign(re.split(rb"[\r\n,;\t]", sample)))[:_WEIGHED]
    readings = []
    for name in _LIKELY:
        with suppress(UnicodeDecodeError):  # a letter may be cut at the end
            readings.append((codecs.getincrementaldecoder(name)().decode(words), name))
    best = sorted(readings, key=lambda reading: _strangeness(reading[0]))[:_SHOWN]
    return ", ".join(f"{name} ({text[:12]!r})" for text, name in best) or "cp1252"


def _strangeness(text: str) -> int:
    """Return how far a text is from words of one script: by scripts, capitals, signs in words."""
    names = [unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha()]
    scripts = {"CJK" if name in _EAST_ASIAN else name for name in names}
    capitals = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return len(scripts) + capitals + len(_STRANGE.findall(text))


def _foreign(pieces: Iterable[bytes]) -> list[bytes]:
    """Return those that hold more than ASCII."""
    return [piece for piece in pieces if not piece.isascii()]
