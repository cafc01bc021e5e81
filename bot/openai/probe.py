"""Ask a server whether it has an operation, without using it: one attempt, nothing raised for 4xx.

A POST goes with an empty object, which no operation takes; what counts is how it is refused.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.openai.errors import APIStatusError, AuthenticationError
from bot.openai.wire.api import API, Ask

_LONGEST = 8 * 1024 * 1024  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Probed:
    """How a server answered; `count` is the length of a list, if it sent one."""

    status: int
    headers: Mapping[str, str]
    milliseconds: int
    count: int | None


class Probe:
    """Looks whether operations are there."""

    def __init__(self, api: API) -> None:
        self._api = api

    async def ask(self, method: str, *path: str) -> Probed:
        """Ask once; only a server that is not reached raises."""
        ask = Ask(method, path, body={} if method == "POST" else None)
        began = time.monotonic()
        try:
            async with self._api.open(ask, self._api.call()) as response:
                count = _count(await response.read_all(_LONGEST))
                status, headers = response.status, dict(response.headers)
        except AuthenticationError as error:  # some hosts refuse a key with 400
            status, headers, count = 401, error.headers, None
        except APIStatusError as error:
            status, headers, count = error.status or 0, error.headers, None
        return Probed(status, headers, int((time.monotonic() - began) * 1000), count)


def _count(body: bytes) -> int | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = data.get("data") if isinstance(data, dict) else None
    return len(found) if isinstance(found, list) else None
