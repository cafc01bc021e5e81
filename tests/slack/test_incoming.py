"""Who is spoken to, and what Slack's text says to a reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.inbound.incoming import (
    ASIDE,
    Heard,
    Opened,
    Removed,
    Revised,
    Stopped,
    parse,
)
from bot.slack.text.readable import readable
from bot.slack.text.said import files_of

BOT = "U0BOT"


def event(**fields):
    base = {"type": "message", "channel": "C1", "user": "U1", "ts": "10.0", "text": "hi"}
    return {"type": "event_callback", "team_id": "T1", "event": {**base, **fields}}


def heard(**fields):
    return parse(event(**fields), BOT)


def test_a_mention_in_a_channel_is_heard():
    found = heard(type="app_mention", text=f"<@{BOT}> hi")

    assert isinstance(found, Heard)
    assert (found.event.id, found.event.thread) == ("msg:T1:C1:10.0", "T1:C1:10.0")


def test_mention_and_message_of_one_message_have_the_same_id():
    mention = heard(type="app_mention", text=f"<@{BOT}> hi")
    message = heard(channel_type="channel", text=f"<@{BOT}> hi")

    assert mention.event.id == message.event.id


def test_a_direct_message_is_one_whatever_tab_it_is_written_in():
    assert heard(channel="D1", channel_type="app_home").event.body["channel_type"] == "im"


def test_in_a_shared_channel_the_workspace_is_the_one_that_installed_the_bot():
    body = event(type="app_mention", team="T2") | {"team_id": "T2"}
    found = parse(body | {"authorizations": [{"team_id": "T1"}]}, BOT)

    assert isinstance(found, Heard)
    assert (found.event.thread, found.event.body["user_team"]) == ("T1:C1:10.0", "T2")


FORWARDED = {"is_share": True, "from_url": "https://x.example/p1", "author_name": "Ben"}


def test_a_forwarded_message_that_speaks_in_blocks_alone_is_read():
    words = [{"type": "section", "text": {"type": "mrkdwn", "text": "Disk full"}}]
    nested = [{"team": "T1", "channel": "C2", "ts": "9.0", "message": {"blocks": words}}]
    forwarded = FORWARDED | {"text": "[no preview available]", "message_blocks": nested}

    found = heard(type="app_mention", text=f"<@{BOT}> why?", attachments=[forwarded])

    assert found.event.body["text"] == f"<@{BOT}> why?\n&gt; Ben: Disk full"


def test_files_of_a_forwarded_message_come_along_and_those_of_a_preview_do_not():
    files = [{"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf"}]
    preview = {"from_url": "https://x.example", "files": [{"id": "F2"}]}
    attached = [FORWARDED | {"files": files}, preview]

    assert heard(channel_type="im", text="", attachments=attached).event.body["files"] == files


CLIP = {
    "name": "audio_message.m4a",
    "mimetype": "audio/mp4",
    "transcription": {"status": "complete", "preview": {"content": "Call me", "has_more": True}},
}
MAIL = {"name": "Offer", "mimetype": "text/html", "mode": "email", "plain_text": "We accept.\nBob"}
CODE = {"name": "a.py", "mimetype": "text/plain", "mode": "snippet", "preview": "x = 1"}


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (CLIP, "[Attached: audio_message.m4a (audio/mp4)]\n> Call me…"),
        (MAIL, "[Attached: Offer (text/html)]\n> We accept.\n> Bob"),
        (CODE, "[Attached: a.py (text/plain)]\n> x = 1"),
        (CODE | {"mode": "hosted"}, "[Attached, and not readable to you: a.py (text/plain)]"),
        (CODE | {"preview": "x" * 9_000}, f"[Attached: a.py (text/plain)]\n> {'x' * 8_000}…"),
    ],
    ids=["clip", "mail", "snippet", "file", "long"],
)
def test_words_that_slack_tells_of_a_file_are_read(file, told):
    found = heard(channel_type="im", subtype="file_share", text="", files=[file])

    assert files_of(found.event.body) == told


def test_what_a_person_forwards_is_read_and_calls_nobody():
    forwarded = FORWARDED | {"text": f"<@{BOT}> it broke\nagain"}

    assert heard(channel_type="channel", text="", attachments=[forwarded]) is None
    found = heard(type="app_mention", text=f"<@{BOT}> why?", attachments=[forwarded])
    assert found.event.body["text"] == f"<@{BOT}> why?\n&gt; Ben: <@{BOT}> it broke\n&gt; again"


def test_a_message_whose_words_stand_only_in_its_blocks_is_heard():
    words = [{"type": "user", "user_id": BOT}, {"type": "text", "text": " is 1 < 2?"}]
    section = {"type": "rich_text_section", "elements": words}

    blocks = [{"type": "rich_text", "elements": [section]}]
    found = heard(channel_type="channel", text="", blocks=blocks)

    assert found.event.body["text"] == f"<@{BOT}> is 1 &lt; 2?"


_TEXTS = st.sampled_from(["", "x", BOT, "10.0", f"<@{BOT}> hi", "message_changed", "section"])
_NAMES = st.sampled_from([
    "attachments", "authorizations", "blocks", "bot", "channel", "edited", "elements", "fields",
    "files", "message", "previous_message", "subtype", "text", "thread_ts", "tokens", "ts", "type",
])  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.sampled_from(["message", "app_mention", "tokens_revoked"]), _JSON, _JSON)
def test_no_shape_of_an_event_fails(kind, fields, granted):
    shape = fields if isinstance(fields, dict) else {"message": fields, "files": fields}
    sent = {"channel": "D1", "user": "U1", "ts": "10.0", **shape, "type": kind}

    found = parse({"team_id": "T1", "authorizations": granted, "event": sent}, BOT)

    assert not isinstance(found, Heard) or readable(found.event.body["text"], {}, BOT) is not None


def test_the_removal_of_the_app_and_of_its_token_is_heard():
    people = {"oauth": ["U1"], "bot": []}

    assert heard(type="app_uninstalled") == Removed("T1", "account_inactive")
    assert heard(type="tokens_revoked", tokens=people) is None
    assert heard(type="tokens_revoked", tokens=people | {"bot": [BOT]}) == Removed(
        "T1", "token_revoked"
    )


def test_the_mention_of_a_longer_id_is_no_mention_of_the_bot():
    assert heard(channel_type="channel", text=f"so says <@{BOT}2>") is None


def test_a_channel_message_without_mention_is_not_heard():
    assert heard(channel_type="channel") is None


def test_a_reply_in_a_thread_is_heard_if_the_thread_is_known():
    found = heard(channel_type="channel", thread_ts="9.0")

    assert found.if_known
    assert found.event.thread == "T1:C1:9.0"


@pytest.mark.parametrize("channel_type", ["channel", "group", "mpim"])
@pytest.mark.parametrize("to", ["<@U2>", "<!subteam^S1|@ops>", "<!here>", "\u200f<@U2>"])
def test_a_message_that_starts_with_a_mention_of_others_is_only_remembered(channel_type, to):
    text = f" {to} what?"

    assert heard(channel_type=channel_type, text=text) is None
    found = heard(channel_type=channel_type, text=text, thread_ts="9.0")
    assert (found.event.kind, found.if_known) == (ASIDE, True)


def test_a_message_to_another_person_that_also_mentions_the_bot_is_heard():
    found = heard(channel_type="channel", thread_ts="9.0", text=f"<@U2> ask <@{BOT}>")

    assert isinstance(found, Heard)


def test_direct_messages_are_heard_even_with_a_mention_in_front():
    found = heard(channel="D1", channel_type="im", text="<@U2> is who?")

    assert isinstance(found, Heard)


def test_group_messages_are_heard():
    assert isinstance(heard(channel="G1", channel_type="mpim"), Heard)


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": None},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"user": "USLACKBOT"},
        {"type": "reaction_added"},
        {"ts": None},
    ],
)
def test_what_no_person_said_is_ignored(fields):
    assert heard(**{"channel_type": "im", "channel": "D1", **fields}) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_other_kinds_of_a_persons_words_are_heard(subtype):
    assert isinstance(heard(channel="D1", channel_type="im", subtype=subtype), Heard)


@pytest.mark.parametrize("fields", [{"ts": "abc"}, {"ts": 10}, {"thread_ts": "abc"}])
def test_a_message_without_a_time_of_slack_is_ignored(fields):
    assert heard(channel_type="im", **fields) is None


def test_an_edit_is_a_revision():
    message = {"ts": "10.0", "thread_ts": "9.0", "text": "new", "edited": {"ts": "11.0"}}

    found = heard(subtype="message_changed", message=message, event_ts="11.0")

    assert found == Revised("T1", "T1:C1:9.0", "10.0", "new", "11.0", "msg:T1:C1:10.0")


def test_the_edit_of_a_message_keeps_what_it_forwards():
    attached = {"attachments": [FORWARDED | {"text": "it broke"}], "edited": {"ts": "11.0"}}

    found = heard(subtype="message_changed", message={"ts": "10.0", "text": "see"} | attached)

    assert found.text == "see\n&gt; Ben: it broke"


def test_an_unfurl_is_no_revision():
    assert heard(subtype="message_changed", message={"ts": "10.0", "text": "x"}) is None


def test_our_own_edits_are_no_revision():
    message = {"ts": "10.0", "text": "new", "edited": {"ts": "11.0"}, "user": BOT}

    assert heard(subtype="message_changed", message=message) is None


def test_a_deletion_is_a_revision_without_text():
    found = heard(subtype="message_deleted", previous_message={"ts": "10.0"}, event_ts="12.0")

    assert found == Revised("T1", "T1:C1:10.0", "10.0", None, "12.0", "msg:T1:C1:10.0")


def test_a_stop_click_names_its_thread():
    found = heard(type="agent_session_stopped", thread_ts="9.0", event_ts="13.0")

    assert found == Stopped("T1:C1:9.0", "13.0", "U1")


def test_a_stop_click_without_a_time_of_its_own_counts_until_its_delivery():
    body = event(type="agent_session_stopped", thread_ts="9.0") | {"event_time": 13}

    assert parse(body, BOT) == Stopped("T1:C1:9.0", "14.000000", "U1")


def test_an_opened_tab_is_told():
    assert heard(type="app_home_opened", tab="home", channel="D1") == Opened("U1", "D1", "home")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (f"<@{BOT}> hi", "hi"),
        (f"<@{BOT}>: hi", "hi"),
        (f"<@{BOT}>:hi", "hi"),
        (f"<@{BOT}>、こんにちは", "こんにちは"),
        (f"<@{BOT}> :wave: hi", ":wave: hi"),
        (f"ask <@{BOT}> or <@U1>", "ask @Callboard or @Ann"),
        ("<@U404> hi", "@U404 hi"),
        ("in <#C1|general>", "in #general"),
        ("in <#C2|> and <#C3>", "in #random and #C3"),
        ("<https://a.b/?x=1&amp;y=2|here>", "here (https://a.b/?x=1&y=2)"),
        ("<https://a.b>", "https://a.b"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<!here> <!subteam^S1|@ops> <!subteam^S2>", "@here @ops @S2"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_text_is_readable(raw, shown):
    assert readable(raw, {"U1": "Ann", "C2": "random", BOT: "Callboard"}, BOT) == shown
