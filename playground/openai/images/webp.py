"""Write a picture as lossless WebP: a palette of two colours, eight pixels in one code.

With two colours the format packs eight pixels into one value; as our blocks are eight pixels
wide, that value is all zeros or all ones, and one bit says which.
"""

import struct

from playground.openai.images.picture import BLOCK, Picture

SIGNATURE = 0x2F
PALETTE = 3
Pixel = tuple[int, int, int, int]


class Bits:
    """Bits in the order of the format: the lowest first."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def put(self, value: int, count: int) -> None:
        """Add a number of so many bits."""
        self.parts.append(f"{value:0{count}b}"[::-1] if count else "")

    def data(self) -> bytes:
        """Give all bits as bytes."""
        text = "".join(self.parts)
        return int(text[::-1], 2).to_bytes(-(-len(text) // 8), "little")


def webp(picture: Picture) -> bytes:
    """Give the file."""
    data = bytes([SIGNATURE]) + content(picture).data()
    padded = data + b"\0" * (len(data) % 2)
    chunk = b"VP8L" + struct.pack("<I", len(data)) + padded
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def content(picture: Picture) -> Bits:
    """Give the bits after the signature."""
    bits = Bits()
    bits.put(picture.width - 1, 14)
    bits.put(picture.height - 1, 14)
    bits.put(int(picture.clear), 1)
    bits.put(0, 3)
    bits.put(1, 1)
    bits.put(PALETTE, 2)
    bits.put(2 - 1, 8)
    put_palette(bits, picture)
    bits.put(0, 1)
    put_blocks(bits, picture)
    return bits


def put_palette(bits: Bits, picture: Picture) -> None:
    """Write the two colours as an image of two pixels, the second as the difference."""
    first = ordered(picture, background=True)
    second = ordered(picture, background=False)
    change = tuple((new - old) % 256 for old, new in zip(first, second, strict=True))
    bits.put(0, 1)
    for pair in zip(first, change, strict=True):
        put_code(bits, sorted(set(pair)))
    put_code(bits, [0])
    for pixel in (first, change):
        for place, value in enumerate(pixel):
            if first[place] != change[place]:
                bits.put(int(value == max(first[place], change[place])), 1)


def ordered(picture: Picture, *, background: bool) -> Pixel:
    """Give a colour in the order of the format: green, red, blue, alpha."""
    red, green, blue = picture.back if background else picture.fore
    return green, red, blue, 0 if background and picture.clear else 255


def put_code(bits: Bits, symbols: list[int]) -> None:
    """Write a simple code: one symbol that needs no bit, or two that need one."""
    bits.put(1, 1)
    bits.put(len(symbols) - 1, 1)
    bits.put(1, 1)
    for symbol in symbols:
        bits.put(symbol, 8)


def put_blocks(bits: Bits, picture: Picture) -> None:
    """Write the packed pixels: a bit for each block, row by row."""
    bits.put(0, 1)
    bits.put(0, 1)
    for symbols in ([0x00, 0xFF], [0], [0], [255], [0]):
        put_code(bits, symbols)
    for place in range(picture.rows):
        line = "".join("1" if shown else "0" for shown in picture.row(place))
        bits.parts.append(line * min(BLOCK, picture.height - place * BLOCK))
