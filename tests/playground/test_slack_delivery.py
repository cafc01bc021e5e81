"""Socket Mode envelope by envelope: acknowledgements, retries, several and broken sockets."""

import asyncio
from collections.abc import Callable

from aiohttp import ClientSession, WSMsgType

from playground.slack import LocalSlack
from tests.playground.conftest import Bot, Clock


async def test_connection_says_hello_and_events_are_complete(slack: LocalSlack, bot: Bot) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    envelope = await bot.take()

    assert bot.hello["type"] == "hello"
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
    payload = envelope["payload"]
    assert (payload["type"], payload["authorizations"][0]["user_id"]) == ("event_callback", "U0BOT")
    event = payload["event"]
    assert (event["channel_type"], event["ts"], event["user"]) == ("im", ts, "U0ANN")


async def test_socket_address_works_once(slack: LocalSlack, http: ClientSession) -> None:
    url = f"{slack.url}/socket?ticket={slack.socket.ticket()}"
    first = await http.ws_connect(url)

    async with http.get(url) as second:
        assert second.status == 404
    await first.close()


async def test_mention_in_a_channel_gives_twins_with_two_event_ids(
    slack: LocalSlack, bot: Bot
) -> None:
    await slack.say("C0GENERAL", "U0ANN", "<@U0BOT> hello")

    twins = [(await bot.take())["payload"] for _ in range(2)]

    assert {twin["event"]["type"] for twin in twins} == {"message", "app_mention"}
    assert twins[0]["event"]["ts"] == twins[1]["event"]["ts"]
    assert twins[0]["event_id"] != twins[1]["event_id"]


async def test_where_the_bot_is_no_member_only_the_mention_arrives(
    slack: LocalSlack, bot: Bot
) -> None:
    slack.add_channel("C0FAR", "far", members=["U0ANN"])

    await slack.say("C0FAR", "U0ANN", "<@U0BOT> hello")
    await slack.say("D0ANN", "U0ANN", "marker")

    assert [(await bot.event())["type"], (await bot.event())["text"]] == ["app_mention", "marker"]


async def test_event_waits_for_a_bot_to_connect(
    slack: LocalSlack, another_bot: Callable[[], Bot]
) -> None:
    await slack.say("D0ANN", "U0ANN", "early")

    bot = await another_bot().connect()

    assert (await bot.event())["text"] == "early"


async def test_event_without_acknowledgement_comes_again(slack: LocalSlack, bot: Bot) -> None:
    slack.deliveries.ack_seconds = 0.02
    slack.deliveries.retry_delays = (0.0, 0.0)

    await slack.say("D0ANN", "U0ANN", "hello")
    seen = [await bot.envelope() for _ in range(3)]

    assert [envelope["retry_attempt"] for envelope in seen] == [0, 1, 2]
    assert seen[1]["retry_reason"] == "timeout"
    assert len({envelope["payload"]["event_id"] for envelope in seen}) == 1


async def test_lost_sockets_bring_their_events_to_the_next(
    slack: LocalSlack, bot: Bot, another_bot: Callable[[], Bot]
) -> None:
    await slack.say("D0ANN", "U0ANN", "hello")
    seen = [await bot.envelope()]

    for _ in range(5):
        slack.drop_sockets()
        bot = await another_bot().connect()
        seen.append(await bot.envelope())

    assert {envelope["payload"]["event_id"] for envelope in seen} == {
        slack.log[0].payload["event_id"]
    }
    assert [envelope["retry_attempt"] for envelope in seen] == [0, 1, 2, 3, 4, 5]


async def test_two_sockets_share_the_events(
    slack: LocalSlack, bot: Bot, another_bot: Callable[[], Bot]
) -> None:
    other = await another_bot().connect()

    for text in ("one", "two"):
        await slack.say("D0ANN", "U0ANN", text)
    first, second = await asyncio.gather(bot.event(), other.event())

    assert {first["text"], second["text"]} == {"one", "two"}


async def test_eleventh_socket_is_turned_away(another_bot: Callable[[], Bot]) -> None:
    bots = [await another_bot().connect() for _ in range(11)]

    assert bots[9].hello["type"] == "hello"
    assert bots[10].hello["reason"] == "too_many_websockets"
    assert (await bots[10].socket.receive()).type is WSMsgType.CLOSE


async def test_acknowledged_event_can_be_delivered_again(slack: LocalSlack, bot: Bot) -> None:
    await slack.say("D0ANN", "U0ANN", "hello")
    first = (await bot.take())["payload"]

    slack.redeliver(first["event_id"], times=2)
    again = [await bot.take() for _ in range(2)]

    assert [envelope["payload"] for envelope in again] == [first, first]
    assert [envelope["retry_attempt"] for envelope in again] == [1, 2]


async def test_event_of_a_foreign_kind_is_delivered(slack: LocalSlack, bot: Bot) -> None:
    slack.emit({"type": "moon_phase_changed", "phase": "full"})

    assert (await bot.event())["phase"] == "full"


async def test_events_carry_the_time_of_the_clock(
    slack: LocalSlack, bot: Bot, clock: Clock
) -> None:
    clock.ahead = 3600.0

    ts = await slack.say("D0ANN", "U0ANN", "hello")

    assert float(ts) >= clock() - 60


async def test_late_acknowledgement_is_ignored(slack: LocalSlack, bot: Bot) -> None:
    await bot.socket.send_json({"envelope_id": "of-yesterday"})
    await bot.socket.send_str("no json")
    await slack.say("D0ANN", "U0ANN", "hello")

    assert (await bot.event())["text"] == "hello"


async def test_command_without_a_bot_is_reported(slack: LocalSlack) -> None:
    delivery = await slack.command("/ai", user="U0ANN", channel="D0ANN")

    assert not delivery.acked
    assert delivery.reasons == ["connection_failed"]
