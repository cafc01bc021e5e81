"""HTTP mode: signed requests to the bot's public address, as Slack makes them."""

import hashlib
import hmac
import json
from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from playground.slack.refusal import Json
from playground.slack.socketmode import Undelivered

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
NO_RETRY = "no_retry"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a request's body with the app's signing secret."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """Return body and content type: events are JSON, the rest are forms."""
    if kind == "events_api":
        return json.dumps(payload).encode(), _JSON
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), _FORM


class HttpMode:
    """Delivers to one URL; the session is opened with the first delivery."""

    def __init__(self, url: str, secret: str, clock: Callable[[], float]) -> None:
        self.url = url
        self.secret = secret
        self._clock = clock
        self._session: ClientSession | None = None

    async def deliver(self, kind: str, payload: Json, seconds: float, retry: int, why: str) -> Json:
        """Post once; anything but a 2xx in time is a failure."""
        body, content_type = encoded(kind, payload)
        headers = {"Content-Type": content_type, **self._signed(body)}
        if retry:
            headers.update({"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": why})
        if self._session is None:
            self._session = ClientSession()
        try:
            async with self._session.post(
                self.url, data=body, headers=headers, timeout=ClientTimeout(seconds)
            ) as response:
                return await _answer(response)
        except TimeoutError as error:
            raise Undelivered("http_timeout") from error
        except ClientError as error:
            raise Undelivered("connection_failed") from error

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()


async def _answer(response: ClientResponse) -> Json:
    text = await response.text()
    if not 200 <= response.status < 300:
        stop = response.headers.get("X-Slack-No-Retry") == "1"
        raise Undelivered(NO_RETRY if stop else "http_error")
    if not text:
        return {}
    if response.content_type != _JSON:
        return {"text": text}
    body = json.loads(text)
    return body if isinstance(body, dict) else {}
