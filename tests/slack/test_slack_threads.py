"""What was said in a thread, as the history and as commands read it."""

from bot.slack.workspace.backfill import read_thread
from bot.slack.workspace.threads import Threads
from tests.slack.conftest import BOT

MESSAGES = [
    {"ts": "1.0", "user": "U0ANN", "text": "hello"},
    {"ts": "2.0", "user": "U0ANN", "text": "waves", "subtype": "me_message"},
    {"ts": "3.0", "username": "Cron", "text": "ding", "subtype": "bot_message"},
    {"ts": "4.0", "user": "U0ANN", "text": f"<@{BOT}> !files list"},
    {"ts": "5.0", "user": "U0ANN", "text": "<@U0BOB> !important"},
    {"ts": "6.0", "user": "U0BOB", "text": "has joined", "subtype": "channel_join"},
]


class Client:
    async def conversations_replies(self, **_):
        return {"messages": MESSAGES}


async def nobody(_):
    return {}


async def test_the_history_has_what_was_said_and_no_commands():
    history = await read_thread(Client(), "C1", "1.0", "9.0", BOT, nobody)

    assert [message.slack_ts for message in history] == ["1.0", "2.0", "3.0", "5.0"]


async def test_commands_about_a_thread_read_the_same():
    spoken = await Threads(Client(), BOT).read("C1", "1.0")

    assert [one.text for one in spoken] == ["hello", "waves", "ding", "<@U0BOB> !important"]
