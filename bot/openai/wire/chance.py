"""Time and chance as waiting between attempts takes them; tests hand in their own."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """How to wait, a number from 0 to 1 that nobody foresees, and seconds since 1970."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], float] = time.time
