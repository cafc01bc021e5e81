"""sqlite-utils without what it takes along where it finds it.

It imports numpy and pandas only to know the types of their columns, which we have none of. Where
they are installed for something else that costs every process 16 MiB and 0.1 s (measured). Its
recipes are for its command line, and bring dateutil and ctypes along, a MiB (measured).
"""

import sys
from types import ModuleType

_MASKS = {"numpy": None, "pandas": None, "sqlite_utils.recipes": ModuleType("recipes")}
_masked = _MASKS.keys() - sys.modules.keys()
for _name in _masked:
    sys.modules[_name] = _MASKS[_name]  # type: ignore[assignment]

from sqlite_utils import Database  # noqa: E402 - only now is it light
from sqlite_utils.migrations import Migrations  # noqa: E402 - the same

for _name in _masked:
    del sys.modules[_name]

__all__ = ["Database", "Migrations"]
