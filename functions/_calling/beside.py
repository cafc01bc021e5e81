"""Do something in a daemon thread: whoever waits for it may stop waiting, and nothing hangs."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Returned:
    """It returned this."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """It raised this."""

    error: BaseException

    @property
    def errors(self) -> list[BaseException]:
        """Return it, or in place of a group the errors in it, however deep; told by their types."""
        found: list[BaseException] = []
        waiting = [self.error]
        while waiting:
            one = waiting.pop()
            if issubclass(type(one), BaseExceptionGroup):
                waiting += reversed(BaseExceptionGroup.exceptions.__get__(one))
            else:
                found.append(one)
        return found


Ended = Returned | Raised


def beside(name: str, work: Callable[[], Any]) -> asyncio.Future[Ended]:
    """Begin the work, and return what tells how it ended, whatever it raises."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Ended] = loop.create_future()
    context = contextvars.copy_context()

    def body() -> None:
        ended = context.run(_attempt, work)
        try:
            loop.call_soon_threadsafe(future.set_result, ended)
        except RuntimeError:  # the loop has been closed meanwhile: nobody wants it any more
            logger.info("thread_ended_too_late", extra={"thread_name": name})

    try:
        threading.Thread(target=body, name=name, daemon=True).start()
    except RuntimeError as error:  # the system has no further thread
        future.set_result(Raised(error))
    return future


def _attempt(work: Callable[[], Any]) -> Ended:
    try:
        return Returned(work())
    except BaseException as error:
        return Raised(error)
