"""The functions of all files, kept in step with the files while the bot runs.

A file that is new, changed or gone is taken up by the next `read`. One that is broken leaves what
it offered before in place and is reported. When two files offer the same name, the one that had it
keeps it.
"""

import contextlib
import importlib
import importlib.util
import logging
import sys
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from functions._entry import Entry
from functions._loading.load import LoadError, Place, find, load, overlooked

logger = logging.getLogger(__name__)

NOWHERE = (
    "There is no such package, and no such folder or file that this user may read: check the "
    "setting FUNCTIONS."
)

Stamps = dict[Path, tuple[int, ...] | None]
Offered = tuple[list[Entry], list[LoadError]]  # what a file offers, and what is wrong with it


class Sources:
    """Packages and folders; `taken` tells which names are not theirs to give."""

    def __init__(self, sources: Iterable[str | Path], taken: Container[str] = ()) -> None:
        self.functions: Mapping[str, Entry] = {}
        self.errors: tuple[LoadError, ...] = ()
        self._sources = tuple(sources)
        self._taken = taken
        self._places: dict[str | Path, Place] = {}
        self._listed: dict[Path, Place] = {}
        self._files: dict[Path, Offered] = {}
        self._helpers: dict[Place, Stamps] = {}
        self._owners: dict[str, Path] = {}
        self._seen: Stamps = {}

    @property
    def idle(self) -> list[Path]:
        """Return the files that offer nothing, though nothing is wrong with them."""
        silent = (file for file, (offered, wrong) in self._files.items() if not (offered or wrong))
        return [file for file in silent if not self._listed[file].is_ours]

    def stale(self) -> bool:
        """Tell whether files or folders differ from when they were read; takes microseconds."""
        known = len(self._places) == len(set(self._sources))
        return not known or any(_stamp(path) != stamp for path, stamp in self._seen.items())

    def read(self) -> bool:
        """Take up what has changed on the disk, and tell whether it matters.

        This blocks, so it belongs into a thread.
        """
        importlib.invalidate_caches()
        errors = [LoadError(str(one), NOWHERE) for one in self._sources if not self._finds(one)]
        now = _stamps(root for place in self._places.values() for root in place.roots)
        files: dict[Path, Place] = {}
        for place in self._places.values():
            files |= {file: place for file in place.files() if file not in files}
        for gone in self._listed.keys() - files.keys():  # what comes back there may be another
            sys.modules.pop(self._listed[gone].module(gone), None)
        self._listed = files
        for place in self._places.values():
            own = [file for file, owner in files.items() if owner is place]
            now = {**now, **self._read_place(place, own)}
        self._seen = now
        self._files = {file: self._files[file] for file in files if file in self._files}
        beside = (file for helpers in self._helpers.values() for file in helpers)
        errors += filter(None, (overlooked(file) for file in beside if file not in files))
        return self._settle(errors)

    def _finds(self, source: str | Path) -> bool:
        if source not in self._places and (place := find(source)):
            self._places[source] = place
        return source in self._places

    def _read_place(self, place: Place, files: list[Path]) -> Stamps:
        """Read the files that have changed, or all if what they import has."""
        helpers, own = _stamps(place.helpers()), _stamps(files)
        anew = self._helpers.get(place, helpers) != helpers
        self._helpers[place] = helpers
        if anew:
            place.forget()
        for file, stamp in (helpers | own).items():
            if stamp != self._seen.get(file) and not place.is_ours:
                _forget_compiled(file)
        for file, stamp in own.items():
            if stamp and (anew or stamp != self._seen.get(file)):
                self._read_file(file, place)
        return {**helpers, **own}

    def _read_file(self, file: Path, place: Place) -> None:
        earlier = self._files.get(file)
        offered, errors = load(place.module(file), file, anew=earlier is not None)
        self._files[file] = (earlier[0] if errors and earlier else offered, errors)

    def _settle(self, errors: list[LoadError]) -> bool:
        """Decide whose each name is, and tell what is different now."""
        errors += [error for _, wrong in self._files.values() for error in wrong]
        offered = [(one, file) for file, (found, _) in self._files.items() for one in found]
        offered.sort(key=lambda pair: self._owners.get(pair[0].name) != pair[1])
        functions: dict[str, Entry] = {}
        owners: dict[str, Path] = {}
        for one, file in offered:
            if one.name in self._taken:
                errors.append(LoadError(str(file), twice(one.name, "the bot itself")))
            elif one.name in owners:
                errors.append(LoadError(str(file), twice(one.name, owners[one.name].name)))
            else:
                functions[one.name], owners[one.name] = one, file
        self._owners = owners
        every = sorted({*self.functions, *functions})
        names = [name for name in every if self.functions.get(name) is not functions.get(name)]
        is_new = bool(names) or self.errors != tuple(errors)
        self.functions, self.errors = functions, tuple(errors)
        if is_new:
            broken = [error.file for error in errors]
            logger.info("functions_changed", extra={"names": names, "broken": broken})
        return is_new


def _stamps(files: Iterable[Path]) -> Stamps:
    """Return by what each file would be told to have changed; None for one that is not there."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, ...] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    written = (status.st_mtime_ns, status.st_ctime_ns)  # of a copy the first may be the original's
    return *written, status.st_size, status.st_ino


def _forget_compiled(file: Path) -> None:
    """Remove Python's compiled copy, which counts still after an edit within the same second."""
    with contextlib.suppress(OSError):
        Path(importlib.util.cache_from_source(str(file))).unlink()


def twice(name: str, holder: str) -> str:
    """Say that a name is used already, and by whom."""
    return (
        f"{name}: there is a function of this name already, in {holder}. Rename one of them, or "
        'give one another name with function(name="...").'
    )
