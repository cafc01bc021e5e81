"""The formats that are checked, all cheaply; any other format is a note for the reader."""

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

Check = Callable[[str], bool]

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
DURATION = re.compile(
    r"P(?=[\dT])(?:\d{1,9}W|(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}D)?"
    r"(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?)",
    re.ASCII,
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
URI = re.compile(r"[a-z][a-z0-9+.-]*:[!#$%&'()*+,/:;=?@\[\]\w.~-]+", re.ASCII | re.IGNORECASE)
PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)


def _day(text: str) -> bool:
    return bool(DAY.fullmatch(text)) and _reads(date.fromisoformat, text)


def _time(text: str) -> bool:
    match = TIME.fullmatch(text)
    if not match or match[3] != "60":
        return bool(match)
    hours, minutes = ("0", "0") if match[5] in "Zz" else (match[5][:3], match[5][0] + match[5][4:])
    passed = (int(match[1]) - int(hours)) * 60 + int(match[2]) - int(minutes)
    return passed % 1440 == 1439  # leap seconds end a day


def _moment(text: str) -> bool:
    return text[10:11] in ("T", "t") and _day(text[:10]) and _time(text[11:])


def _hostname(text: str) -> bool:
    return len(text) <= 253 and all(LABEL.fullmatch(label) for label in text.split("."))


def _email(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at) and len(local) <= 64 and bool(LOCAL.fullmatch(local)) and _hostname(host)


def _ip4(text: str) -> bool:
    return text.isascii() and _reads(ipaddress.IPv4Address, text)


def _ip6(text: str) -> bool:
    return "%" not in text and text.isascii() and _reads(ipaddress.IPv6Address, text)


def _uri(text: str) -> bool:
    return bool(URI.fullmatch(text)) and not PERCENT.search(text) and _reads(_port, text)


def _port(text: str) -> int | None:
    return urlsplit(text).port


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


FORMATS: dict[str, tuple[Check, str]] = {
    "date": (_day, "a date such as 2026-12-31"),
    "time": (_time, "a time with its offset such as 23:59:00Z"),
    "date-time": (_moment, "a date and time with offset such as 2026-12-31T23:59:00Z"),
    "duration": (lambda text: bool(DURATION.fullmatch(text)), "a duration such as P1DT12H"),
    "email": (_email, "an e-mail address"),
    "hostname": (_hostname, "a host name"),
    "ipv4": (_ip4, "an IPv4 address"),
    "ipv6": (_ip6, "an IPv6 address"),
    "uuid": (lambda text: bool(UUID.fullmatch(text)), "a UUID"),
    "uri": (_uri, "a URI with its scheme"),
}
