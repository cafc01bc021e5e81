"""Which of people's files are pictures for the model, and how they reach it."""

from typing import Any

import pytest

from bot.slack.text.pictures import kind_of, picture_of
from bot.slack.text.said import files_of

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
    assert (picture := picture_of(file))
    assert (picture.name, picture.url) == ("shot.png", url)


@pytest.mark.parametrize(
    "file",
    [
        SHOT | {"mimetype": "application/pdf"} | SMALL,
        SHOT | {"mimetype": "image/svg+xml"},
        SHOT | {"size": 5_000_000},
        SHOT | {"id": None},
        {"id": "F1", "mimetype": "image/png"},
        {},
    ],
)
def test_what_models_cannot_see_is_no_picture(file: dict[str, Any]) -> None:
    assert picture_of(file) is None


def test_pictures_are_named_apart_from_what_cannot_be_read() -> None:
    sheet = {"id": "F2", "name": "a.xls", "mimetype": "application/xls", "url_private": "own"}
    gone = SHOT | {"mode": "tombstone"}

    assert files_of({"files": [SHOT, sheet, gone]}) == (
        "[Pictures: shot.png]\n[Attached, and not readable to you: a.xls (application/xls)]"
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_kind_of_a_picture_is_read_from_its_bytes(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind
