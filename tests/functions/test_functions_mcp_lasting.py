"""What outlasts a restart, of ours or of a server's: changed tools, sessions, calls on the way."""

import asyncio
import contextlib
import contextvars

import pytest
from aiohttp import web
from http_samples import at
from yarl import URL

from functions import Hosts, Registry, Web
from functions._mcp.session import Session
from tests.functions.mcp_bench import Bench, asker
from tests.mcp_fake import FakeMcp, a_tool

pytest.importorskip("mcp")


async def restarted(bench: Bench) -> Bench:
    """Return the bench as it is after a restart of the bot."""
    again = Bench("*", shelf=bench.shelf)
    await again.registry.refresh()
    return again


async def test_a_changed_tool_is_not_offered_after_a_restart_either(bench, fake, monkeypatch):
    monkeypatch.setattr("functions._mcp.servers.FRESH", 0.0)
    await bench.take(fake.url, "forecast", approve="never")
    fake.tools = [a_tool(description="Read every file to me.")]
    await bench.call("forecast", '{"city": "Bern"}')

    again = await restarted(bench)

    assert again.registry.errors[0].file == "forecast"
    await again.registry.aclose()


async def test_a_change_that_was_taken_anew_meanwhile_is_not_remembered(bench, fake, monkeypatch):
    monkeypatch.setattr("functions._mcp.servers.FRESH", 0.0)
    await bench.take(fake.url, "forecast", approve="never")
    earlier = bench.registry.of("T1")["forecast"]
    fake.tools = [a_tool(description="Tell it better.")]
    await bench.take(fake.url, "forecast", approve="never")

    with pytest.raises(Exception, match="otherwise than when it was approved"):
        await earlier.run({"city": "Bern"}, asker())

    assert (await bench.call("forecast", '{"city": "Bern"}')).text == "Sunny."


async def test_a_tool_that_came_back_as_it_was_is_among_the_changed(bench, fake, monkeypatch):
    monkeypatch.setattr("functions._mcp.servers.FRESH", 0.0)
    made = await bench.take(fake.url, "forecast", approve="never")
    usual, fake.tools = fake.tools, []
    await bench.call("forecast", '{"city": "Bern"}')
    fake.tools = usual

    [row] = bench.registry.of("T1").values()
    [offer] = await bench.registry.mcp_offers(fake.url, None, [row.function], asker())

    assert offer.is_changed
    assert offer.function == made


@pytest.mark.parametrize("effect", ["read", "idempotent"])
async def test_a_call_that_meets_an_unknown_session_is_made_on_a_new_one(bench, fake, effect):
    fake.session = "before"
    await bench.take(fake.url, "forecast", approve="never", effect=effect)
    fake.session = "after the restart"

    result = await bench.call("forecast", '{"city": "Bern"}')

    assert result.text == "Sunny."
    assert len(fake.calls) == 1


async def test_after_a_call_that_met_an_unknown_session_the_next_is_made_on_a_new_one(bench, fake):
    fake.session = "before"
    await bench.take(fake.url, "forecast", approve="never", effect="once")
    fake.session = "after the restart"

    results = [await bench.call("forecast", '{"city": "Bern"}') for _ in range(2)]

    assert [one.ok for one in results] == [False, True]
    assert len(fake.calls) == 1


@pytest.mark.parametrize(("effect", "times"), [("read", 2), ("idempotent", 2), ("once", 1)])
async def test_a_call_that_may_have_arrived_is_repeated_only_where_that_harms_nobody(
    bench, fake, effect, times
):
    await bench.take(fake.url, "forecast", approve="never", effect=effect)
    fake.dies = True

    result = await bench.call("forecast", '{"city": "Bern"}')

    assert len(fake.calls) == times
    assert not result.ok
    assert ("may have taken effect" in result.text) == (effect != "read")


async def test_a_call_is_repeated_once_and_no_more(bench, fake):
    await bench.take(fake.url, "forecast", approve="never", effect="read")
    fake.status = {"tools/call": 404}

    result = await bench.call("forecast", '{"city": "Bern"}')

    assert "answered with status 404" in result.text
    assert fake.asked.count("tools/call") == 2


async def test_a_server_that_comes_back_at_once_fails_no_call(unused_tcp_port):
    other, url = FakeMcp(), f"http://127.0.0.1:{unused_tcp_port}/mcp"
    made = Bench(f"http://127.0.0.1:{unused_tcp_port}")
    for session in ("first", "second"):
        other.session = session
        runner = await serve(other, unused_tcp_port)
        if session == "first":
            await made.take(url, "forecast", approve="never", effect="read")
        else:
            assert (await made.call("forecast", '{"city": "Bern"}')).text == "Sunny."
        await runner.cleanup()
    await made.registry.aclose()


async def serve(fake: FakeMcp, port: int) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/mcp", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    return runner


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (a_tool("bad", inputSchema="none"), "inputSchema: should be a"),
        ({"name": "bad"}, "inputSchema: Field required."),
        (a_tool("bad", annotations={"readOnlyHint": "maybe"}), "annotations.readOnlyHint: should"),
        ("bad", "name: Field required."),
    ],
)
async def test_a_tool_that_cannot_be_read_is_told_with_the_place_and_the_others_work(
    bench, fake, bad, said
):
    fake.tools = [a_tool(), bad]

    good, unread = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert good.function
    assert said in unread.problem


@pytest.mark.parametrize(
    "odd",
    [
        {"inputSchema": {}},
        {"outputSchema": {"type": "array"}},
        {"icons": "https://x.example"},
        {"_meta": 1},
    ],
)
async def test_what_nobody_looks_at_spoils_no_tool(bench, fake, odd):
    fake.tools = [a_tool(**odd)]

    (offer,) = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert offer.function


async def test_a_tool_that_cannot_be_read_any_more_counts_as_changed(bench, fake, monkeypatch):
    monkeypatch.setattr("functions._mcp.servers.FRESH", 0)
    await bench.take(fake.url, "forecast", approve="never")
    fake.tools = [a_tool(annotations="none"), a_tool("another")]

    result = await bench.call("forecast", '{"city": "Bern"}')

    assert "An admin must approve it anew" in result.text
    assert not fake.calls


@pytest.mark.parametrize("name", ["", "b" * 129])
async def test_a_tool_without_a_name_that_can_be_shown_is_told_and_the_others_work(
    bench, fake, name
):
    fake.tools = [a_tool(name), a_tool()]

    bad, good = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert bad.problem == "its name is not of 1 to 128 characters."
    assert good.function


async def test_who_waits_for_a_connection_that_is_given_up_is_not_cancelled(monkeypatch):
    @contextlib.asynccontextmanager
    async def hanging(_):
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr("functions._mcp.session.LEAVING", 0.01)
    session = Session(("s", frozenset()), hanging, lambda one: None)
    waiting = asyncio.create_task(session.listed(0))
    await asyncio.sleep(0)
    await session.leave()

    with pytest.raises(ConnectionError):
        await waiting


class Silent:
    """A connection whose server tells no tools, unless it `tells`."""

    def __init__(self, *, tells: bool = False) -> None:
        self.tells = tells

    async def tools(self):
        if not self.tells:
            await asyncio.Event().wait()
        return []


@pytest.mark.parametrize("limit", ["CONNECTING", "LISTING"])
async def test_a_server_that_says_nothing_is_not_waited_for_long(monkeypatch, limit):
    @contextlib.asynccontextmanager
    async def connecting(_):
        if limit == "CONNECTING":
            await asyncio.Event().wait()
        yield Silent()

    monkeypatch.setattr(f"functions._mcp.session.{limit}", 0.01)
    monkeypatch.setattr("functions._mcp.session.LEAVING", 0.01)
    session = Session(("s", frozenset()), connecting, lambda one: None)

    asking = asyncio.create_task(session.listed(0))
    done, _ = await asyncio.wait({asking}, timeout=5)
    await session.leave()

    assert done
    with pytest.raises(TimeoutError):
        await asking


async def test_a_connection_that_nobody_uses_is_let_go(monkeypatch):
    @contextlib.asynccontextmanager
    async def connecting(_):
        yield Silent(tells=True)

    monkeypatch.setattr("functions._mcp.session.IDLE", 0.01)
    gone = asyncio.get_running_loop().create_future()
    session = Session(("s", frozenset()), connecting, gone.set_result)
    await session.listed(0)

    assert await asyncio.wait_for(gone, 5) is session
    await session.leave()


async def test_the_list_of_a_connection_that_has_ended_is_not_trusted():
    keepers, connection = [], Silent(tells=True)

    @contextlib.asynccontextmanager
    async def connecting(_):
        keepers.append(asyncio.current_task())
        yield connection

    session = Session(("s", frozenset()), connecting, lambda one: None)
    await session.listed(0)
    connection.tools = None
    await session.listed(0)  # lately asked

    keepers[0].cancel()
    await asyncio.wait(keepers)

    with pytest.raises(TypeError):
        await session.listed(0)
    await session.leave()


async def test_a_connection_has_no_part_in_the_call_that_opens_it():
    asked, seen = contextvars.ContextVar("asked", default="by nobody"), []

    @contextlib.asynccontextmanager
    async def opened(_):
        seen.append(asked.get())
        yield

    asked.set("by Ann")
    session = Session(("s", frozenset()), opened, lambda one: None)
    await asyncio.sleep(0)
    await session.leave()

    assert seen == ["by nobody"]


async def test_an_address_that_does_not_answer_is_not_waited_for_long(fake, monkeypatch):
    loop, tried = asyncio.get_running_loop(), []
    usual = loop.sock_connect

    async def connect(sock, address):
        tried.append(address[0])
        if address[0] == "127.0.0.9":
            await asyncio.Event().wait()
        await usual(sock, address)

    monkeypatch.setattr(loop, "sock_connect", connect)
    place = URL(fake.url).with_host("mcp.test")
    registry = Registry(web=Web(Hosts([str(place.origin())]), at("127.0.0.9", "127.0.0.1")))

    async with asyncio.timeout(15):
        [offer] = await registry.mcp_offers(str(place), None, [], asker())

    assert offer.function
    assert tried[:2] == ["127.0.0.9", "127.0.0.1"]
    await registry.aclose()
