"""Where requests may go by name: URLs read strictly, and the list of hosts of the operator.

`api.example.com` and `*` stand for https on the usual port and public addresses. An entry with a
scheme, `http://build.local:8080`, names exactly that place, and it may be in the own network.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from yarl import URL as URI

from functions._errors import DeclarationError
from functions._http.addresses import Address, is_own, is_public, read

LENGTH = 2000
PORTS = {"https": 443, "http": 80}
URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
HOST = re.compile(r"(\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]|[A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?")
TEXT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%{}\[\]|-]*")
OTHERS = re.compile(r"[^\x00-\x7f]+(?![^{]*\})")
INTERNAL = (
    *("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp"),
    *("private", "arpa", "svc", "onion"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that can be connected to; `named` if the operator named exactly it."""

    scheme: str
    host: str
    port: int
    named: bool = False

    @property
    def address(self) -> Address | None:
        """Return the host if it is an address and no name."""
        return read(self.host)

    def allows(self, address: Address) -> bool:
        """Say whether this place may be found at an address."""
        return is_public(address) or (self.named and is_own(address))

    def __str__(self) -> str:
        """Write it as in a URL, without what goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@dataclass(frozen=True, slots=True)
class Url:
    """A URL in its parts; path and query are as they were written."""

    origin: Origin
    path: str
    query: str


def split(text: str) -> Url:
    """Read a URL strictly, or refuse it with a sentence."""
    match = URL.fullmatch(text) if len(text) <= LENGTH else None
    if match is None:
        raise DeclarationError(
            "the URL must be like https://host/path?query, without a part after #, and at most "
            f"{LENGTH:,} characters long."
        )
    scheme, place = match[1].lower(), ascii_host(match[2])
    path, query = _encoded(match[3]), _encoded(match[4] or "")
    if not TEXT.fullmatch(path) or not TEXT.fullmatch(query):
        raise DeclarationError(
            "the URL has characters that cannot stand in one: percent-encode them."
        )
    found = HOST.fullmatch(place)
    if found is None or int(found[2] or 1) not in range(1, 65536):
        raise DeclarationError(
            "the URL's host must be a name or an address, with a port if need be, no "
            "user and no {places}."
        )
    host = found[1].lower().removesuffix(".").strip("[]")
    return Url(Origin(scheme, _host(host), int(found[2] or PORTS[scheme])), path or "/", query)


def _encoded(text: str) -> str:
    """Percent-encode letters that are not of ASCII, but for those in the name of a place."""
    return OTHERS.sub(lambda found: quote(found[0]) if found[0].isprintable() else found[0], text)


def ascii_host(host: str) -> str:
    """Write a host's other letters as machines do, `xn--...`; what cannot be stays as it is."""
    if host.isascii():
        return host
    name, colon, port = host.partition(":")
    try:
        return f"{URI.build(scheme='https', host=name).raw_host}{colon}{port}"
    except ValueError:
        return host


def _host(host: str) -> str:
    """Return the host in its one spelling; numbers that are no plain address are refused."""
    address = read(host)
    if address is not None:
        return str(address)
    last = host.rpartition(".")[2]
    if not last or ":" in host or last[0].isdigit() or ".." in host or host.startswith("."):
        raise DeclarationError(
            "the URL's host is neither a name nor an address in its usual form such as 192.0.2.7."
        )
    return host


class Hosts:
    """The operator's list."""

    def __init__(self, entries: Iterable[str] = ("*",)) -> None:
        self._named: set[Origin] = set()
        self._names: set[str] = set()
        for entry in entries:
            if "://" in entry:
                self._named.add(split(entry).origin)
            else:
                self._names.add(ascii_host(entry.lower().rstrip(".")))

    def admit(self, origin: Origin) -> Origin:
        """Return the place with what the list says about it, or refuse it with a sentence."""
        if origin in self._named:
            return Origin(origin.scheme, origin.host, origin.port, named=True)
        if origin.scheme != "https" or origin.port != PORTS["https"]:
            raise DeclarationError(
                f"{origin} cannot be used: only https on port 443 is, unless the operator names "
                f"{origin} in FUNCTION_HOSTS."
            )
        if not self._listed(origin.host):
            raise DeclarationError(f"{origin.host} does not stand in FUNCTION_HOSTS.")
        if not _could_be_public(origin):
            address = origin.address
            may = f"; the operator can name {origin} in FUNCTION_HOSTS"
            way = may if address is None or is_own(address) else ""
            raise DeclarationError(f"{origin.host} is not of the open internet{way}.")
        return origin

    def _listed(self, host: str) -> bool:
        parts = host.split(".")
        wild = {"*." + ".".join(parts[at:]) for at in range(1, len(parts))}
        return bool({"*", host, *wild} & self._names)


def _could_be_public(origin: Origin) -> bool:
    if address := origin.address:
        return is_public(address)
    return "." in origin.host and origin.host.rpartition(".")[2] not in INTERNAL
