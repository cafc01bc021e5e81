"""The circuit breaker of one host."""

import pytest

from bot.openai.circuit import Circuit


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(clock, failures=3, pause=5.0, longest_pause=12.0)


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        circuit.enter()
        circuit.failed()


def test_opens_after_failures_in_a_row_and_says_how_long(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.time += 2.0

    assert circuit.enter() == 3.0


def test_a_success_between_failures_keeps_it_closed(circuit: Circuit) -> None:
    fail(circuit, 2)
    circuit.succeeded()
    fail(circuit, 2)

    assert circuit.enter() == 0.0


def test_one_request_probes_and_its_success_closes(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.time += 5.0

    assert circuit.enter() == 0.0
    assert circuit.enter() > 0.0
    circuit.succeeded()
    assert circuit.enter() == 0.0


def test_failed_probes_double_the_pause_up_to_a_bound(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)

    pauses = []
    for _ in range(3):
        clock.time += circuit.enter()
        fail(circuit, 1)
        pauses.append(circuit.enter())

    assert pauses == [10.0, 12.0, 12.0]


def test_a_probe_without_verdict_lets_the_next_one_probe(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.time += 5.0
    circuit.enter()
    circuit.ended()

    assert circuit.enter() == 0.0


def test_failures_of_requests_sent_before_it_opened_do_not_lengthen_it(circuit: Circuit) -> None:
    fail(circuit, 3)
    circuit.failed()

    assert circuit.enter() == 5.0
