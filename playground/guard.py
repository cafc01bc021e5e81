"""Keeps other web pages out: only requests that name this machine and come from here are served.

The servers listen on 127.0.0.1 only, but a browser would carry another site's requests to it.
`Host` must be a name of this machine (or a site could rebind its own name to us), and `Origin`,
which browsers add to posts and websockets, must be this very server.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

_NAMES = {"127.0.0.1", "localhost", "[::1]"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def allowed(host: str, origin: str | None) -> bool:
    """Tell whether a request with these headers may be served."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _NAMES and origin in (None, f"http://{host}")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what comes from another web page."""
    if not allowed(request.headers.get("Host", ""), request.headers.get("Origin")):
        return web.Response(status=403, text="This server speaks only to its own page.")
    return await handler(request)
