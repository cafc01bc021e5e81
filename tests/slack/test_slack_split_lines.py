"""Cutting a line that must be cut: words, links, emoji and letters stay whole."""

import pytest

from bot.slack.text.split import cut
from tests.slack.pieces import split


def test_words_are_kept_whole() -> None:
    text = "wonderful " * 30

    assert all(piece.text.endswith("wonderful ") for piece in split(text, 55))


@pytest.mark.parametrize(
    "one",
    [
        "[what it says](https://example.com/a_(b)?c=1) ",
        "`some code` ",
        "**bold words** ",
        "[文档](https://example.com/1)",
    ],
)
@pytest.mark.parametrize("limit", [150, 151, 160, 170])
def test_links_code_and_bold_words_are_kept_whole(one: str, limit: int) -> None:
    pieces = split(one * 30, limit)

    assert all(piece.text == one * (len(piece.text) // len(one)) for piece in pieces)


def test_link_that_has_not_come_whole_goes_into_the_next_message() -> None:
    found = cut("", "words " * 20 + "[what it", 125)

    assert found.remainder == "[what it"


def test_word_that_does_not_fit_goes_whole_into_the_next_message() -> None:
    found = cut("word " * 19, "unbroken word", 100)

    assert (found.head, found.remainder) == ("", "unbroken word")


def test_a_text_without_blanks_is_cut_behind_its_own_marks() -> None:
    text = "「明日は休みです。」と言いました。" * 20

    assert all(piece.text.endswith(("。」", "。")) for piece in split(text, 55))


def test_endless_word_is_cut_anywhere() -> None:
    assert [len(piece.text) for piece in split("x" * 100, 40)] == [40, 40, 20]


@pytest.mark.parametrize(
    "one",
    [
        "👩\u200d👩\u200d👧",
        "👍🏽",
        "e\u0301",
        "❤\ufe0f",
        "🇩🇪",
        "1\ufe0f\u20e3",
        "क्षि",
        "ที่",
        "\u1112\u1161\u11ab",
    ],
)
@pytest.mark.parametrize("limit", [39, 40, 41, 42, 43])
def test_emoji_and_letters_are_never_cut(one: str, limit: int) -> None:
    pieces = split(one * 40, limit)

    assert all(piece.text == one * (len(piece.text) // len(one)) for piece in pieces)
