"""How long to wait for a server and how much to open to it: plain values for `Transport`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds.

    `first_byte` counts from the request to the first byte of the answer's body, `idle` between
    bytes from then on, `total` over a whole call with its retries.
    """

    connect: float = 10.0
    first_byte: float = 120.0
    idle: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the pool and the circuit breaker allow; times in seconds."""

    connections: int = 1000
    keepalive: float = 55.0
    circuit_failures: int = 8
    circuit_pause: float = 5.0
    circuit_longest_pause: float = 60.0
