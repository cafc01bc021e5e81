"""sqlite-utils without what it takes along where it finds it.

It imports numpy and pandas only to know the types of their columns, which we have none of. Where
they are installed for something else that costs every process 16 MiB and 0.1 s (measured). The time
zones of Windows are dateutil's, and bring ctypes with them, a third of a MiB.
"""

import sys

_HEAVY = ("numpy", "pandas", "dateutil.tz.win")
_masked = [name for name in _HEAVY if name not in sys.modules]
for _name in _masked:
    sys.modules[_name] = None  # type: ignore[assignment]

from sqlite_utils import Database  # noqa: E402 - only now is it light
from sqlite_utils.migrations import Migrations  # noqa: E402 - the same

for _name in _masked:
    del sys.modules[_name]

__all__ = ["Database", "Migrations"]
