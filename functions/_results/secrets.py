"""Keep the secrets that functions use out of whatever they say."""

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

STRUCK = "[secret]"
SHORTEST = 4


def strike(text: str, secrets: Iterable[str]) -> str:
    """Return the text without these secrets, in any of the ways that they are usually written."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            for written in _ways(secret):
                text = text.replace(written, STRUCK)
    return text


def _ways(secret: str) -> list[str]:
    data = secret.encode()
    ways = (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        *_quoted(secret),
        html.escape(secret),
        base64.b64encode(data).decode().rstrip("="),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
    )
    return list(dict.fromkeys(ways))


def _quoted(secret: str) -> list[str]:
    """Return a secret as it stands in addresses, where a slash and small letters are allowed."""
    ways = [quote(secret, safe=""), quote(secret)]
    return [*ways, *(re.sub("%..", lambda found: found[0].lower(), way) for way in ways)]
