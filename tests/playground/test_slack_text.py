"""What people type, as Slack writes it."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.slack.records import Channel, User
from playground.slack.text import escaped, mentions, named, rich_text, written

USERS = [User("U0ANN", "ann", "Ann Vries"), User("U0BOT", "callboard", "Callboard")]
CHANNELS = [Channel("C0GENERAL", "general")]


@given(st.text())
def test_escaping_can_be_undone_and_leaves_no_tag(text: str) -> None:
    assert "<" not in escaped(text)
    # html.unescape also reads names that Slack does not know, so only ours are looked at.
    if "&" not in text:
        assert html.unescape(escaped(text)) == text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<@U0BOT> hi", "<@U0BOT> hi"),
        ("<#C0HELP|help> & <!here>", "<#C0HELP|help> &amp; <!here>"),
        ("<script>", "&lt;script&gt;"),
        ("see http://x.org/a?b=1&c=2", "see <http://x.org/a?b=1&amp;c=2>"),
        ("<https://x.org|here>", "<https://x.org|here>"),
    ],
)
def test_typed_text_is_stored_as_slack_does(typed: str, stored: str) -> None:
    assert written(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("@Callboard hi", "<@U0BOT> hi"),
        ("ask @Ann Vries, @ann", "ask <@U0ANN>, <@U0ANN>"),
        ("mail ann@callboard.example", "mail ann@callboard.example"),
        ("@callboards", "@callboards"),
        ("<@U0ANN> and @nobody", "<@U0ANN> and @nobody"),
        ("see #general, @here", "see <#C0GENERAL>, <!here>"),
        (
            "`@ann` #generals x/@ann\n```\n@here\n``` @ann",
            "`@ann` #generals x/@ann\n```\n@here\n``` <@U0ANN>",
        ),
    ],
)
def test_names_become_mentions(typed: str, stored: str) -> None:
    assert named(typed, USERS, CHANNELS) == stored


def test_mentions_are_found_with_and_without_names() -> None:
    assert mentions("<@U0BOT> and <@U0ANN|ann> not <#C0HELP>") == {"U0BOT", "U0ANN"}


def test_rich_text_holds_words_and_mentions() -> None:
    section = rich_text("<@U0BOT> a &lt; b")["elements"][0]["elements"]

    assert section == [
        {"type": "user", "user_id": "U0BOT"},
        {"type": "text", "text": " a < b"},
    ]
