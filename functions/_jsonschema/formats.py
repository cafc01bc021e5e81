"""The formats that are checked, all cheaply; any other format is a note for the reader.

What the libraries take that write such schemas is taken: a time without its offset or its seconds
(some take no other), and an address with letters of any language.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

DAY = r"\d{4}-\d\d-\d\d"
# Of the hour 24, which JSON Schema does not have, Python 3.14 makes the next day's 0.
TIME = r"(?!24)\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:[0-5]\d)?"
DAYS, HOURS = (rf"(\d{{1,9}}{a})?(\d{{1,9}}{b})?(\d{{1,9}}{c})?" for a, b, c in ("YMD", "HMS"))
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*"
WORD = r"[\w!#$%&'*+/=?^`{|}~-]+"
SIGN = r"[!#$&'()*+,/:;=?@\[\]\w.~\xa0-\U0010ffff-]|%[0-9a-f]{2}"  # of an address


def _time(text: str) -> time:
    return time.fromisoformat(text.upper())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


def _written(pattern: str, read: Callable[[str], object] = str) -> Callable[[str], bool]:
    """Return what says whether all of a text is of a pattern, and can be read."""
    form = re.compile(pattern, re.ASCII | re.IGNORECASE)

    def is_written_so(text: str) -> bool:
        try:
            return form.fullmatch(text) is not None and read(text) is not False
        except ValueError:
            return False

    return is_written_so


FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date": (_written(DAY, date.fromisoformat), "a date such as 2026-12-31"),
    "time": (_written(TIME, _time), "a time such as 23:59:00"),
    "date-time": (
        _written(f"{DAY}[T ]{TIME}", _moment),
        "a date and time such as 2026-12-31T23:59:00Z",
    ),
    "duration": (
        _written(rf"(?-i:P(?=[\dT])(\d{{1,9}}W|{DAYS}(T(?=\d){HOURS})?))"),
        "a duration such as P1DT12H",
    ),
    "email": (_written(rf"(?=[^@]{{1,64}}@){WORD}(\.{WORD})*@{HOST}"), "an e-mail address"),
    "hostname": (_written(HOST), "a host name"),
    "ipv4": (_written(r"[\d.]+", IPv4Address), "an IPv4 address"),
    "ipv6": (_written("[0-9a-f:.]+", IPv6Address), "an IPv6 address"),
    "uuid": (_written("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "a UUID"),
    "uri": (
        _written(rf"[a-z][a-z0-9+.-]*:({SIGN})+", lambda text: urlsplit(text).port),
        "a URI with its scheme",
    ),
}
