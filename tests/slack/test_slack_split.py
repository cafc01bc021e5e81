"""Cutting long Markdown: nothing lost, nothing too long, blocks whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text.split import (
    INSIDE,
    PARAGRAPH,
    cut,
    cut_at_end,
    end_of_growing,
    fitting,
    last_break,
)
from tests.slack.pieces import split

_PIECES = st.sampled_from(
    [
        "word ",
        "\n",
        "\n\n",
        "```\n",
        "````\n",
        "```python\n",
        "~~~\n",
        "> ```sh\n",
        "> ",
        "    ```\n",
        "\t",
        "\r\n",
        "| a | b |\n",
        "|---|---|\n",
        "| 1 | 2 |\n",
        "- item\n",
        "x" * 30,
        "# heading\n",
        "`",
        "  ",
        "é🙂",
    ]
)
_TEXT = st.lists(_PIECES, max_size=80).map("".join)


@given(_TEXT, st.integers(40, 200))
def test_pieces_fit_and_joined_are_the_text(text: str, limit: int) -> None:
    pieces = split(text, limit)

    assert "".join(piece.text for piece in pieces) == text
    assert all(len(piece.shown) <= limit for piece in pieces)
    assert all(piece.text for piece in pieces) or not text


@given(_TEXT, _TEXT, st.integers(40, 200))
def test_cut_of_a_begun_message_loses_nothing(shown: str, pending: str, limit: int) -> None:
    found = cut(shown, pending, limit)

    assert found.head + found.remainder == pending
    assert len(shown) > limit or len(shown + found.head + found.closing) <= limit or not found.head


def grown(text: str, step: int, limit: int) -> list[str]:
    """Show a text as it comes, `step` characters at a time, and return the messages."""
    messages, shown, pending = [], "", ""
    for at in range(0, len(text), step):
        pending += text[at : at + step]
        while (found := end_of_growing(shown, pending, limit)) is not None:
            assert shown + found.head, "there would be no end of messages"
            messages.append(shown + found.head + found.closing)
            shown, pending = "", found.opening + found.remainder
        shown, pending = shown + pending, ""
    return [*messages, shown]


def test_short_text_is_one_piece() -> None:
    assert [piece.shown for piece in split("Hello", 100)] == ["Hello"]


def test_paragraphs_are_kept_whole() -> None:
    text = "One one one.\n\nTwo two two two.\n\nThree three."

    assert [p.text for p in split(text, 40)] == [
        "One one one.\n\nTwo two two two.\n\n",
        "Three three.",
    ]


def test_fence_is_closed_and_opened_again_with_its_language() -> None:
    text = "```python\n" + "".join(f"line = {n}\n" for n in range(12)) + "```\n"
    first, second, *_ = split(text, 80)

    assert first.shown.endswith("\n```")
    assert second.shown.startswith("```python\nline")


def test_fence_in_a_quotation_is_closed_and_opened_there() -> None:
    text = "> ```sh\n" + "".join(f"> echo {n}\n" for n in range(12)) + "> ```\n"
    first, second, *_ = split(text + "\nThat is all.", 80)

    assert first.shown.endswith("\n> ```")
    assert second.shown.startswith("> ```sh\n> echo")


def test_fence_in_a_list_is_closed_where_it_stands() -> None:
    text = "1. Run:\n   ```sh\n" + "   echo\n" * 12 + "   ```\n"
    first, second, *_ = split(text, 80)

    assert first.shown.endswith("\n   ```")
    assert second.shown.startswith("   ```sh\n   echo")


def test_no_message_begins_so_deep_that_it_would_be_read_as_code() -> None:
    step = "1. A step:\n\n    ```py\n    x = 1\n    print(x)\n    ```\n\n"

    assert all(piece.shown.startswith("1. A step") for piece in split(step * 9, 100))


@pytest.mark.parametrize(
    ("depth", "opening"), [(4, "1.\n    ```sh\n"), (5, "1.\n     ```sh\n"), (8, "- - -   ```sh\n")]
)
def test_longer_fence_in_a_deep_list_is_opened_so_deep_that_it_ends(
    depth: int, opening: str
) -> None:
    deep = " " * depth
    text = f"1. Run:\n{deep}```sh\n" + f"{deep}echo\n" * 12 + f"{deep}```\nThat is all."
    first, second, *_ = split(text, 100)

    assert first.shown.endswith(f"\n{deep}```")
    assert second.opening == opening


@pytest.mark.parametrize("around", ["3.\n", "-\n", "> 1)\n"])
def test_items_deep_in_a_list_get_the_items_around_them_again(around: str) -> None:
    quotation = ">" if ">" in around else ""
    text = f"{around.strip()} Things:\n" + f"{quotation}     - a thing of many\n" * 12
    _, *others = split(text, 100)

    assert len(others) > 2
    assert all(piece.shown.startswith(around + quotation + "     - a") for piece in others)


def test_table_deep_in_a_list_gets_its_header_and_the_items_around_it_again() -> None:
    header = "      | n | square |\n      |---|---|\n"
    rows = "".join(f"      | {n} | {n * n} |\n" for n in range(60))
    _, *others = split(f"2. Squares:\n\n   - All:\n\n{header}{rows}", 300)

    assert len(others) > 2
    assert all(piece.opening == "2.\n   -\n" + header for piece in others)


def test_code_deep_in_no_list_stays_code() -> None:
    text = "Some code:\n\n" + "    value = compute(1)\n" * 20

    assert all(not piece.opening for piece in split(text, 100))
    assert all(piece.text.startswith("    v") for piece in split(text, 100)[1:])


def test_message_cut_in_the_margin_of_a_line_begins_with_that_margin() -> None:
    found = last_break("- a\n\n" + "    - b\n" * 3 + "    ", "- c\n", 100, INSIDE)

    assert found is not None
    assert found.opening + found.remainder == "-\n    - c\n"


@pytest.mark.parametrize("item", ["- ", "1. ", "> - "])
def test_fence_that_begins_an_item_is_one(item: str) -> None:
    margin = item.translate({ord(c): " " for c in "-1."})
    text = f"{item}```sh\n" + f"{margin}echo\n" * 12 + f"{margin}```\n\n" + "All done. " * 9
    first, second, *_, last = split(text, 60)

    assert first.shown.endswith(f"\n{margin}```")
    assert second.opening == f"{margin}```sh\n"
    assert (last.opening, last.closing) == ("", "")


def test_quoted_fence_in_code_closes_nothing() -> None:
    text = "```md\n" + "> ```\n" * 20 + "```\n"

    assert all(piece.shown.startswith("```md\n> ```") for piece in split(text, 80))


def test_table_with_windows_line_ends_gets_its_header_again() -> None:
    header = "| n | square |\r\n|---|---|\r\n"
    pieces = split(header + "| 1 | 1 |\r\n" * 20, 120)

    assert all(piece.shown.startswith(header) for piece in pieces)


def test_table_gets_its_header_again() -> None:
    header = "| n | square |\n|---|---|\n"
    text = header + "".join(f"| {n} | {n * n} |\n" for n in range(20))
    pieces = split(text, 120)

    assert len(pieces) > 1
    assert all(piece.shown.startswith(header) for piece in pieces)
    assert all(piece.shown.endswith(" |\n") for piece in pieces)


@pytest.mark.parametrize("step", [3, 17, 60, 200])
def test_growing_table_is_never_cut_in_a_row(step: int) -> None:
    header = "| n | what it is about |\n|---|---|\n"
    text = header + "".join(f"| {n} | some words about it |\n" for n in range(90))
    messages = grown(text, step, 1000)

    assert len(messages) > 2
    assert all(message.startswith(header) for message in messages)
    assert all(message.endswith(" |\n") for message in messages)


@pytest.mark.parametrize("around", ["- a\n    - b\n\n        ", "> - a\n>\n>   "])
def test_growing_table_deep_in_a_list_or_quotation_keeps_its_header(around: str) -> None:
    margin = around.rpartition("\n")[2]
    rows = "".join(f"{margin}| row {n} | {'w ' * (n % 9)}|\n" for n in range(24))
    table = f"{around}| n | words |\n{margin}| --- | --- |\n{rows}\nend\n"
    for before in range(300, 400, 7):
        for message in grown(f"{'x' * before}\n\n{table}", 1, 500):
            header, row = message.find("| n | words |"), message.find("| row")
            assert row < 0 or -1 < header < row


@pytest.mark.parametrize("step", [3, 17, 60, 200])
def test_growing_code_is_never_cut_in_a_line(step: int) -> None:
    lines = "".join(f"value = compute({n})\n" for n in range(120))
    messages = grown(f"```py\n{lines}```\n", step, 1000)

    assert len(messages) > 2
    shown = [m.removeprefix("```py\n").removesuffix("\n").removesuffix("```") for m in messages]
    assert "".join(shown) == lines
    assert all(message.endswith("\n```") for message in messages[:-1])


def test_growing_message_ends_with_a_block_where_it_can() -> None:
    text = "".join(f"A paragraph of {n} words.\n\n" for n in range(100))

    assert all(message.endswith("words.\n\n") for message in grown(text, 7, 1000))


def test_row_that_must_be_cut_leaves_the_rest_in_the_table() -> None:
    header = "| n | words |\n|---|---|\n"
    pieces = split(header + f"| 1 | {'word ' * 20}|\n| 2 | b |\n", 100)

    assert all(piece.shown.startswith(header) for piece in pieces)


def test_pipe_in_prose_is_no_table() -> None:
    text = "a | b is a choice. " * 10

    assert all(not piece.opening for piece in split(text, 60))


def test_list_is_cut_between_items() -> None:
    text = "".join(f"- item number {n} with some words\n" for n in range(10))

    assert all(piece.text.startswith("- item") for piece in split(text, 100))


def test_last_break_is_none_inside_a_line_or_fence() -> None:
    assert last_break("One line", " goes on", 100) is None
    assert last_break("", "```\ncode\ncode\n", 100) is None


def test_last_break_can_lie_before_what_is_pending() -> None:
    found = last_break("One.\n\n", "Two and", 100, PARAGRAPH)

    assert found is not None
    assert (found.head, found.remainder) == ("", "Two and")


def test_table_that_may_go_on_gets_its_header_where_a_row_follows() -> None:
    header = "| a | b |\n|---|---|\n"
    found = cut_at_end(header, "| 1 | 2 |\n")

    assert fitting(found.opening, "| 3 | 4 |\n") == header
    assert fitting(found.opening, "\nAnd so on.") == ""


def test_end_inside_a_fence_is_mended() -> None:
    found = cut_at_end("```py\nx = 1", "")

    assert (found.closing, found.opening) == ("\n```", "```py\n")


@pytest.mark.parametrize("below", [f"{' ' * 40_000}-x", f"-{' ' * 40_000}x"])
def test_blanks_below_what_may_be_a_header_are_cut_at_once(below: str) -> None:
    started = time.process_time()

    made = cut("", f"a|b\n{below}", 11_000)

    assert made.head + made.remainder == f"a|b\n{below}"
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("limit", [40, 200])
@pytest.mark.parametrize("margin", ["> ", ">\t", " ", "- ", "1. "])
def test_an_endless_margin_is_no_margin_and_every_piece_has_text(margin: str, limit: int) -> None:
    for text in (margin * limit, f"```\n{margin * limit}x", f"{margin * limit}```\ncode\n" * 2):
        pieces = split(text, limit)

        assert "".join(piece.text for piece in pieces) == text
        assert all(piece.text for piece in pieces)
        assert "".join(grown(text, 7, limit)).count("x") == text.count("x")


def test_a_page_of_what_came_all_at_once_is_cut_without_reading_the_rest() -> None:
    started = time.process_time()

    made = cut("", "a\n" * 250_000, 11_000)

    assert len(made.head) <= 11_000
    assert time.process_time() - started < 0.5
