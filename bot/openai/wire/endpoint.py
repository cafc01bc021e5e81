"""Whom requests go to and as whom: base URL, key, organization and project. Pure.

An endpoint never shows its key: not in `repr`, and `redact` strikes it out of foreign texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from bot.openai.errors import InvalidRequestError

KEY_LIKE = re.compile(r"\b(?:sk|sess)-[\w*.-]{8,}|(?<=Bearer )[\w*.~+/=-]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server of this API and the credentials for it."""

    base_url: str
    api_key: str = field(default="", repr=False)
    organization: str | None = None
    project: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The base URL must look like https://api.openai.com/v1")
        if parts.username is not None:  # as it is before a password, too
            raise ValueError("The base URL must not contain a name or password")
        object.__setattr__(self, "base_url", self.base_url.strip())

    @property
    def host(self) -> str:
        """Return host and port, as errors name the server."""
        return urlsplit(self.base_url).netloc

    def url(self, *segments: str, query: Mapping[str, str | int] | None = None) -> str:
        """Join path segments to the base URL, each escaped, a query of the base kept."""
        return _joined(self.base_url, segments, urlencode(query, errors="replace") if query else "")

    def request_headers(self) -> dict[str, str]:
        """Return the headers that say who asks."""
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        if self.organization:
            headers["OpenAI-Organization"] = self.organization
        if self.project:
            headers["OpenAI-Project"] = self.project
        return headers

    def redact(self, text: str) -> str:
        """Strike the key, and whatever looks like one, out of a text of the server."""
        if len(self.api_key) >= 8:
            text = text.replace(self.api_key, "[key]")
        return KEY_LIKE.sub("[key]", text)


def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine, which no proxy reaches."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _joined(base_url: str, segments: tuple[str, ...], query: str) -> str:
    for part in segments:
        if part in ("", ".", ".."):
            raise InvalidRequestError("id", f"must not be {part or 'empty'}")
    parts = urlsplit(base_url)
    path = "/".join(
        (parts.path.rstrip("/"), *(quote(part, safe="", errors="replace") for part in segments))
    )
    asked = "&".join(text for text in (parts.query, query) if text)
    return parts._replace(path=path, query=asked, fragment="").geturl()
