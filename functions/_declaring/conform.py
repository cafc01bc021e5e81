"""Hold arguments of a function in Python against the schema that the model was shown.

pydantic is laxer than its own schemas in a few places: `true` passes for `Literal[1]`, an object
for a named tuple, `"0"` for a date, a list with repeats for a set, `"1_000"` for a decimal, a
second name for a field, `"%"` for base64. It takes more forms of dates than the formats of JSON
Schema name.
"""

import re
from uuid import UUID

from functions._jsonschema.check import Formats

DAY = r"\d{4}-\d\d-\d\d"
FORMATS: Formats = {
    name: (re.compile(pattern, re.ASCII | re.DOTALL).fullmatch, meaning)
    for name, pattern, meaning in (
        ("date", DAY, "a valid date such as 2026-12-31"),
        ("date-time", rf"{DAY}[Tt ]\d\d:\d\d.*", "a date and time such as 2026-12-31T23:59:00Z"),
        ("duration", r"[+-]?P.+", "a duration such as PT1H30M"),
        (
            "uuid",
            r"(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})",
            f"a UUID such as {UUID(int=2**126)}",
        ),
        ("ipv6", "[^%]*", "an IPv6 address without %"),
        ("base64", r"[A-Za-z0-9+/\s]*={0,2}\s*", "base64 such as SGVsbG8="),
        ("base64url", r"[\w+/\s-]*={0,2}\s*", "base64 such as SGVsbG8="),
    )
}
