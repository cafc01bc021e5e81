"""The process around the bot: its logs, its interpreter's tuning, and the signals that end it."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys

from bot import logs
from bot.app import running
from bot.settings import Settings

logger = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM, SIGINT or the terminal's end, then let running answers end.

    Raises:
        StartError: Slack, the database or the port refused; its text says what to do.
    """
    logs.setup(settings.log_level, settings.log_format, settings.secrets)
    _tune()
    ready, leave = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    heeded = [one for one in _SIGNALS if signal.getsignal(one) != signal.SIG_IGN]  # by nohup
    for number in heeded:
        loop.add_signal_handler(number, leave.set)
    serving = asyncio.create_task(_serve(settings, ready, leave), name="serve")
    leaving = asyncio.create_task(leave.wait(), name="wait for a signal")
    await asyncio.wait({serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
    for number in heeded:
        loop.remove_signal_handler(number)  # a second signal ends the process at once
    leaving.cancel()
    if leave.is_set() and not ready.is_set():
        serving.cancel()  # Slack is asked for a connection for as long as it refuses one
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    else:
        await serving
    logger.info("left")


async def _serve(settings: Settings, ready: asyncio.Event, leave: asyncio.Event) -> None:
    async with running(settings):
        ready.set()
        await leave.wait()
        logger.info("leaving")


def _tune() -> None:
    """Let threads change over sooner, and look for cyclic garbage less often.

    Storage's commits wait for the interpreter at their end; Python's own interval of 5 ms is what
    an acknowledgement may take in all. And a turn leaves no cycles (a test sees to that), while to
    look for some takes the longer the more answers are open: a quarter of the processor's time at
    1,000 of them (178 answers a second with Python's own thresholds, 250 with these).
    """
    sys.setswitchinterval(0.0005)
    gc.set_threshold(50_000, 20, 100)
    gc.enable()  # it was off while all of this was imported
