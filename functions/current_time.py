"""Tell the time, in any time zone of the world."""

import difflib
import zoneinfo
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from functions._context import Context
from functions._declaring.function import function
from functions._errors import RetryCall


@function(effect="read", who="everyone", timeout=10)
def current_time(
    context: Context,
    zone: Annotated[
        str | None,
        Field(max_length=64, description="IANA name such as Europe/Berlin; left out: the asker's"),
    ] = None,
) -> dict[str, Any]:
    """Tell the current date, weekday and time, in the asker's time zone or in a given one."""
    own = zone or context.user.tz
    now = datetime.fromtimestamp(context.clock(), UTC)
    found = _find(own or "UTC")
    local = now.astimezone(found)
    told = {
        "zone": found.key,
        "date": local.date().isoformat(),
        "weekday": f"{local:%A}",
        "time": f"{local:%H:%M:%S}",
        "offset": f"UTC{local.isoformat(timespec='minutes')[16:]}",
        "utc": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
    return told if own else {**told, "note": "The asker's time zone is not known."}


def _find(name: str) -> zoneinfo.ZoneInfo:
    """Return the zone of this name in any spelling of its case, or name the likely ones."""
    known = {zone.casefold(): zone for zone in zoneinfo.available_timezones()}
    wanted = name.strip().replace(" ", "_").casefold()
    if wanted in known:
        return zoneinfo.ZoneInfo(known[wanted])
    likely = _likely(wanted, known)
    hint = f"Did you mean {' or '.join(likely)}?" if likely else "Use a name like Europe/Berlin."
    raise RetryCall(f"There is no time zone of this name. {hint}")


def _likely(wanted: str, known: dict[str, str]) -> list[str]:
    """Find zones by the likeness of their city."""
    cities = {key.rpartition("/")[2]: zone for key, zone in known.items()}
    near = difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=3, cutoff=0.75)
    return [cities[one] for one in near]
