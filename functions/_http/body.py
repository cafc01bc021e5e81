"""Bodies of answers made into text: unpacked no further than wanted, decoded, without idle blanks.

Nothing here trusts what a server says of its body.
"""

import codecs
import json
import re
import zlib

COMPACTED = 200_000
BLANKS = re.compile(r'("(?:[^"\\]++|\\.)*+")|\s++')
TEXTUAL = re.compile(
    r"text/|application/(x-)?(json|xml|yaml|toml|ndjson|javascript|ecmascript|graphql|sql|www-form)"
    r"|.*\+(json|xml|yaml)$"
)
NO_CHARSETS = ("punycode", "idna", "unicode_escape", "raw_unicode_escape")  # of Python alone, slow
GZIP = b"\x1f\x8b"
PARTS = 100  # of a packed body; servers send one, and each takes time
CUT = "with a packed text that is broken or not whole"


class Broken(ValueError):
    """Say what is wrong with how the body is packed."""


def unpacked(data: bytes, encoding: str, room: int, *, whole: bool = True) -> bytes:
    """Return a body as it was before it was packed, no more of it than there is room for.

    Not `whole` is what has not been read to its end.

    Raises:
        Broken: it is packed otherwise, or ends before it should.
    """
    word = encoding.strip().lower()
    if word in ("", "identity") or not data:
        return data
    if word not in ("gzip", "x-gzip"):
        raise Broken(f"in the encoding {encoding[:40]!r}, which was not asked for")
    found = b""
    for _ in range(PARTS):  # gzip may come in several
        part = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found += part.decompress(data, room - len(found))
        except zlib.error as error:
            raise Broken(CUT) from error
        if whole and not part.eof and len(found) < room:
            raise Broken(CUT)
        data = part.unused_data
        if len(found) >= room or not data.startswith(GZIP):
            return found
    raise Broken(CUT)


def is_text(kind: str) -> bool:
    """Tell whether a content type is one of texts."""
    return TEXTUAL.match(kind) is not None


def decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text, whatever they are."""
    try:
        name = codecs.lookup(charset or "utf-8").name
        text = data.decode("utf-8" if name in NO_CHARSETS else name, "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def compact(text: str) -> str:
    """Take the blanks out of JSON, to spare the model's context; leave what is none as it is."""
    if len(text) > COMPACTED:
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return BLANKS.sub(r"\1", text)
