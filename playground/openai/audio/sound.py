"""Speech as samples: one short tone for each word, its height from the word."""

import math
import struct
import sys
from array import array
from hashlib import blake2b
from typing import TypeAlias

Samples: TypeAlias = "array[int]"
RATE = 24_000
WORD_SECONDS, GAP_SECONDS = 0.16, 0.05
TONES = 8
LOUDNESS = 9_000
NOTE = b"callboard-words:"
END_OF_NOTE = b"\n"


def samples(text: str, voice: str, speed: float) -> Samples:
    """Give the samples of a text."""
    length = round(RATE * WORD_SECONDS / speed)
    pause = array("h", bytes(2 * round(RATE * GAP_SECONDS / speed)))
    places = [place_of(word) for word in text.split()]
    tones = {place: tone(place, voice, length) + pause for place in set(places)}
    sound = array("h", pause)
    for place in places:
        sound.extend(tones[place])
    return sound


def place_of(word: str) -> int:
    """Give the height of a word's tone."""
    return blake2b(word.casefold().encode(), digest_size=1).digest()[0] % TONES


def tone(place: int, voice: str, length: int) -> Samples:
    """Give one tone that swells and fades; each voice has its own pitch."""
    pitch = 140 + 20 * (sum(voice.encode()) % 8)
    turn = 2 * math.pi * pitch * 2 ** (place / 12) / RATE
    return array(
        "h",
        (
            round(LOUDNESS * math.sin(turn * n) * math.sin(math.pi * n / length))
            for n in range(length)
        ),
    )


def little_endian(sound: Samples) -> bytes:
    """Give samples as bytes, the low one first."""
    return sound.tobytes() if sys.byteorder == "little" else swapped(sound)


def big_endian(sound: Samples) -> bytes:
    """Give samples as bytes, the high one first."""
    return swapped(sound) if sys.byteorder == "little" else sound.tobytes()


def swapped(sound: Samples) -> bytes:
    """Give samples with their two bytes exchanged."""
    copy = array("h", sound)
    copy.byteswap()
    return copy.tobytes()


def note_of(text: str) -> bytes:
    """Give what a file notes about its words: one line."""
    return NOTE + " ".join(text.split()).encode() + END_OF_NOTE


def read_note(data: bytes) -> str | None:
    """Give the words that a file notes; None for files that are not ours."""
    start = data.find(NOTE)
    if start < 0:
        return None
    end = data.find(END_OF_NOTE, start)
    return data[start + len(NOTE) : end].decode(errors="replace") if end >= 0 else None


def seconds_of(data: bytes) -> float:
    """Give how long a sound file is: exactly for WAV and our own, roughly for others."""
    note = read_note(data)
    if note is not None and data[:4] != b"RIFF":
        return round((WORD_SECONDS + GAP_SECONDS) * len(note.split()) + GAP_SECONDS, 2)
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return round(max(0.1, len(data) / 16_000), 2)
    at, per_second = 12, RATE * 2
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if name == b"fmt " and len(data) >= at + 20:
            per_second = struct.unpack("<I", data[at + 16 : at + 20])[0] or per_second
        if name == b"data":
            return float(round(min(size, len(data) - at - 8) / per_second, 2))
        at += 8 + size + size % 2
    return 0.1
