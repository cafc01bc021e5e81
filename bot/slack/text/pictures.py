"""Which of the files that people share a model can see, and where Slack keeps them. Pure.

Models take PNG, JPEG, GIF and WebP. Of what is of another kind (a photo in HEIC), or large, Slack
has made smaller ones, which do as well: models scale pictures down themselves.
"""

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from storage.records import Picture

LARGEST = 4_000_000  # bytes of one that is sent as it is
SMALLER = ("thumb_1024", "thumb_720", "thumb_480", "thumb_360")  # by the longer side, in pixels

_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SIGNS = {b"\x89PNG": 0, b"\xff\xd8\xff": 1, b"GIF8": 2}


def picture_of(file: Mapping[str, Any]) -> Picture | None:
    """Return a file as a picture that a model can see; None for any other file."""
    kind = str(file.get("mimetype") or "")
    if not kind.startswith("image/") or not file.get("id"):
        return None
    url = next((file[size] for size in SMALLER if file.get(size)), None)
    if kind in _KINDS and int(file.get("size") or 0) <= LARGEST:
        url = file.get("url_private_download") or file.get("url_private") or url
    name = normalize("NFC", str(file.get("name") or "picture"))
    return Picture(str(file["id"]), name, str(url)) if url else None


def kind_of(data: bytes) -> str | None:
    """Return the media type of a picture that a model takes, by how it begins."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _KINDS[3]
    return next((_KINDS[n] for sign, n in _SIGNS.items() if data.startswith(sign)), None)
