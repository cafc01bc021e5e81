"""A picture before it is a file: two colours, in blocks of eight by eight pixels.

The pattern is mirrored left to right and comes from a hash, so that the same words always give
the same picture and other words another. Blocks of eight are what every format here writes best.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

BLOCK = 8
CELLS = 14
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """A picture of some size; `done` is the share of it that is drawn already."""

    words: str
    width: int
    height: int
    done: float = 1.0
    clear: bool = False

    @cached_property
    def digest(self) -> bytes:
        """Give the bytes that decide everything."""
        return blake2b(self.words.encode(), digest_size=64).digest()

    @property
    def back(self) -> Colour:
        """Give the colour of the background: a light one."""
        red, green, blue = self.digest[:3]
        return 255 - red // 8, 255 - green // 8, 255 - blue // 8

    @property
    def fore(self) -> Colour:
        """Give the colour of the pattern: a dark one."""
        red, green, blue = self.digest[3:6]
        return red * 2 // 3, green * 2 // 3, blue * 2 // 3

    @property
    def columns(self) -> int:
        """Count the blocks of a row."""
        return -(-self.width // BLOCK)

    @property
    def rows(self) -> int:
        """Count the rows of blocks."""
        return -(-self.height // BLOCK)

    @cached_property
    def lines(self) -> list[list[bool]]:
        """Give the blocks of each line of cells."""
        places = [column * (CELLS + 2) // self.columns - 1 for column in range(self.columns)]
        return [[self.cell(line, place) for place in places] for line in range(CELLS)]

    def row(self, place: int) -> list[bool]:
        """Give one row of blocks: where the pattern is."""
        line = place * (CELLS + 2) // self.rows - 1
        if not 0 <= line < CELLS or place >= self.rows * self.done:
            return [False] * self.columns
        return self.lines[line]

    def cell(self, line: int, column: int) -> bool:
        """Say whether a cell belongs to the pattern."""
        if not 0 <= column < CELLS:
            return False
        column = min(column, CELLS - 1 - column)
        bit = line * (CELLS // 2) + column
        return bool(self.digest[6 + bit // 8] >> bit % 8 & 1)
