"""A host that keeps failing is left alone for a while; a slow or refusing one is not."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from openai_answers import HELLO, answers_when, refuses
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.wire.circuit import Circuit
from bot.openai.wire.limits import Limits, Timeouts
from bot.openai.wire.retry import RetryPolicy

ONCE = RetryPolicy(attempts=1)
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def ask(client: OpenAI) -> str:
    async with client.chat.stream(model="m", messages=HELLO) as stream:
        return "".join([text async for text in stream])


async def test_a_host_that_keeps_failing_is_left_alone_for_a_while(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(circuit_failures=3, circuit_pause=50.0), retries=ONCE)
    server.always = refuses(503)
    for _ in range(3):
        with pytest.raises(errors.InternalServerError):
            await ask(client)

    with pytest.raises(errors.CircuitOpenError, match="next try in 50 s") as caught:
        await ask(client)

    assert 0.0 < caught.value.retry_after <= 50.0
    assert len(server.requests) == 3


def test_one_request_probes_and_each_failure_of_it_doubles_the_pause_up_to_a_bound() -> None:
    now, waits = 0.0, []
    circuit = Circuit(lambda: now, Limits(circuit_failures=2, circuit_longest_pause=15.0))
    circuit.failed()
    assert circuit.enter() == 0.0

    for _ in range(3):
        circuit.failed()
        waits.append(circuit.enter())
        now += waits[-1]
        assert circuit.enter() == 0.0
        assert circuit.enter() > 0.0
    circuit.succeeded()

    assert waits == [5.0, 10.0, 15.0]
    assert [circuit.enter(), circuit.enter()] == [0.0, 0.0]


def test_a_probe_that_tells_nothing_lets_the_next_one_probe() -> None:
    now = 0.0
    circuit = Circuit(lambda: now, Limits(circuit_failures=1))
    circuit.failed()
    now = 5.0

    assert circuit.enter() == 0.0
    circuit.ended()

    assert circuit.enter() == 0.0


async def test_a_request_that_is_called_off_while_it_probes_lets_the_next_one_probe(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(circuit_failures=1, circuit_pause=0.01), retries=ONCE)
    server.always = refuses(503)
    with pytest.raises(errors.InternalServerError):
        await ask(client)
    await asyncio.sleep(0.02)
    gate = asyncio.Event()
    server.always = answers_when(gate)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await ask(client)
    gate.set()

    assert await ask(client) == "hi"


async def test_a_host_that_cannot_be_reached_opens_the_circuit(
    connect: Callable[..., OpenAI], unused_tcp_port: int
) -> None:
    client = connect(
        base_url=f"http://127.0.0.1:{unused_tcp_port}/v1",
        limits=Limits(circuit_failures=1, circuit_pause=50.0),
        retries=ONCE,
    )
    with pytest.raises(errors.APIConnectionError):
        await ask(client)

    with pytest.raises(errors.CircuitOpenError):
        await ask(client)


async def test_what_opened_the_circuit_is_told_before_that_it_is_open(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(circuit_failures=1, circuit_pause=50.0))
    server.always = refuses(500, "boom")

    with pytest.raises(errors.InternalServerError, match="boom"):
        await ask(client)

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429, 501, 504])
async def test_refusals_and_slow_models_do_not_open_the_circuit(
    server: Server, connect: Callable[..., OpenAI], status: int
) -> None:
    client = connect(limits=Limits(circuit_failures=2), retries=ONCE)
    server.always = refuses(status)

    for _ in range(4):
        with pytest.raises(errors.APIStatusError):
            await ask(client)

    assert len(server.requests) == 4


async def test_a_slow_model_does_not_open_the_circuit(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(
        limits=Limits(circuit_failures=1), timeouts=Timeouts(first_byte=0.02), retries=ONCE
    )
    gate = asyncio.Event()
    server.always = answers_when(gate)
    with pytest.raises(errors.APITimeoutError):
        await ask(client)
    gate.set()

    async with client.chat.stream(model="m", messages=HELLO, timeout=5.0) as stream:
        assert [text async for text in stream] == ["hi"]
