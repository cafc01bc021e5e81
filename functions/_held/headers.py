"""Headers of a request, and the secrets that go into them, or into the query. Pure."""

import re
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

from functions._errors import DeclarationError, FunctionError
from functions._held.definition import SecretHeader

HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
HEADER_TEXT = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,4000}")
RESERVED = {
    *("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"),
    *("expect", "keep-alive", "proxy-authorization", "proxy-connection", "accept-encoding"),
    *("content-type", "idempotency-key", "cookie"),
}


def check_header(name: str, text: str) -> None:
    """Refuse a header that cannot be sent, or that is ours to send."""
    if not HEADER.fullmatch(name) or name.lower() in RESERVED:
        raise DeclarationError(f"{name[:100]!r} cannot be the name of a header here.")
    if not HEADER_TEXT.fullmatch(text):
        raise DeclarationError(f"the header {name} has characters that cannot be sent.")


def check_secret(secret: SecretHeader) -> None:
    """Refuse a secret that cannot be sent where it should go."""
    for one in secret.every:
        if one.put == "header":
            check_header(one.header, one.prefix)
        elif not HEADER.fullmatch(one.header) or one.prefix:
            raise DeclarationError(f"{one.header[:100]!r} cannot be the name of a key here.")


def secret_headers(secret: SecretHeader | None, reveal: Callable[[str], str]) -> dict[str, str]:
    """Return the headers that carry a secret and those beside it, if there are any."""
    every = secret.every if secret else ()
    cookies = [_written(one, reveal) for one in every if one.put == "cookie"]
    headers = {one.header: _written(one, reveal) for one in every if one.put == "header"}
    return headers | ({"Cookie": "; ".join(cookies)} if cookies else {})


def _written(secret: SecretHeader, reveal: Callable[[str], str]) -> str:
    text = reveal(secret.secret)
    if secret.prefix.strip().lower() == "basic" and ":" in text:  # not written as the web has it
        text = b64encode(text.encode()).decode()
    text = secret.prefix + text
    if not HEADER_TEXT.fullmatch(text):
        raise FunctionError(
            f"The secret {secret.secret} has characters that cannot stand in a header."
        )
    return f"{secret.header}={quote(text, safe='')}" if secret.put == "cookie" else text


def with_secret(target: str, secret: SecretHeader | None, reveal: Callable[[str], str]) -> str:
    """Return the target with the secrets in its query that go there."""
    for one in secret.every if secret else ():
        if one.put == "query":
            pair = f"{quote(one.header, safe='')}={quote(reveal(one.secret), safe='')}"
            target = f"{target}{'&' if '?' in target else '?'}{pair}"
    return target
