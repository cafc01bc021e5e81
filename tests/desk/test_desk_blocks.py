"""Whatever a command returns is drawn within Slack's limits, and never rings anybody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.blocks import draw
from bot.desk.values import Button, Fields, Table, Text, Verbatim, escape, moment, money
from playground.slack.blocks import check_message_blocks

words = (
    st.text(max_size=30) | st.just("<!channel>") | st.integers(1, 9).map(lambda n: "x" * 999 * n)
)
buttons = st.lists(st.builds(Button, words.filter(bool), words), max_size=5).map(tuple)
rows = st.lists(st.tuples(words, st.integers(), words), max_size=40).map(tuple)
tables = st.builds(
    Table,
    title=words,
    columns=st.just(("One", "Two", "Three")),
    rows=rows,
    note=words.map(escape),
    buttons=buttons,
    pick=st.sampled_from(["", "files info"]),
    wrap=st.booleans(),
)
fields = st.builds(
    Fields, words, st.lists(st.tuples(words, words), max_size=25).map(tuple), buttons
)
values = st.lists(
    tables
    | fields
    | st.builds(Verbatim, words, words)
    | st.builds(Text, words.map(escape), buttons),
    min_size=1,
    max_size=4,
)


@given(values, st.integers(-1, 9))
def test_everything_is_drawn_within_slacks_limits(shown, page):
    said = draw(shown, "files list", page, note="Credentials")

    check_message_blocks(list(said.blocks))
    assert len(said.text) <= 4_000
    assert sum(block["type"] == "table" for block in said.blocks) <= 1


@given(tables | fields | st.builds(Verbatim, words, words))
def test_foreign_words_ring_nobody(shown):
    said = draw([shown], "files list")
    marked = [block for block in said.blocks if block["type"] in ("section", "context")]

    assert "<!channel>" not in json.dumps(marked) + said.text


def test_the_text_for_notifications_ends_with_no_torn_entity():
    said = draw([Text("x" * 3498 + escape("<dict>"))], "")

    assert said.text == "x" * 3498


def test_a_line_that_is_longer_than_a_section_is_shown_whole():
    line = " ".join(f"`proj_{n}`," for n in range(500))

    said = draw([Text(f"*Let them in?*\n{line}")], "")

    assert " ".join(block["text"]["text"] for block in said.blocks) == f"*Let them in?* {line}"


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("13 files, 2 MB", "1–12 of 13 files, 2 MB"),
        ("130 in all", "1–12 of 13 · 130 in all"),
        ("", "1–12 of 13"),
    ],
)
def test_a_page_says_once_how_many_rows_there_are(note, told):
    table = Table("Files", ("Name",), tuple((str(n),) for n in range(13)), note=note)

    shown = [block for block in draw([table], "files list").blocks if block["type"] == "context"]

    assert shown[0]["elements"][0]["text"] == told


def test_a_long_name_in_a_menu_says_that_it_goes_on():
    table = Table("Files", ("Name", "Id"), (("x" * 80, "file-1"),), pick="files info", key=1)

    menu = draw([table], "files list").blocks[-1]["elements"][0]

    assert menu["options"][0]["text"]["text"] == "x" * 74 + "…"


@pytest.mark.parametrize("words", ["лиса в снегу " * 60, 'say "fox" ' * 190, "лиса " * 500])
def test_a_button_carries_its_line_whole_or_is_not_there(words):
    lines = [
        json.loads(press["value"])["line"]
        for block in draw([Text("?", (Button("Run what you meant", words),))], "").blocks
        for press in block.get("elements", ())
    ]

    assert lines in ([words], [])
    assert lines or len(words) > 1_800


def test_a_long_line_that_cannot_be_turned_has_no_buttons_for_it():
    table = Table("Rows", ("One",), tuple((n,) for n in range(40)))

    said = draw([table], f"files list {'лиса ' * 500}", page=2)

    assert not [block for block in said.blocks if block["type"] == "actions"]


@pytest.mark.parametrize("tz", ["", "Nowhere", "America", "../etc"])
def test_a_moment_in_a_zone_that_is_none_is_told_in_utc(tz):
    assert moment(86_400.0, tz) == "1970-01-02 00:00 UTC"


@pytest.mark.parametrize(
    ("dollars", "told"),
    [(0, "$0.00"), (1234.5, "$1,234.50"), (0.5, "$0.50"), (0.05, "$0.05"), (0.00012, "$0.00012")],
)
def test_dollars_are_told_to_the_cent_and_small_ones_whole(dollars, told):
    assert money(dollars) == told
