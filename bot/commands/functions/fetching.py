"""A schema or an OpenAPI document by the guarded way to a URL, and while it waits for a form."""

import zlib
from base64 import b64decode, b64encode

from bot.desk.errors import CommandError
from bot.desk.request import Request
from bot.desk.values import code, escape
from functions import Context, FunctionError, HttpFunction, Registry, Web

LARGEST = 20_000_000
_SECONDS = 30
_PACKED = "packed:"


async def by_url(request: Request, url: str, context: Context) -> str:
    """Return what stands at a URL, by the same rules as the requests of functions.

    Raises:
        CommandError: it may not be asked, or what it answers cannot be used.
    """
    web = Web(request.equipment.registry.web.hosts, limit=LARGEST, whole=True)
    ask = HttpFunction(name="document", description="Fetch.", url=url, timeout=_SECONDS)
    try:
        entry = Registry(web=web).admit(ask)
        values, _ = entry.read("{}")
        return str(await entry.run(values, context))
    except FunctionError as error:
        raise CommandError(f"{code(url[:200])} was not fetched: {escape(str(error))}") from error


def packed(text: str) -> str:
    """Return a text as it waits for the answer to a form: a large document shrinks to a tenth."""
    return _PACKED + b64encode(zlib.compress(text.encode())).decode()


def unpacked(text: str) -> str:
    """Return a text that may have been packed.

    Raises:
        CommandError: it was, and cannot be read.
    """
    if not text.startswith(_PACKED):
        return text
    try:
        data = b64decode(text.removeprefix(_PACKED), validate=True)
        return zlib.decompressobj().decompress(data, LARGEST).decode(errors="replace")
    except (ValueError, zlib.error):
        raise CommandError("The document that was kept cannot be read: begin anew.") from None
