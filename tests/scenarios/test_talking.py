"""A person talks with the bot: who is answered, once, and in order."""

import pytest

from tests.scenarios.conftest import ANN, BEN, HELP, MENTION


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_mention_is_answered_in_its_thread(desk):
    desk.model.enqueue("Hello Ann!")

    assert await desk.answer("hi") == "Hello Ann!"


async def test_mention_and_message_twins_are_answered_once(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)

    delivered = [d.event["type"] for d in desk.slack.log if d.event.get("ts") == ts]
    assert sorted(delivered) == ["app_mention", "message"]
    assert len(desk.asked()) == 1


async def test_a_reply_in_the_thread_needs_no_mention(desk):
    ts = await desk.ask("my name is Ann")
    await desk.answered(ts)

    desk.model.enqueue("You are Ann.")
    await desk.ask("who am I?", thread_ts=ts)
    said = await desk.answered(ts, 2)

    assert said[1] == "You are Ann."
    assert "my name is Ann" in str(desk.asked()[1])


async def test_a_reply_that_arrives_before_the_mention_it_follows_is_answered(desk):
    root = await desk.slack.say(HELP, BEN, "we talk among ourselves")
    await desk.ask("say second", thread_ts=root)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    late = {"type": "app_mention", "channel": HELP, "user": BEN, "thread_ts": root}
    desk.slack.emit(late | {"ts": f"{root[:-1]}9", "text": f"{MENTION} say first"})

    assert await desk.answered(root, count=2) == ["first", "second"]


async def test_what_was_said_to_another_person_and_then_mentions_the_bot_is_answered(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    aside = await desk.ask(f"<@{BEN}> do you know?", thread_ts=ts)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    desk.model.enqueue("I know.")
    edited = {"type": "app_mention", "channel": HELP, "user": ANN, "thread_ts": ts, "ts": aside}
    desk.slack.emit(edited | {"text": f"<@{BEN}> {MENTION} do you know?"})

    assert (await desk.answered(ts, 2))[1] == "I know."
    assert str(desk.asked()[1]).count("do you know?") == 1


async def test_a_mention_that_was_read_with_its_thread_before_it_came_is_told_once(desk):
    root = await desk.slack.say(HELP, BEN, "say first")
    await desk.ask(f"{MENTION} say second", thread_ts=root)
    await desk.answered(root)
    late = {"type": "app_mention", "channel": HELP, "user": BEN, "ts": root}
    desk.slack.emit(late | {"text": f"{MENTION} say first"})

    assert await desk.answered(root, 2) == ["second", "first"]
    assert str(desk.asked()[1]).count("say first") == 1


async def test_a_mention_that_comes_after_its_edit_is_asked_as_edited(desk):
    ts = await desk.slack.say(HELP, BEN, "say one")
    await desk.slack.edit(HELP, ts, "say two")
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    late = {"type": "app_mention", "channel": HELP, "user": BEN, "ts": ts}
    desk.slack.emit(late | {"text": f"{MENTION} say one"})

    assert await desk.answered(ts) == ["two"]


async def test_a_mention_that_comes_after_its_deletion_is_not_answered(desk):
    ts = await desk.slack.say(HELP, BEN, "say one")
    await desk.slack.delete(HELP, ts)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    late = {"type": "app_mention", "channel": HELP, "user": BEN, "ts": ts}
    desk.slack.emit(late | {"text": f"{MENTION} say one"})
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await desk.answer("say three")

    assert "say one" not in str(desk.asked())


async def test_what_was_written_below_a_mention_before_it_came_is_answered(stage):
    slack = stage.slack
    slack.deliveries.retry_delays = (0.05,) * 200
    slack.deliver_to("http://127.0.0.1:9/")
    root = await stage.ask("say first")
    reply = {"type": "message", "user": BEN, "text": "say second", "ts": slack.workspace.ts()}
    slack.workspace.add(slack.workspace.channels[HELP], reply | {"thread_ts": root})
    await slack.wait(lambda s: all(delivery.reasons for delivery in s.log))
    await stage.start(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=slack.signing_secret, PORT="0")

    assert await stage.answered(root, count=2) == ["first", "second"]


async def test_for_a_mention_that_is_delivered_once_more_slack_is_asked_nothing(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    desk.slack.redeliver(desk.slack.events("app_mention")[0].payload["event_id"], times=3)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))

    assert desk.slack.calls_of("conversations.replies") == []


async def undelivered(stage, channel):
    """Let a question wait for a bot that is not there; return its ts."""
    stage.slack.deliveries.retry_delays = (0.05,) * 200
    stage.slack.deliver_to("http://127.0.0.1:9/")
    ts = await stage.ask("say one", channel=channel)
    await stage.slack.wait(lambda s: all(delivery.reasons for delivery in s.log))
    return ts


async def answered_late(stage, ts, channel):
    """Start the bot and let it answer one more question; return its requests about the first."""
    secret = stage.slack.signing_secret
    await stage.start(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=secret, PORT="0")
    await stage.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await stage.ask(f"{MENTION} say more", channel=channel, thread_ts=ts)
    await stage.slack.wait(lambda _: "say more" in str(stage.asked()[-1:]))
    return str(stage.asked()[-1])


@pytest.mark.parametrize("channel", [HELP, "D0ANN"])
async def test_a_mention_that_comes_after_an_edit_that_a_killed_bot_has_heard_is_kept_as_edited(
    stage, channel
):
    ts = await undelivered(stage, channel)
    message = stage.slack.workspace.channels[channel].messages[ts]
    message |= {"text": "say two", "edited": {"user": ANN, "ts": stage.slack.workspace.ts()}}

    asked = await answered_late(stage, ts, channel)

    assert "say two" in asked
    assert "say one" not in asked


async def test_people_who_talk_to_each_other_are_left_alone_and_remembered(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)

    await desk.ask(f"<@{BEN}> what do you think?", thread_ts=ts)
    await desk.ask(f"<@{ANN}> blue", thread_ts=ts, user=BEN)
    await desk.ask("still there?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert len(desk.asked()) == 2
    said = [m["content"] for m in desk.asked()[1] if m["role"] == "user"]
    assert said[1:] == ["ann: @ben what do you think?", "ben: @ann blue", "ann: still there?"]


async def test_what_people_said_to_each_other_follows_edits_and_deletions(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    first = await desk.ask(f"<@{BEN}> it is 1111", thread_ts=ts)
    second = await desk.ask(f"<@{BEN}> secret", thread_ts=ts)
    await desk.slack.edit(HELP, first, f"<@{BEN}> it is 2222")
    await desk.slack.delete(HELP, second)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await desk.ask("well?", thread_ts=ts)
    await desk.answered(ts, 2)

    asked = str(desk.asked()[1])
    assert "@ben it is 2222" in asked
    assert "1111" not in asked
    assert "secret" not in asked


async def test_a_thread_without_the_bot_is_left_alone(desk):
    ts = await desk.slack.say(HELP, BEN, "lunch?")
    await desk.slack.say(HELP, BEN, "anyone?", ts)
    await desk.answer("hi")

    assert len(desk.asked()) == 1


async def test_a_direct_message_is_answered(desk):
    desk.model.enqueue("At your service.")

    assert await desk.answer("hi", channel="D0ANN") == "At your service."


async def test_a_group_message_is_answered(desk):
    desk.model.enqueue("Hello both.")

    assert await desk.answer("hi", channel="G0TEAM") == "Hello both."


async def test_people_of_the_thread_whom_the_model_mentions_are_shown_by_name(desk):
    ts = await desk.ask("hi", user=BEN)
    await desk.answered(ts)
    desk.model.enqueue(f"<@{BEN}> says hi, <@{ANN}>.")
    await desk.ask("what does he say?", thread_ts=ts)

    assert (await desk.answered(ts, 2))[1] == f"@ben says hi, <@{ANN}>."


async def test_people_whom_a_function_told_of_are_shown_by_name(desk):
    desk.model.enqueue(calls=[("find_user", {"who": "ben"})])
    desk.model.enqueue(f"It is <@{BEN}>.")

    assert await desk.answer("who is ben?") == "It is @ben."


async def test_a_channel_that_slack_links_by_its_id_alone_is_named_if_it_is_public(desk):
    desk.slack.add_channel("C0SECRET", "secret", kind="group")
    await desk.answer("is it <#C0HELP|> or <#C0SECRET|>?")
    await desk.answer("in <#C0HELP>?")

    assert "is it #ask-callboard or #C0SECRET?" in desk.asked()[0][-1]["content"]
    assert "in #ask-callboard?" in desk.asked()[1][-1]["content"]
    assert len(desk.slack.calls_of("conversations.info")) == 2


async def test_a_group_that_slack_mentions_by_its_id_alone_is_named(desk):
    desk.slack.workspace.groups["S0OPS"] = [BEN]
    await desk.answer("are <!subteam^S0OPS> or <!subteam^S0GONE> awake?")
    await desk.answer("and <!subteam^S0OPS>?")

    assert "are @s0ops or @S0GONE awake?" in desk.asked()[0][-1]["content"]
    assert "and @s0ops?" in desk.asked()[1][-1]["content"]
    assert len(desk.slack.calls_of("usergroups.list")) == 1


async def test_a_group_is_called_by_its_id_where_slack_does_not_tell(desk):
    desk.slack.fail("usergroups.list", error="missing_scope", times=9)
    await desk.answer("are <!subteam^S0OPS> awake?")

    assert "are @S0OPS awake?" in desk.asked()[0][-1]["content"]


async def test_a_redelivered_event_is_answered_once(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    for delivery in list(desk.slack.log):
        desk.slack.redeliver(delivery.payload["event_id"], times=3)
    await desk.ask("again", thread_ts=ts)
    await desk.answered(ts, 2)

    assert len(desk.replies(ts)) == 2
    assert len(desk.asked()) == 2


async def test_a_thread_met_in_its_middle_is_read_once(desk):
    ts = await desk.slack.say(HELP, BEN, "The deploy needs the blue key.")
    await desk.slack.say(HELP, BEN, "Ann has it.", ts)

    await desk.ask(f"{MENTION} who has the key?", thread_ts=ts)
    await desk.answered(ts)
    await desk.ask("sure?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert "ben: The deploy needs the blue key." in str(desk.asked()[0])
    assert "Ann has it." in str(desk.asked()[1])
    assert len(desk.slack.calls_of("conversations.replies")) == 1


async def test_the_model_is_told_of_a_thread_that_slack_does_not_show(desk):
    ts = await desk.slack.say(HELP, BEN, "The deploy needs the blue key.")
    desk.slack.fail("conversations.replies", "missing_scope")

    await desk.ask(f"{MENTION} sum up", thread_ts=ts)
    await desk.answered(ts)

    told, question = desk.asked()[0][1:]
    assert "Slack did not show them" in told["content"]
    assert question["content"].endswith("sum up")


async def test_questions_of_one_thread_are_answered_in_order(desk, gate):
    desk.model.enqueue("first", hold=gate)
    desk.model.enqueue("second")
    ts = await desk.ask("one")
    await desk.ask("two", thread_ts=ts)
    await desk.model.wait(lambda model: len(model.requests) == 1)
    gate.set()

    assert await desk.answered(ts, 2) == ["first", "second"]
    assert "first" in str(desk.asked()[1])


async def test_different_threads_run_at_the_same_time(desk, gate):
    desk.model.enqueue("slow", hold=gate)
    desk.model.enqueue("quick")
    slow = await desk.ask("one")
    await desk.model.wait(lambda model: len(model.requests) == 1)

    assert await desk.answer("two") == "quick"
    gate.set()
    assert await desk.answered(slow) == ["slow"]


async def test_a_message_edited_while_it_waits_is_asked_as_edited(desk, gate):
    desk.model.enqueue("One.", after=0, hold=gate)
    first = await desk.ask("one")
    waiting = await desk.ask("two", thread_ts=first)
    await desk.slack.edit(HELP, waiting, "a <b> is a List<String>")
    await desk.slack.wait(lambda s: s.events("message")[-1].acked)
    gate.set()
    await desk.answered(first, 2)

    assert desk.asked()[-1][-1]["content"].endswith("a <b> is a List<String>")


async def test_an_edited_message_changes_the_history(desk):
    ts = await desk.ask("the code is 1111")
    await desk.answered(ts)
    await desk.slack.edit(HELP, ts, f"{MENTION} the code is 2222")
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await desk.ask("which code?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert "2222" in str(desk.asked()[1])
    assert "1111" not in str(desk.asked()[1][:2])


async def test_an_edit_keeps_the_files_of_a_message_and_names_the_bot(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    shared = await desk.slack.say(HELP, ANN, "see", ts, files=[("a.txt", b"text")])
    await desk.answered(ts, 2)
    await desk.slack.edit(HELP, shared, f"look, {MENTION}")
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await desk.ask("well?", thread_ts=ts)
    await desk.answered(ts, 3)

    attached = "[Attached: a.txt (text/plain)]\n[What is in a.txt:]\n> text"
    said = [m["content"] for m in desk.asked()[-1] if m["role"] == "user"]
    assert said[1] == f"ann: look, @callboard\n{attached}"


async def test_an_edit_in_a_thread_of_others_costs_no_question_to_slack(desk):
    ts = await desk.slack.say(HELP, BEN, "lunch?")
    await desk.slack.edit(HELP, ts, "lunch, <@U0ANN>?")
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))

    assert not [call for call in desk.slack.calls if call.method == "users.info"]


async def test_a_deleted_message_leaves_the_history(desk):
    ts = await desk.ask("hello")
    await desk.answered(ts)
    secret = await desk.ask("the secret is 1111", thread_ts=ts)
    await desk.answered(ts, 2)
    await desk.slack.delete(HELP, secret)
    await desk.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    desk.model.enqueue("ok")
    await desk.ask("and now?", thread_ts=ts)
    await desk.answered(ts, 3)

    users = [m["content"] for m in desk.asked()[2] if m["role"] == "user"]
    assert not any("secret is 1111" in content for content in users)


async def test_the_status_is_shown_at_once_and_cleared(desk, gate):
    desk.model.enqueue("done", hold=gate)
    ts = await desk.ask("hi")
    await desk.slack.wait(lambda s: (a := s.session(HELP, ts)) and a.status == "processing")
    gate.set()
    await desk.answered(ts)

    assert desk.slack.session(HELP, ts).status == "active"


async def test_a_thread_is_found_again_by_how_its_first_question_begins(desk, gate):
    desk.model.enqueue("it is", hold=gate, after=0)  # else the stream may make the session
    ts = await desk.ask("is the\nbackup done?")
    await desk.slack.wait(lambda s: s.session(HELP, ts))
    gate.set()
    await desk.answered(ts)
    await desk.ask("and today?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert desk.slack.session(HELP, ts).title == "is the backup done?"


async def test_a_conversation_begun_with_files_alone_is_found_again_by_their_names(desk, gate):
    desk.model.enqueue("both", hold=gate, after=0)
    ts = await desk.slack.say(HELP, ANN, MENTION, files=[("a.txt", b"1"), ("b.txt", b"2")])
    await desk.slack.wait(lambda s: s.session(HELP, ts))
    gate.set()
    await desk.answered(ts)

    assert desk.slack.session(HELP, ts).title == "a.txt, b.txt"
