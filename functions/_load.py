"""Find functions in files: every file of a package or folder whose name has no leading underscore.

Each file is imported for itself, so one that is broken is reported and the others still work. A
file offers what it declares; a function that it merely imports belongs to the file it came from.
"""

import hashlib
import importlib
import importlib.util
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from functions._errors import DeclarationError
from functions._function import Function

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadError:
    """What is wrong with one file, or one function in it, in a sentence for an admin."""

    file: str
    sentence: str


def load(
    sources: Iterable[str | Path], add: Callable[[Function[..., Any]], None]
) -> Iterator[LoadError]:
    """Hand every function found to `add`, and yield what is broken."""
    importlib.invalidate_caches()
    for source in sources:
        try:
            package, files = _files(source)
        except _NotFoundError as error:
            yield LoadError(str(source), str(error))
            continue
        for file in files:
            yield from _load_file(package, file, add)


class _NotFoundError(Exception):
    """Say that a source leads to no files."""


def _files(source: str | Path) -> tuple[str, list[Path]]:
    """Return the package under which the files of a source are imported, and the files."""
    name = str(source)
    if isinstance(source, str) and all(part.isidentifier() for part in name.split(".")):
        spec = _spec(name)
        if spec is not None and spec.submodule_search_locations:
            folders = [Path(folder) for folder in spec.submodule_search_locations]
            return name, [file for folder in folders for file in _listed(folder)]
        if spec is not None and spec.origin:
            return name.rpartition(".")[0], [Path(spec.origin)]
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise _NotFoundError(
            "There is no such package and no such folder: check the setting FUNCTIONS."
        )
    return _package(folder.resolve()), _listed(folder.resolve())


def _spec(name: str) -> Any:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _listed(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.py") if not file.name.startswith("_"))


def _package(folder: Path) -> str:
    """Make a folder a package of its own, so that its files can import each other relatively.

    What an earlier load left of it is forgotten: the files may have changed.
    """
    name = f"functions_in_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for module in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[module]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def _load_file(
    package: str, file: Path, add: Callable[[Function[..., Any]], None]
) -> Iterator[LoadError]:
    name = f"{package}.{file.stem}" if package else file.stem
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        logger.warning("functions_not_loaded", exc_info=True, extra={"file": str(file)})
        yield LoadError(str(file), _why(error, file))
        return
    for function in _declared_in(module):
        try:
            add(function)
        except DeclarationError as error:
            logger.warning("function_refused", extra={"file": str(file), "reason": str(error)})
            yield LoadError(str(file), str(error))


def _declared_in(module: ModuleType) -> list[Function[..., Any]]:
    found: list[Function[..., Any]] = []
    for value in vars(module).values():
        if (
            isinstance(value, Function)
            and value.module == module.__name__
            and not any(value is one for one in found)
        ):
            found.append(value)
    return found


def _why(error: BaseException, file: Path) -> str:
    """Say in one line why a file could not be imported, and where."""
    if isinstance(error, DeclarationError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"It needs {error.name}, which is not installed (line {_line(error, file)})."
    if isinstance(error, SyntaxError):
        return f"It is not valid Python: {error.msg} (line {error.lineno})."
    if isinstance(error, SystemExit):
        return f"It tried to end the program when it was imported (line {_line(error, file)})."
    reason = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    return f"It could not be imported: {reason} (line {_line(error, file)})."


def _line(error: BaseException, file: Path) -> int | str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == file]
    return lines[-1] if lines and lines[-1] else "?"
