"""The functions of all files, kept in step with the files while the bot runs.

A file that is new, changed or gone is taken up by the next `read`. One that is broken leaves what
it offered before in place and is reported. When two files offer the same name, the one that had it
keeps it.
"""

import importlib
import logging
import sys
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from functions._declaring.declared import Declared
from functions._loading.load import (
    LoadError,
    NotFoundError,
    Place,
    find,
    forget_compiled,
    is_doubtful,
    load,
    overlooked,
)

logger = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the functions: names that came, are new in substance, or went; and faults."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    broken: tuple[LoadError, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.added or self.changed or self.removed or self.broken)


@dataclass(slots=True)
class _File:
    """A file as last read: what it offers, and what is wrong with it."""

    stamp: Stamp
    offered: list[Declared] = field(default_factory=list)
    errors: list[LoadError] = field(default_factory=list)


class Sources:
    """Packages and folders; `taken` tells which names are not theirs to give."""

    def __init__(self, sources: Iterable[str | Path], taken: Container[str] = ()) -> None:
        self.functions: Mapping[str, Declared] = {}
        self.errors: tuple[LoadError, ...] = ()
        self._sources = tuple(sources)
        self._taken = taken
        self._places: dict[str | Path, Place] = {}
        self._files: dict[Path, _File] = {}
        self._helpers: dict[str | Path, dict[Path, Stamp]] = {}
        self._owners: dict[str, Path] = {}
        self._seen: Mapping[Path, Stamp | None] = {}

    def stale(self) -> bool:
        """Tell whether files or folders differ from when they were read; takes microseconds."""
        known = len(self._places) == len(set(self._sources))
        return not known or any(_stamp(path) != stamp for path, stamp in self._seen.items())

    def read(self) -> Change:
        """Take up what has changed on the disk; this blocks, so it belongs into a thread."""
        lost = [error for source in self._sources if (error := self._find(source))]
        before = {path: _stamp(path) for one in self._places.values() for path in one.roots}
        change = self._read(lost)
        stamps = {file: one.stamp for file, one in self._files.items()}
        helpers = {file: stamp for one in self._helpers.values() for file, stamp in one.items()}
        self._seen = {**before, **helpers, **stamps}
        return change

    def _read(self, lost: list[LoadError]) -> Change:
        found: dict[Path, tuple[Place, bool]] = {}
        for source, place in self._places.items():
            anew = self._helpers_changed(source, place)
            found |= {file: (place, anew) for file in place.files() if file not in found}
        for file in self._files.keys() - found.keys():
            del self._files[file]
        for file, (place, anew) in found.items():
            self._read_file(file, place, anew)
        inside = (file for one in self._helpers.values() for file in one if file not in found)
        return self._settle(found, [*lost, *filter(None, map(overlooked, inside))])

    def _find(self, source: str | Path) -> LoadError | None:
        if source in self._places:
            return None
        importlib.invalidate_caches()
        try:
            self._places[source] = find(source)
        except NotFoundError as error:
            return LoadError(str(source), str(error))
        return None

    def _helpers_changed(self, source: str | Path, place: Place) -> bool:
        """Say whether a file that others import has changed, and forget it if so."""
        now = {file: stamp for file in place.helpers() if (stamp := _stamp(file))}
        earlier = self._helpers.get(source)
        self._helpers[source] = now
        if earlier is None:
            for file in filter(is_doubtful, now):
                forget_compiled(file)
        if earlier is None or earlier == now:
            return False
        names = {place.module(file) for file in self._files}
        for file in now:
            forget_compiled(file)
        for name in [one for one in sys.modules if one.startswith(f"{place.package}.")]:
            if name not in names:
                del sys.modules[name]
        return True

    def _read_file(self, file: Path, place: Place, anew: bool) -> None:
        stamp = _stamp(file)
        earlier = self._files.get(file)
        if stamp is None or (earlier and earlier.stamp == stamp and not anew):
            return
        importlib.invalidate_caches()
        offered, errors = load(place.module(file), file, anew=earlier is not None)
        if errors and earlier:
            offered = earlier.offered
        self._files[file] = _File(stamp, offered, errors)

    def _settle(self, order: Iterable[Path], lost: list[LoadError]) -> Change:
        """Decide whose each name is, and tell what is different now."""
        files = {file: self._files[file] for file in order if file in self._files}
        errors = [*lost, *(error for one in files.values() for error in one.errors)]
        offered = [(one, file) for file, read in files.items() for one in read.offered]
        owners: dict[str, tuple[Declared, Path]] = {}
        for one, file in sorted(
            offered, key=lambda pair: self._owners.get(pair[0].name) != pair[1]
        ):
            if one.name in self._taken:
                errors.append(LoadError(str(file), twice(one.name, "the bot itself")))
            elif owners.setdefault(one.name, (one, file))[0] is not one:
                sentence = twice(one.name, owners[one.name][1].name)
                errors.append(LoadError(str(file), sentence))
        self._owners = {name: file for name, (_, file) in owners.items()}
        kept = {id(one) for one, _ in owners.values()}
        functions = {one.name: one for one, _ in offered if id(one) in kept}
        change = self._difference(functions, tuple(errors))
        self.functions, self.errors = functions, tuple(errors)
        return change

    def _difference(
        self, functions: Mapping[str, Declared], errors: tuple[LoadError, ...]
    ) -> Change:
        before = self.functions
        return Change(
            added=tuple(functions.keys() - before.keys()),
            changed=tuple(
                name for name in functions.keys() & before.keys()
                if functions[name] is not before[name]
            ),
            removed=tuple(before.keys() - functions.keys()),
            broken=tuple(error for error in errors if error not in self.errors),
        )  # fmt: skip


def _stamp(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def twice(name: str, holder: str) -> str:
    """Say that a name is used already, and by whom."""
    return (
        f"{name}: there is a function of this name already, in {holder}. Rename one of them, or "
        'give one another name with function(name="...").'
    )
