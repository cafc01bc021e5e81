"""Sound files in every format of the speech operation.

WAV, FLAC and PCM hold the tones. MP3, AAC and Opus hold honest frames of silence, as long as the
tones would be: their encoders would be programs of their own.
"""

import struct
from collections.abc import Callable
from functools import cache

from playground.openai.audio.sound import RATE, Samples, big_endian, little_endian, note_of

Write = Callable[[Samples, str], bytes]
FLAC_BLOCK = 4_096
MP3_FRAME = b"\xff\xf3\x14\xc4" + bytes(20)
MP3_SAMPLES = 576
AAC_SILENCE = b"\x00\x00\x00\x07"
AAC_SAMPLES = 1_024
OPUS_SILENCE = b"\xf8\xff\xfe"
OPUS_SAMPLES = 480
OPUS_CLOCK = 48_000 // RATE
PACKETS_OF_A_PAGE = 50
SERIAL = 7


def pcm(sound: Samples, text: str) -> bytes:
    """Give the samples alone."""
    return little_endian(sound)


def wav(sound: Samples, text: str) -> bytes:
    """Give a WAV file with the words as its comment."""
    note = note_of(text)
    note += b"\0" * (len(note) % 2)
    data = little_endian(sound)
    chunks = (
        riff(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)),
        riff(b"LIST", b"INFO" + riff(b"ICMT", note)),
        riff(b"data", data),
    )
    body = b"WAVE" + b"".join(chunks)
    return riff(b"RIFF", body)


def riff(name: bytes, data: bytes) -> bytes:
    """Give one chunk of a RIFF file."""
    return name + struct.pack("<I", len(data)) + data


def mp3(sound: Samples, text: str) -> bytes:
    """Give an MP3 of silence."""
    return id3(text) + MP3_FRAME * frames(sound, MP3_SAMPLES)


def aac(sound: Samples, text: str) -> bytes:
    """Give an AAC stream of silence."""
    length = 7 + len(AAC_SILENCE)
    head = 0xFFF1 << 40 | 1 << 38 | 6 << 34 | 1 << 30 | length << 13 | 0x7FF << 2
    return id3(text) + (head.to_bytes(7, "big") + AAC_SILENCE) * frames(sound, AAC_SAMPLES)


def frames(sound: Samples, size: int) -> int:
    """Count the frames that a sound needs."""
    return max(1, -(-len(sound) // size))


def id3(text: str) -> bytes:
    """Give a tag with the words as its comment."""
    body = b"\x03eng\0" + note_of(text)
    frame = b"COMM" + spread(len(body)) + b"\0\0" + body
    return b"ID3\x04\0\0" + spread(len(frame)) + frame


def spread(number: int) -> bytes:
    """Give a number in four bytes of seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def flac(sound: Samples, text: str) -> bytes:
    """Give a FLAC file that stores its samples as they are."""
    size = struct.pack(">HH", FLAC_BLOCK, FLAC_BLOCK) + bytes(6)
    rate = (RATE << 44 | 0 << 41 | 15 << 36 | len(sound)).to_bytes(8, "big")
    about = size + rate + bytes(16)
    blocks = (
        flac_frame(sound[start : start + FLAC_BLOCK], number)
        for number, start in enumerate(range(0, len(sound), FLAC_BLOCK))
    )
    metadata = flac_metadata(0, about) + flac_metadata(0x84, comments(text))
    return b"fLaC" + metadata + b"".join(blocks)


def flac_metadata(kind: int, data: bytes) -> bytes:
    """Give one block of metadata."""
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def flac_frame(sound: Samples, number: int) -> bytes:
    """Give one frame: a head with its own checksum, the samples, a checksum of all."""
    counted = chr(number).encode() if number < 0xD800 else chr(number + 0x800).encode()
    head = b"\xff\xf8\x77\x08" + counted + struct.pack(">H", len(sound) - 1)
    frame = head + bytes([checksum(head, 0x07, 8)]) + b"\x02" + big_endian(sound)
    return frame + checksum(frame, 0x8005, 16).to_bytes(2, "big")


def checksum(data: bytes, rule: int, bits: int) -> int:
    """Give the cyclic checksum of some bytes."""
    table, value, shift, mask = remainders(rule, bits), 0, bits - 8, (1 << bits) - 1
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> shift ^ byte]
    return value


@cache
def remainders(rule: int, bits: int) -> tuple[int, ...]:
    """Give the remainder that each byte leaves."""
    table, top, mask = [], 1 << bits - 1, (1 << bits) - 1
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ rule if value & top else value << 1) & mask
        table.append(value)
    return tuple(table)


def comments(text: str) -> bytes:
    """Give the comments of FLAC and Opus: who wrote it, and the words."""
    maker, note = b"Callboard's playground", b"COMMENT=" + note_of(text)
    return struct.pack("<I", len(maker)) + maker + struct.pack("<II", 1, len(note)) + note


def opus(sound: Samples, text: str) -> bytes:
    """Give an Ogg file of Opus silence."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, RATE, 0, 0)
    pages = [page([head], 0, 0, 0x02), page([b"OpusTags" + comments(text)], 0, 1)]
    left, done = frames(sound, OPUS_SAMPLES), 0
    while left:
        packets = min(left, PACKETS_OF_A_PAGE)
        left, done = left - packets, done + packets
        position = done * OPUS_SAMPLES * OPUS_CLOCK
        silence = [OPUS_SILENCE] * packets
        pages.append(page(silence, position, len(pages), 0 if left else 0x04))
    return b"".join(pages)


def page(packets: list[bytes], position: int, number: int, flags: int = 0) -> bytes:
    """Give one page of an Ogg file."""
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    start = b"OggS" + struct.pack("<BBqII", 0, flags, position, SERIAL, number)
    end = bytes([len(lacing)]) + lacing + b"".join(packets)
    return start + checksum(start + bytes(4) + end, 0x04C11DB7, 32).to_bytes(4, "little") + end


FORMATS: dict[str, tuple[str, Write]] = {
    "mp3": ("audio/mpeg", mp3),
    "opus": ("audio/ogg", opus),
    "aac": ("audio/aac", aac),
    "flac": ("audio/flac", flac),
    "wav": ("audio/wav", wav),
    "pcm": ("audio/pcm", pcm),
}
