"""A text in pieces, as the pages of an answer show it."""

from dataclasses import dataclass

from bot.slack.text.split import cut


@dataclass
class Piece:
    """What one message shows of a text, and what stands around it there."""

    opening: str
    text: str
    closing: str

    @property
    def shown(self) -> str:
        return self.opening + self.text + self.closing


def split(text: str, limit: int) -> list[Piece]:
    """Cut a text until the rest fits, as the pages of an answer are."""
    pieces = []
    opening = ""
    while len(opening) + len(text) > limit:
        found = cut(opening, text, limit)
        assert found.head, "there would be no end of pieces"
        pieces.append(Piece(opening, found.head, found.closing))
        opening, text = found.opening, found.remainder
    return [*pieces, Piece(opening, text, "")]
