"""What people do, and the events that tell the bot of it."""

import pytest

from playground.slack import LocalSlack, Refusal


async def test_text_is_escaped_but_mentions_and_links_stay(slack: LocalSlack) -> None:
    await slack.say("D0ANN", "U0ANN", "a < b & c <@U0BOT> see https://example.com/x?y=1.")

    text = slack.log[0].event["text"]
    assert text == "a &lt; b &amp; c <@U0BOT> see <https://example.com/x?y=1>."


async def test_edit_and_delete_tell_before_and_after(slack: LocalSlack) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "one")
    await slack.edit("C0GENERAL", ts, "two")
    await slack.delete("C0GENERAL", ts)

    changed, deleted = (delivery.event for delivery in slack.log[1:])
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "two")
    assert changed["previous_message"]["text"] == "one"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert slack.messages("C0GENERAL") == []


async def test_deleted_parent_leaves_a_tombstone(slack: LocalSlack) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "one")
    await slack.say("C0GENERAL", "U0ANN", "reply", thread_ts=ts)

    await slack.delete("C0GENERAL", ts)

    assert slack.messages("C0GENERAL", ts)[0]["subtype"] == "tombstone"
    assert slack.log[-1].event["message"]["subtype"] == "tombstone"


async def test_file_is_said_as_file_share(slack: LocalSlack) -> None:
    file = slack.upload("U0ANN", "notes.txt", b"hello")

    await slack.say("D0ANN", "U0ANN", "read this", files=[file])

    event = slack.log[0].event
    assert (event["subtype"], event["files"][0]["name"]) == ("file_share", "notes.txt")
    assert event["files"][0]["size"] == 5


async def test_other_bots_are_marked(slack: LocalSlack) -> None:
    await slack.say("C0GENERAL", "U0DEPLOY", "deployed")

    event = slack.log[0].event
    assert (event["bot_id"], event["user"]) == ("B0DEPLOY", "U0DEPLOY")


async def test_join_is_told_twice(slack: LocalSlack) -> None:
    slack.add_channel("C0NEW", "new", members=["U0ANN"])

    await slack.join("C0NEW", "U0BOT")

    kinds = [(d.event["type"], d.event.get("subtype")) for d in slack.log]
    assert ("member_joined_channel", None) in kinds
    assert ("message", "channel_join") in kinds


async def test_group_message_has_its_channel_type(slack: LocalSlack) -> None:
    slack.add_channel("G0OPS", "ops", "group", members=["U0ANN", "U0BOT"])
    await slack.say("G0OPS", "U0ANN", "hello")
    await slack.say("G0TEAM", "U0ANN", "hello")

    assert [d.event["channel_type"] for d in slack.log] == ["group", "mpim"]


async def test_person_cannot_write_where_they_are_not(slack: LocalSlack) -> None:
    with pytest.raises(Refusal, match="not_in_channel"):
        await slack.say("D0ANN", "U0BEN", "peek")


async def test_new_person_comes_with_a_direct_message(slack: LocalSlack) -> None:
    slack.add_user("U0ZOE", "zoe", is_admin=True)

    await slack.say("D0ZOE", "U0ZOE", "hello")

    assert slack.log[0].event["channel"] == "D0ZOE"


async def test_uninstall_is_told(slack: LocalSlack) -> None:
    await slack.uninstall()

    assert slack.events("app_uninstalled")
