"""One call that writes to Slack: under the budget, and with a clear outcome.

Either Slack did it (the answer is returned), or it did not (`Refused`, with Slack's word), or
nobody knows (`FateUnknown`: the connection was cut, or the server failed, after the request left).
A refusal for haste (429) is not an outcome: the call waits as told and is made again.
"""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.budget import Budget
from bot.slack.calls.clock import Clock

logger = logging.getLogger(__name__)

_PATIENCE_S = 720.0  # with a Slack that asks to wait, again and again
_ATTEMPTS = 4  # to reach it at all
_LONGEST_WAIT_S = 120.0
_LONGEST_PAUSE_S = 600.0  # that is believed; Slack asks for a minute at most
HASTE = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
DOUBTFUL = frozenset(  # the last two come and go while a workspace moves to an Enterprise one
    {
        "internal_error",
        "fatal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "org_login_required",
    }
)
OF_TOKEN = frozenset(  # says that the bot's token is not, or no longer, good
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)
NOT_OFFERED = frozenset(  # says of a method that this app cannot have it, whatever is asked
    {
        "unknown_method",
        "missing_scope",
        "not_allowed_token_type",
        "not_agent_app",
        "method_deprecated",
        "feature_not_enabled",
    }
)
NOT_HERE = frozenset(  # says the same of a channel
    {
        "access_denied",
        "channel_type_not_supported",
        "method_not_supported_for_channel_type",
        "no_permission",
    }
)
OFF_S = 300.0  # for which such a method is left alone


class Refused(Exception):
    """Slack did not do it; `word` is its error."""

    def __init__(self, method: str, word: str) -> None:
        self.method = method
        self.word = word
        super().__init__(f"{method}: {word}")


class TooFast(Refused):
    """Slack did not do it because of haste, and the caller did not want to wait."""


class TokenRefused(Refused):
    """Slack did not do it because of the token; an admin may put another in its place."""

    def __str__(self) -> str:
        return f"{super().__str__()}; run python -m bot doctor, which says what to do"


class FateUnknown(Exception):
    """Nobody knows whether Slack did it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Write with one client under one budget."""

    client: AsyncWebClient
    budget: Budget
    clock: Clock

    async def call(
        self, method: str, arguments: Mapping[str, Any], channel: str = "", *, wait: bool = True
    ) -> Mapping[str, Any]:
        """Make a call whose turn it is (the caller has taken it from the budget).

        Raises:
            Refused: Slack did not do it.
            TooFast: The same, because of haste, where `wait` is false or waiting did not help.
            FateUnknown: It may or may not have happened.
        """
        gives_up, failed = self.clock.now() + _PATIENCE_S, 0
        while True:
            try:
                return await self._once(method, arguments, channel)
            except TooFast:
                if not wait or self.clock.now() >= gives_up:
                    raise
                await self.clock.sleep(min(self._pause(method, channel), _LONGEST_WAIT_S))
            except aiohttp.ClientConnectorError as error:  # it never left this machine
                failed += 1
                if not wait or failed >= _ATTEMPTS:
                    raise FateUnknown(method) from error
                await self.clock.sleep(2.0**failed * random.uniform(0.2, 0.3))  # noqa: S311 - jitter
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                raise FateUnknown(method) from error

    async def insist(self, method: str, arguments: Mapping[str, Any], tries: int = 4) -> None:
        """Make a call that may be made twice without harm, until its outcome is known.

        Raises:
            Refused: Slack did not do it.
            FateUnknown: It may or may not have happened, however often it was made.
        """
        for attempt in range(tries):
            try:
                await self.call(method, arguments)
                return
            except FateUnknown:
                await self.clock.sleep(2.0**attempt)
        raise FateUnknown(method)

    def heed(self, refusal: Refused, channel: str) -> None:
        """Leave a method alone for a while that Slack does not offer, at all or in a channel."""
        if refusal.word in NOT_OFFERED:
            self.budget.switch_off(refusal.method, OFF_S)
        elif refusal.word in NOT_HERE:
            self.budget.switch_off(refusal.method, OFF_S, channel)

    def _pause(self, method: str, channel: str) -> float:
        """Return how long to wait after haste; a little apart from the others who wait too."""
        return self.budget.paused_for(method, channel) + random.uniform(0.0, 0.3)  # noqa: S311 - jitter

    async def _once(
        self, method: str, arguments: Mapping[str, Any], channel: str
    ) -> Mapping[str, Any]:
        try:
            response = await self.client.api_call(method, json=dict(arguments))
        except SlackApiError as error:
            raise self._outcome(method, channel, error) from error
        except BaseException:  # cut off, or called off
            self.budget.unanswered(method, channel)
            raise
        self.budget.answered(method, channel)
        return response.data if isinstance(response.data, dict) else {}

    def _outcome(self, method: str, channel: str, error: SlackApiError) -> Exception:
        status = getattr(error.response, "status_code", None)
        word = word_of(error)
        if status == 429 or word in HASTE:
            after = retry_after(getattr(error.response, "headers", {}))
            self.budget.refused(method, after, channel)
            logger.info("slack_asks_to_wait", extra={"method": method, "seconds": after})
            return TooFast(method, word or "ratelimited")
        self.budget.answered(method, channel)
        if not word or word in DOUBTFUL:
            return FateUnknown(method)
        return (TokenRefused if word in OF_TOKEN else Refused)(method, word)


def word_of(error: SlackApiError) -> str:
    """Return Slack's word for an error; "" from a broken server, which says none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def reason_of(error: BaseException) -> str:
    """Return why a call brought nothing, for the log: Slack's word, else the kind of failure."""
    if isinstance(error, SlackApiError):
        return word_of(error) or type(error).__name__
    return error.word if isinstance(error, Refused) else type(error).__name__


def retry_after(headers: Mapping[str, Any]) -> float:
    """Return the seconds that Slack asks to wait; one where it does not say."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return min(max(0.0, float(value)), _LONGEST_PAUSE_S)
            except ValueError:
                break
    return 1.0
