"""Which of the files that people share a model can see or read, and where Slack keeps them. Pure.

Models take pictures as PNG, JPEG, GIF and WebP. Of what is of another kind (a photo in HEIC), or
large, Slack has made smaller ones, which do as well: models scale pictures down themselves. Of
documents they take PDF. What is in a text is told in words, and so is what is in a document of
Word, Excel or PowerPoint (`office`).
"""

import base64
import codecs
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from unicodedata import normalize

from bot.slack.text.payload import number_in, text_in
from storage.records import Shown

LARGEST = 4_000_000  # bytes of a file that is fetched
SMALLER = ("thumb_1024", "thumb_720", "thumb_480", "thumb_360")  # by the longer side, in pixels

_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SIGNS = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF-": "application/pdf",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_WRITTEN = ("text/", "application/x-sh", "application/toml", "application/sql", _OFFICE)
_FORMS = ("json", "xml", "yaml", "javascript", "ndjson")  # at the end of a media type
_MARKED = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def shown_of(file: Mapping[str, Any]) -> Shown | None:
    """Return a file as a picture, document or text that models take; None for any other."""
    kind = text_in(file, "mimetype")
    own = file.get("url_private_download") or file.get("url_private")
    if number_in(file, "size") > LARGEST:
        own = None
    smaller = next((file[size] for size in SMALLER if file.get(size)), None)
    if _is_text(kind, file):
        url, way = own, "text"
    elif kind.startswith("image/"):
        url, way = own if own and kind in _KINDS else smaller, "picture"
    elif kind == "application/pdf":
        url, way = own, "document"
    else:
        return None
    name = normalize("NFC", text_in(file, "name") or way)
    return Shown(str(file["id"]), name, str(url), way) if url and file.get("id") else None


def _is_text(kind: str, file: Mapping[str, Any]) -> bool:
    """Tell a text by its kind; no page, as which Slack hands out what is not to be had."""
    is_written = kind.startswith(_WRITTEN) or kind.endswith(_FORMS)
    return (is_written or file.get("mode") == "snippet") and kind != "text/html"


def kind_of(data: bytes) -> str | None:
    """Return the media type of a picture or document that a model takes, by how it begins."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), None)


def is_office(data: bytes) -> bool:
    """Tell a file of Word, Excel or PowerPoint, which is a zip, by how it begins."""
    return data.startswith(b"PK\x03\x04")


def text_of(data: bytes) -> str | None:
    """Return what is in a text, in whatever encoding; None if it is none."""
    if encoding := _MARKED.get(data[:2]):
        return data.decode(encoding, "replace")
    if b"\0" not in data and not kind_of(data):
        for encoding in ("utf-8-sig", "cp1252"):
            with suppress(UnicodeDecodeError):
                return data.decode(encoding)
    return None


def data_url(kind: str, data: bytes) -> str:
    """Return a file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
