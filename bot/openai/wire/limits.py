"""How servers are reached, how long they are waited for, how much is opened to them: values."""

from dataclasses import dataclass, field

from bot.openai.wire.tls import TLS


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds.

    `first_byte` counts from the request to the first byte of the answer's body, `idle` between
    bytes from then on, `total` over a whole call with its retries. `last_words` counts from the
    word that an answer has ended, while the server keeps the connection open.
    """

    connect: float = 10.0
    first_byte: float = 120.0
    idle: float = 60.0
    last_words: float = 1.5
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the pool and the circuit breaker allow; times in seconds.

    After so many failures in a row a circuit stays open for a pause.
    """

    connections: int = 1000
    keepalive: float = 55.0
    circuit_failures: int = 8
    circuit_pause: float = 5.0
    circuit_longest_pause: float = 60.0


@dataclass(frozen=True, slots=True)
class Network:
    """How servers are reached; without `tls` by the authorities of the system."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    limits: Limits = field(default_factory=Limits)
    proxy: str | None = None
    tls: TLS | None = None
    compression: bool = True
