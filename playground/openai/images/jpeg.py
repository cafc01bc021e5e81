"""Write a picture as a baseline JPEG: every block has one colour, so only its mean is coded.

A block of eight by eight pixels becomes a single coefficient; the tables of codes are the
smallest that can say so: nine sizes of a difference, and "the rest is nothing".
"""

import struct

from playground.openai.images.picture import Colour, Picture

STEP = 8
SIZES = 9
SIZE_BITS = 4
END_OF_BLOCK = "0"
MEAN_TABLE = bytes([0x00, 0, 0, 0, SIZES, *([0] * 12), *range(SIZES)])
REST_TABLE = bytes([0x10, 1, *([0] * 15), 0x00])


def jpeg(picture: Picture) -> bytes:
    """Give the file."""
    size = struct.pack(">BHHB", 8, picture.height, picture.width, 3)
    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    selected = b"".join(bytes([number, 0x00]) for number in (1, 2, 3))
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            segment(0xDB, bytes([0, *([STEP] * 64)])),
            segment(0xC0, size + components),
            segment(0xC4, MEAN_TABLE),
            segment(0xC4, REST_TABLE),
            segment(0xDA, b"\x03" + selected + b"\x00\x3f\x00"),
            coded(picture),
            b"\xff\xd9",
        )
    )


def segment(marker: int, data: bytes) -> bytes:
    """Give one segment with its length."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def coded(picture: Picture) -> bytes:
    """Give the blocks as codes, padded and with no marker in them."""
    colours = (levels(picture.back), levels(picture.fore))
    steps = {(a, b): change(colours[a], colours[b]) for a in (0, 1) for b in (0, 1)}
    said, before = [change((0, 0, 0), colours[0])], 0
    for place in range(picture.rows):
        for column, shown in enumerate(picture.row(place)):
            if place or column:
                said.append(steps[before, int(shown)])
            before = int(shown)
    bits = "".join(said)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def levels(colour: Colour) -> Colour:
    """Give brightness and the two differences of colour, around zero."""
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(bright - 128), round((blue - bright) * 0.564), round((red - bright) * 0.713)


def change(before: Colour, after: Colour) -> str:
    """Give the codes of one block: how its three means differ from those before."""
    return "".join(
        difference(new - old) + END_OF_BLOCK for old, new in zip(before, after, strict=True)
    )


def difference(value: int) -> str:
    """Give the code of a difference: its size, then its bits."""
    size = abs(value).bit_length()
    code = f"{size:0{SIZE_BITS}b}"
    if not size:
        return code
    return code + f"{value if value > 0 else value + (1 << size) - 1:0{size}b}"
