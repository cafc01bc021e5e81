"""What the model writes and what is sent: nobody is rung, nothing fetched, nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text.markdown import Screen, plain, screened
from bot.slack.text.mentions import JOINER

NAMES = {"U2": "Bob", "U3": "@here", "U4": "U9>"}
_FRAGMENTS = st.sampled_from(
    [
        *("<!channel>", "<!", "here", ">", "<@U1>", "<@U2|bob>", "<@U3>", "<@U4>", "@", "channel"),
        *("everyone", " ", "![a](http://x.com/i.png)", "![", "](", "http://a.b/c?d", ")", "!"),
        *("`", "```\n", "\n", "a", "<", "subteam^S1", "|lab", "<!subteam^S1|@g>", "\\", "_"),
        *('"t"', "Here", "(", "x" * 90, "x" * 700, "<https://a.b|c>", "&"),
    ]
)
_TEXT = st.lists(_FRAGMENTS, max_size=30).map("".join)


def fed(text: str, sizes: list[int]) -> str:
    screen, shown, at = Screen("U1", NAMES), "", 0
    for size in sizes:
        shown += screen.feed(text[at : at + size])
        at += size
    return shown + screen.feed(text[at:]) + screen.flush()


@given(_TEXT, st.lists(st.integers(1, 9), max_size=60))
def test_any_way_of_cutting_gives_the_same(text: str, sizes: list[int]) -> None:
    assert fed(text, sizes) == screened(text, "U1", NAMES)


@pytest.mark.parametrize(
    "text", ["@channel", "<!here>", "<!subteam^S1|@g>", "<@U2|bob>", "![a](http://x.com/i.png)"]
)
def test_what_arrives_in_two_pieces_is_known_wherever_it_was_cut(text: str) -> None:
    shown = screened(text, "U1", NAMES)

    assert shown != text
    assert {fed(text, [at]) for at in range(1, len(text))} == {shown}


@given(_TEXT)
def test_nobody_but_the_asker_can_be_rung(text: str) -> None:
    shown = screened(text, "U1", NAMES).lower()

    assert not re.search(r"<\\?!(channel|here|everyone|group|subteam)", shown)
    assert not re.search(r"(?<![a-z0-9_])@(channel|here|everyone)(?!\w)", shown)
    assert not re.search(r"<\\?@(?!u1>)", shown)


@given(st.text(st.characters(exclude_characters="<@!"), max_size=200))
def test_text_without_signs_is_untouched(text: str) -> None:
    assert screened(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a < b && c > d <!-- comment --> <!DOCTYPE html>",
        "List<String> x = &amp;y; <script>alert()</script>",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "- [ ] task\n- [x] done\n\n1. one",
        "[link](https://example.com/a?b=c) <https://example.com>",
        "<#C123|general> bob@here.com @channels !important Hello!",
        "```html\n![alt](https://example.com/x.png)\n```",
        "````\n```\n![alt](https://example.com/x.png)\n````",
        "```\n```html\n![alt](https://example.com/x.png)\n```",
        "1. Write:\n\n    ```md\n    ![alt](https://example.com/x.png)\n    ```",
        "> ```\n> ![alt](https://example.com/x.png)\n> ```",
        "- ```\na\n```\n- ```\n  ![alt](https://example.com/x.png)\n  ```",
        "Write `![alt](https://example.com/x.png)`, or `![alt][ref]`.",
        "a != b, !x, @decorator",
    ],
)
def test_ordinary_markdown_keeps_its_look(text: str) -> None:
    assert screened(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel>", f"@{JOINER}channel"),
        ("<!HERE|here>", f"@{JOINER}HERE"),
        ("<!subteam^S12|@ops>", f"@{JOINER}ops"),
        ("<!subteam^S12>", f"@{JOINER}group"),
        ("@Everyone!", f"@{JOINER}Everyone!"),
        ("`@here`", f"`@{JOINER}here`"),
        ("_@here_ お知らせ@channelです", f"_@{JOINER}here_ お知らせ@{JOINER}channelです"),
        ("```\n<!here>\n```", f"```\n@{JOINER}here\n```"),
        ("<!channel", f"<{JOINER}!channel"),
        ("<@U1> and <@U2> and <@U7|ann> and <@U8>", "<@U1> and @Bob and @ann and @U8"),
        ("<@U3>", f"@{JOINER}here"),
        ("<<@U5|U9>>", f"<{JOINER}@U9>"),
        (r"<\@U1> and <\@U2> and <\@U", rf"<@U1> and @Bob and <{JOINER}\@U"),
    ],
)
def test_mentions_are_made_quiet(text: str, shown: str) -> None:
    assert screened(text, "U1", NAMES) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "![chart](https://evil.example/x?q=1)",
            "[chart (evil.example)](https://evil.example/x?q=1)",
        ),
        ('![](https://a.b/c "title")', "[image (a.b)](https://a.b/c)"),
        ("![x][ref]", "[x][ref]"),
        ("`code` and ![x](https://a.b)", "`code` and [x (a.b)](https://a.b)"),
        ("5` ![x](https://a.b)\n`", "5` [x (a.b)](https://a.b)\n`"),
        ("![x](data:image/png;base64,AAAA)", "[x](data:image/png;base64,AAAA)"),
        ("> ```\n> a\nb ![x](https://a.b)", "> ```\n> a\nb [x (a.b)](https://a.b)"),
        ("- ```\n  a\n![x](https://a.b)", "- ```\n  a\n[x (a.b)](https://a.b)"),
        ("- ```\n  a\nb\n  ![x](https://a.b)", "- ```\n  a\nb\n  [x (a.b)](https://a.b)"),
        ("> ```\n> a\n\n![x](https://a.b)", "> ```\n> a\n\n[x (a.b)](https://a.b)"),
        ("![<!here>](https://a.b/c)", f"[@{JOINER}here (a.b)](https://a.b/c)"),
    ],
)
def test_images_become_links_that_name_their_host(text: str, shown: str) -> None:
    assert screened(text) == shown


def test_plain_words_are_not_held_back() -> None:
    screen = Screen()

    assert screen.feed("Hello") == "Hello"
    assert screen.feed(" wor") == " wor"


def test_notification_text_is_short_and_escaped() -> None:
    assert plain("a < b & <@U1> <#C1|x>", 100) == "a &lt; b &amp; <@U1> <#C1|x>"
    assert plain("x" * 50, 10) == "x" * 9 + "…"
    assert plain("&" * 50, 32) == "&amp;" * 5 + "…"
