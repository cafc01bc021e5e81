"""Headers of a request, and the secret that goes into one, or into the query. Pure."""

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
    if secret.put == "header":
        check_header(secret.header, secret.prefix)
    elif not HEADER.fullmatch(secret.header) or secret.prefix:
        raise DeclarationError(f"{secret.header[:100]!r} cannot be the name of a key here.")


def secret_header(secret: SecretHeader | None, reveal: Callable[[str], str]) -> dict[str, str]:
    """Return the header that carries a secret, if there is one."""
    if secret is None or secret.put == "query":
        return {}
    text = reveal(secret.secret)
    if secret.prefix.strip().lower() == "basic" and ":" in text:  # not written as the web has it
        text = b64encode(text.encode()).decode()
    text = secret.prefix + text
    if not HEADER_TEXT.fullmatch(text):
        raise FunctionError(
            f"The secret {secret.secret} has characters that cannot stand in a header."
        )
    if secret.put == "cookie":
        return {"Cookie": f"{secret.header}={quote(text, safe='')}"}
    return {secret.header: text}


def with_secret(target: str, secret: SecretHeader | None, reveal: Callable[[str], str]) -> str:
    """Return the target with the secret in its query, if that is where it goes."""
    if secret is None or secret.put != "query":
        return target
    pair = f"{quote(secret.header, safe='')}={quote(reveal(secret.secret), safe='')}"
    return f"{target}{'&' if '?' in target else '?'}{pair}"
