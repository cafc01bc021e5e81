"""What was said in a thread, as the history and as commands read it."""

import asyncio

import pytest

from bot.slack.workspace.backfill import read_thread
from bot.slack.workspace.search import Search
from bot.slack.workspace.threads import Threads
from tests.slack.conftest import BOT, place

PLACE = place(thread_ts="1.0", event_ts="9.0")
MESSAGES = [
    {"ts": "1.0", "user": "U0ANN", "text": "hello"},
    {"ts": "2.0", "user": "U0ANN", "text": "waves", "subtype": "me_message"},
    {"ts": "3.0", "username": "Cron", "text": "ding", "subtype": "bot_message"},
    {"ts": "4.0", "user": "U0ANN", "text": f"<@{BOT}> !files list"},
    {"ts": "5.0", "user": "U0ANN", "text": "<@U0BOB> !important"},
    {"ts": "6.0", "user": "U0BOB", "text": "has joined", "subtype": "channel_join"},
]


RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Lists:"}]},
        {
            "type": "rich_text_list",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "List<int>", "style": {"code": True}},
                        {"type": "text", "text": " of "},
                        {"type": "user", "user_id": "U0BOB"},
                    ],
                },
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "link", "url": "https://a.example"},
                        {"type": "emoji", "name": "tada"},
                    ],
                },
            ],
        },
    ],
}
TABLE = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}],
        [
            {"type": "rich_text", "elements": [RICH["elements"][0]]},
            {"type": "raw_text", "text": "2"},
        ],
    ],
}


class Client:
    def __init__(self, messages=MESSAGES):
        self.messages = messages

    async def conversations_replies(self, **_):
        return {"messages": self.messages}

    async def conversations_history(self, **_):
        return {"messages": self.messages}


class Store:
    async def search(self, *_):
        return []


class People:
    async def names(self, _team, users):
        return dict.fromkeys(users, "Bob")


async def nobody(_):
    return {}


async def test_the_history_has_what_was_said_and_no_commands():
    history = await read_thread(Client(), PLACE, nobody)

    assert [message.slack_ts for message in history] == ["1.0", "2.0", "3.0", "5.0"]


async def test_a_slack_that_wants_too_long_a_pause_between_two_pages_is_not_waited_for():
    class Slow(Client):
        async def conversations_replies(self, *, cursor, **_):
            if cursor:
                await asyncio.Event().wait()
            return {"messages": self.messages, "response_metadata": {"next_cursor": "2"}}

    *history, note = await read_thread(Slow(), PLACE, nobody, patience=0.01)

    assert [message.slack_ts for message in history] == ["1.0", "2.0", "3.0", "5.0"]
    assert "Slack did not show them" in note.content


async def test_commands_about_a_thread_read_the_same():
    spoken = await Threads(Client(), BOT).read("C1", "1.0")

    assert [one.text for one in spoken] == ["hello", "waves", "ding", "<@U0BOB> !important"]


async def test_a_search_finds_what_was_said_and_not_who_came():
    search = Search(Client(), Store(), People(), BOT)

    assert [found.text for found in await search.search("T1", "C1", "hello", 5)] == ["hello"]
    assert await search.search("T1", "C1", "joined", 5) == []


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([{"type": "markdown", "text": "Lists:\n`List<int>`"}], "Lists:\n`List<int>`"),
        ([RICH, {"type": "context", "elements": [{"type": "mrkdwn", "text": "x" * 99}]}],
         "Lists:\nList<int> of @Bob\nhttps://a.example:tada:"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "Lists:"}}, TABLE],
         "Lists:\na | b\nLists: | 2"),
        ([], "Lists…"),
    ],
    ids=["markdown", "rich text", "table", "none"],
)  # fmt: skip
async def test_a_long_answer_is_read_whole(blocks, words):
    answer = {"ts": "1.0", "user": BOT, "text": "Lists…", "blocks": blocks}
    client = Client([answer])

    (said,) = await read_thread(client, PLACE, lambda users: People().names("", users))
    (found,) = await Search(client, Store(), People(), BOT).search("T1", "C1", "lists", 5)

    assert said.content == found.text == words


FIELDS = [{"title": "Host", "value": "db1"}, {"value": "91 %"}]
ALERT = {"title": "Disk full", "fields": FIELDS, "fallback": "alert"}
SECTION = {
    "type": "section",
    "text": {"type": "mrkdwn", "text": "*Paid* by <@U0BOB>"},
    "fields": [{"type": "plain_text", "text": "a < b"}],
}
BESIDE = [
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "on"}, {"type": "image"},
                                     {"type": "mrkdwn", "text": "`db1`"}]},
    {"type": "image", "title": {"type": "plain_text", "text": "Load"}, "alt_text": "a chart"},
    {"type": "actions", "elements": [
        {"type": "button", "text": {"type": "plain_text", "text": "Snooze"}},
        {"type": "button", "text": {"type": "plain_text", "text": "Runbook"},
         "url": "https://b.example"}]},
]  # fmt: skip
LAID_OUT = {"type": "header", "text": {"type": "plain_text", "text": "Paid"}}
FOLD = {"type": "container", "title": LAID_OUT["text"], "child_blocks": [SECTION]}
LINK = {"type": "link", "url": "https://a.example", "text": "all"}
PREVIEW = {"from_url": "https://a.example", "title": "An example", "text": "of a page"}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": "", "attachments": [ALERT]}, "> Disk full\n> Host: db1\n> 91 %"),
        ({"text": "", "attachments": [{"fallback": "alert"}]}, "> alert"),
        ({"text": "", "attachments": [{"title": "#7", "title_link": "https://b.example",
                                       "footer": "a/b"}]},
         "> #7 (https://b.example)\n> a/b"),
        ({"text": "New alert", "blocks": [SECTION, *BESIDE]},
         "*Paid* by @Bob\na < b\non `db1`\nLoad\nRunbook (https://b.example)"),
        ({"text": "Bob has paid a lot", "blocks": [LAID_OUT]}, "Bob has paid a lot"),
        ({"text": "", "blocks": BESIDE[:1]}, "on `db1`"),
        ({"text": "", "blocks": [FOLD]}, "Paid\n*Paid* by @Bob\na < b"),
        ({"text": "", "attachments": [{"blocks": [SECTION]}]}, "> *Paid* by @Bob\n> a < b"),
        ({"text": "This content can't be displayed.", "blocks": [SECTION]},
         "*Paid* by @Bob\na < b"),
        ({"text": "", "blocks": [{"type": "rich_text", "elements": [LINK]}]},
         "all (https://a.example)"),
        ({"text": "see", "attachments": [PREVIEW]}, "see"),
        ({"text": "", "files": [{"name": "a.pdf", "mimetype": "application/pdf"}]},
         "[Attached, and not readable to you: a.pdf (application/pdf)]"),
    ],
    ids=["attachment", "fallback", "linked", "text for notifications", "longer text",
         "small print", "fold", "attached blocks", "blocks", "link", "preview", "file"],
)  # fmt: skip
async def test_what_other_apps_show_is_read(message, words):
    client = Client([{"ts": "1.0", "bot_id": "B1", "subtype": "bot_message", **message}])

    (said,) = await read_thread(client, PLACE, lambda users: People().names("", users))

    assert said.content == words
