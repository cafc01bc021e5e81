"""XML parts of a workbook, parsed as a stream, without document types and thus without entities."""

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

_PIECE = 1 << 16
MANY = 1 << 28  # tags, more than a file of people has
_FEW = 400_000  # tags of a small part
_LONGEST = 1 << 20  # bytes of a tag, which the parser reads from its beginning with each piece


class XMLRefused(Exception):
    """A part that we refuse to read, with the reason."""


class Handler:
    """Takes what the parser meets, by itself nothing; names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Meet the beginning of an element."""

    def end(self, name: str) -> None:
        """Meet the end of an element."""

    def text(self, text: str) -> None:
        """Meet text."""


class Tags:
    """How many tags may still be read, of all parts that share this."""

    def __init__(self, most: int) -> None:
        self.left = most


def feed(stream: IO[bytes], handler: Handler, tags: Tags) -> Iterator[None]:
    """Parse a part, as far as there are tags left.

    It pauses after each piece, so that the caller can take what has come.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, found: handler.start(_local(name), found)
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    parsed = 0  # bytes
    try:
        while piece := stream.read(_PIECE):
            tags.left -= piece.count(b"<")
            if tags.left < 0:
                raise XMLRefused("it has far too many elements")
            parser.Parse(piece, False)
            parsed += len(piece)
            if parsed - parser.CurrentByteIndex > _LONGEST:
                raise XMLRefused("a part of it has far too long a tag")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise XMLRefused(f"a part of it is broken XML ({expat.ErrorString(error.code)})") from error
    yield


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: Any) -> None:
    raise XMLRefused("it declares a document type, which no spreadsheet needs")


class Element(dict[str, str]):
    """An element of a small part: its name, and its attributes without prefixes."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        super().__init__({_local(key): value for key, value in attributes.items()})
        self.name = name


class _Collector(Handler):
    def __init__(self) -> None:
        self.found: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append(Element(name, attributes))


def elements(stream: IO[bytes]) -> list[Element]:
    """Return all elements of a small part, in document order."""
    collector = _Collector()
    for _ in feed(stream, collector, Tags(_FEW)):
        continue
    return collector.found
