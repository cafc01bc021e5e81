"""Write a picture as PNG: a palette of two colours, one bit for each pixel."""

import struct
import zlib

from playground.openai.images.picture import BLOCK, Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
INDEXED = 3


def png(picture: Picture) -> bytes:
    """Give the file."""
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 1, INDEXED, 0, 0, 0)
    lines = bytearray()
    for place in range(picture.rows):
        line = b"\0" + bytes(0xFF if shown else 0 for shown in picture.row(place))
        lines += line * min(BLOCK, picture.height - place * BLOCK)
    chunks = [chunk(b"IHDR", head), chunk(b"PLTE", bytes(picture.back + picture.fore))]
    if picture.clear:
        chunks.append(chunk(b"tRNS", b"\x00\xff"))
    chunks += [chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]
    return SIGNATURE + b"".join(chunks)


def chunk(name: bytes, data: bytes) -> bytes:
    """Give one chunk with length and checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
