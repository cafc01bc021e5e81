"""Write an animated GIF: two colours, the pattern growing from frame to frame.

The format's compression learns strings of pixels while it goes. It is told to forget before each
run of one colour, so that a run is always written in the same way: by strings of one pixel, two,
three, and so on. Our rows are few and often repeated, so that is quick.
"""

import struct
from dataclasses import replace
from functools import cache
from itertools import groupby

from playground.openai.images.picture import BLOCK, Picture
from playground.openai.images.webp import Bits

FRAMES = 9
MILLISECONDS = 200
CLEAR, END, FIRST = 4, 5, 6
LEAST_BITS = 3
FOR_EVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
SUB_BLOCK = 255


def gif(picture: Picture, frames: int, milliseconds: int) -> bytes:
    """Give the file."""
    screen = struct.pack("<HHBBB", picture.width, picture.height, 0xF0, 0, 0)
    file = b"GIF89a" + screen + bytes(picture.back + picture.fore) + FOR_EVER
    for number in range(1, frames + 1):
        file += frame(replace(picture, done=number / frames), round(milliseconds / 10))
    return file + b";"


def frame(picture: Picture, hundredths: int) -> bytes:
    """Give one frame, which stays for so long."""
    control = struct.pack("<BHB", 2 << 2 | picture.clear, hundredths, 0)
    place = struct.pack("<HHHHB", 0, 0, picture.width, picture.height, 0)
    data = pixels(picture)
    starts = range(0, len(data), SUB_BLOCK)
    blocks = (data[start : start + SUB_BLOCK] for start in starts)
    written = b"".join(bytes([len(block)]) + block for block in blocks)
    return b"!\xf9\x04" + control + b"\0," + place + bytes([LEAST_BITS - 1]) + written + b"\0"


def pixels(picture: Picture) -> bytes:
    """Give the compressed rows."""
    bits = Bits()
    bits.put(CLEAR, LEAST_BITS)
    for place in range(picture.rows):
        row = "".join(run(shown, length) for shown, length in runs(picture, place))
        bits.parts.append(row * min(BLOCK, picture.height - place * BLOCK))
    bits.put(END, LEAST_BITS)
    return bits.data()


def runs(picture: Picture, place: int) -> list[tuple[bool, int]]:
    """Give a row of blocks as runs of pixels of one colour."""
    found, left = [], picture.width
    for shown, blocks in groupby(picture.row(place)):
        length = min(left, BLOCK * len(list(blocks)))
        found.append((shown, length))
        left -= length
    return found


@cache
def run(shown: bool, length: int) -> str:
    """Give the bits of a run, and of the order to forget after it."""
    bits = Bits()
    bits.put(int(shown), LEAST_BITS)
    left, known = length - 1, 1  # pixels to come, and the longest string that is known
    while left > 0:
        string = min(left, known + 1)
        put(bits, FIRST + string - 2 if string > 1 else int(shown), FIRST + known - 1)
        left, known = left - string, known + 1
    put(bits, CLEAR, FIRST + known - 1)
    return "".join(bits.parts)


def put(bits: Bits, code: int, following: int) -> None:
    """Write a code in as many bits as the code that would be learned next needs."""
    bits.put(code, max(LEAST_BITS, following.bit_length()))
