"""Which network addresses a request may go to. Pure, and by lists of our own.

Addresses that carry an IPv4 address inside (IPv4-mapped, NAT64) are judged by that one. Any network
may choose where it lets others carry one, so what tells a cloud's machines their secrets is looked
for in each place that it could be.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address


def _networks(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, texts))


GLOBAL6 = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
OWN = _networks(
    *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    *("::1/128", "fc00::/7"),
)
CLOSED = OWN + _networks(
    *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
    *("192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    "168.63.129.16/32",  # a cloud's own service for its machines, at a public address
    *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
)
METADATA = frozenset(
    IPv4Address(text)
    for text in (
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.42.42", "169.254.0.23"),
        *("168.63.129.16", "100.100.100.200", "192.0.0.192"),
    )
)
ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
CARRIED = (  # which bytes are the inner address, by RFC 6052 and 3056
    *((12, 13, 14, 15), (9, 10, 11, 12), (7, 9, 10, 11), (6, 7, 9, 10), (5, 6, 7, 9)),
    *((4, 5, 6, 7), (2, 3, 4, 5)),
)


def read(text: str) -> Address | None:
    """Return the address that a text is, or None; one bound to an interface is none."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the open internet."""
    address = _inner(address)
    if isinstance(address, IPv6Address):
        hidden = any(one in METADATA for one in _carried(address))
        if address not in GLOBAL6 or hidden or address.packed[8:12] in ISATAP:
            return False
    return not any(address in network for network in CLOSED)


def is_own(address: Address) -> bool:
    """Say whether it is this machine's own or of a private network, and of a single machine."""
    address = _inner(address)
    return any(address in network for network in OWN)


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield every IPv4 address that this one could carry."""
    for places in CARRIED:
        yield IPv4Address(bytes(address.packed[place] for place in places))
