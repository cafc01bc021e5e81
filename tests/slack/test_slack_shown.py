"""Which of people's files a model can be shown, and what is in them."""

from typing import Any

import pytest

from bot.slack.text.said import files_of
from bot.slack.text.shown import kind_of, shown_of, text_of

SHOT = {"id": "F1", "name": "shot.png", "mimetype": "image/png", "size": 9, "url_private": "own"}
SMALL = {"thumb_720": "720", "thumb_1024": "1024"}


@pytest.mark.parametrize(
    ("file", "url"),
    [
        (SHOT, "own"),
        (SHOT | {"url_private_download": "download"}, "download"),
        (SHOT | SMALL, "own"),
        (SHOT | SMALL | {"size": 5_000_000}, "1024"),
        (SHOT | SMALL | {"mimetype": "image/heic"}, "1024"),
    ],
)
def test_a_picture_is_taken_as_models_take_it(file: dict[str, Any], url: str) -> None:
    assert (picture := shown_of(file))
    assert (picture.name, picture.url) == ("shot.png", url)


@pytest.mark.parametrize(
    "file",
    [
        SHOT | {"mimetype": "application/zip"} | SMALL,
        SHOT | {"size": 5_000_000},
        SHOT | {"id": None},
        {"id": "F1", "mimetype": "image/png"},
        SHOT | {"mimetype": "text/html"},
        SHOT | {"mimetype": "text/plain", "size": 5_000_000},
        {},
    ],
)
def test_what_models_cannot_see_or_read_is_not_shown(file: dict[str, Any]) -> None:
    assert shown_of(file) is None


def test_what_is_shown_is_named_apart_from_what_cannot_be_read() -> None:
    sheet = {"id": "F2", "name": "a.xls", "mimetype": "application/xls", "url_private": "own"}
    gone = SHOT | {"mode": "tombstone"}

    assert files_of({"files": [SHOT, sheet, gone]}).splitlines() == [
        "[Attached: shot.png (image/png)]",
        "[Attached, and not readable to you: a.xls (application/xls)]",
    ]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_kind_of_a_picture_is_read_from_its_bytes(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    "about",
    [
        {"mimetype": "text/plain"},
        {"mimetype": "text/csv"},
        {"mimetype": "application/json"},
        {"mimetype": "application/x-yaml"},
        {"mimetype": "image/svg+xml"},
        {"mode": "snippet", "mimetype": ""},
    ],
)
def test_texts_of_all_kinds_are_read(about: dict[str, str]) -> None:
    assert (text := shown_of(SHOT | about))
    assert (text.kind, text.url) == ("text", "own")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Zürich".encode(), "Zürich"),
        ("Zürich".encode("utf-8-sig"), "Zürich"),
        ("Zürich".encode("utf-16"), "Zürich"),
        ("Zürich".encode("cp1252"), "Zürich"),
        ("そう、".encode("shift_jis"), None),
        (b"PK\3\4\0\0", None),
        (b"%PDF-1.7", None),
    ],
)
def test_a_text_is_read_in_its_encoding(data: bytes, text: str | None) -> None:
    assert text_of(data) == text
