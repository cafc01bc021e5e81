"""Find functions in files: every file of a package or folder whose name has no leading underscore.

Each file is imported for itself, so one that is broken is reported and the others still work. A
file offers what it declares; a function that it merely imports belongs to the file it came from.
"""

import contextlib
import hashlib
import importlib
import importlib.util
import inspect
import logging
import os
import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from functions._declaring.declared import PREFIX, declare
from functions._declaring.function import Function
from functions._entry import Entry
from functions._errors import DeclarationError
from functions._held.definition import spelt

logger = logging.getLogger(__name__)

OURS = "functions"
IMPORTING = 10.0  # seconds that a file may take
ON_TOP = "put @function on top of its other decorators, not below them."
DECORATED = re.compile(r"^@function\b", re.MULTILINE)
DEFINED = re.compile(r"^@function\b.*?^(?:async )?def (\w+)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class LoadError:
    """What is wrong with one file, or one function in it, in a sentence for an admin."""

    file: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of one source are, and the package under which they are imported."""

    package: str
    folders: tuple[Path, ...]
    file: Path | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether these are the functions that come with the bot."""
        return self.package == OURS

    @property
    def roots(self) -> tuple[Path, ...]:
        """Return what changes when a file comes or goes: all folders, or the file itself."""
        if self.file is not None:
            return (*self.folders, self.file)
        if self.is_ours:
            return self.folders
        return (*self.folders, *self._inside("*/"))

    def files(self) -> list[Path]:
        """Return the files that offer functions, as they are now."""
        if self.file is not None:
            return [self.file] if self.file.exists() else []
        return [file for folder in self.folders for file in _listed(folder)]

    def helpers(self) -> list[Path]:
        """Return the files that those may import; none of our own, which never change."""
        if self.is_ours:
            return []
        files = set(self.files())
        return [one for one in self._inside("*.py") if one not in files and one.is_file()]

    def _inside(self, pattern: str) -> Iterator[Path]:
        """Yield what is in the folders, at any depth, and can be imported by its name.

        What is hidden is none of it: copies that editors keep, and volumes of Kubernetes.
        """
        for folder in self.folders:
            for path in sorted(folder.rglob(pattern)):
                parts = path.relative_to(folder).parts
                if not any(one.startswith(".") or one == "__pycache__" for one in parts):
                    yield path

    def module(self, file: Path) -> str:
        """Return the name under which a file is imported."""
        return f"{self.package}.{file.stem}" if self.package else file.stem

    def forget(self) -> None:
        """Let everything be imported again from here."""
        for name in [one for one in sys.modules if one.startswith(f"{self.package}.")]:
            del sys.modules[name]


def find(source: str | Path) -> Place | None:
    """Return where the files of a source are; None if it leads to none."""
    name = str(source)
    if isinstance(source, str) and all(part.isidentifier() for part in name.split(".")):
        spec = _spec(name)
        if spec is not None and spec.submodule_search_locations:
            return Place(name, tuple(Path(folder) for folder in spec.submodule_search_locations))
        if spec is not None and spec.origin:
            return Place(name.rpartition(".")[0], (), Path(spec.origin))
    with contextlib.suppress(OSError, RuntimeError):  # links in a circle, nobody's home
        path = Path(source).expanduser().absolute()  # a link may lead elsewhere tomorrow
        if path.is_dir() and os.access(path, os.R_OK | os.X_OK):
            return Place(_package(path), (path,))
        if path.suffix == ".py" and path.is_file():
            return Place(_package(path.parent), (), path)
    return None


def _spec(name: str) -> Any:
    """Find what can be imported, but for what only has the name of a folder that is here."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    here = Path(name).absolute()
    if spec is None or name == OURS or not here.is_dir():
        return spec
    return spec if str(here) in (spec.submodule_search_locations or ()) else None


def _listed(folder: Path) -> list[Path]:
    found = (file for file in folder.glob("*.py") if not file.name.startswith(("_", ".")))
    return sorted(file for file in found if file.is_file())


def _package(folder: Path) -> str:
    """Make a folder a package of its own, so that its files can import each other relatively.

    What an earlier load left of it is forgotten: the files may have changed.
    """
    name = f"{PREFIX}{_digest(folder)}"
    for module in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[module]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def _digest(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def load(name: str, file: Path, *, anew: bool) -> tuple[list[Entry], list[LoadError]]:
    """Import a file and make its functions ready; `anew` runs it again if it was imported before.

    When that fails, what was imported before stays in place.
    """
    if "." in file.stem:
        return [], [
            LoadError(str(file), "Its name has a dot, so it cannot be imported: rename it.")
        ]
    earlier = sys.modules.pop(name, None) if anew else None
    module = _imported(name, file)
    if isinstance(module, BaseException):
        if earlier is not None:
            sys.modules[name] = earlier
        logger.warning("functions_not_loaded", exc_info=module, extra={"file": str(file)})
        return [], [LoadError(str(file), _why(module, file))]
    found: list[Entry] = []
    declared = _declared_in(module)
    names = {one.rules.name for one in declared}
    sentences = [*_hidden_in(module, names), *_replaced_in(file)]
    errors = [LoadError(str(file), sentence) for sentence in sentences]
    for function in declared:
        try:
            found.append(declare(function))
        except DeclarationError as error:
            logger.warning("function_refused", extra={"file": str(file), "reason": str(error)})
            errors.append(LoadError(str(file), str(error)))
    return found, errors


def _imported(name: str, file: Path) -> ModuleType | BaseException:
    """Import in a thread, which is left behind if it does not end; return what that raises.

    A file may raise anything, and must not end who looks at it.
    """
    ended: list[ModuleType | BaseException] = []

    def work() -> None:
        try:
            ended.append(importlib.import_module(name))
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work, name=f"import of {name}", daemon=True)
    thread.start()
    thread.join(IMPORTING)
    if ended:
        return ended[0]
    stack = traceback.extract_stack(sys._current_frames().get(thread.ident or 0))
    sys.modules.pop(name, None)
    return DeclarationError(
        f"It did not end within {IMPORTING:g} seconds when it was imported "
        f"({_line(stack, file)}): repair it and start the bot anew."
    )


def overlooked(file: Path) -> LoadError | None:
    """Tell of functions in a file that is not looked at, for it stands in a subfolder."""
    if file.name.startswith(("_", "test_")):
        return None
    sentence = (
        f"It stands in the subfolder {file.parent.name}, where functions are not looked for: move "
        "it up, or name the subfolder in the setting FUNCTIONS."
    )
    return LoadError(str(file), sentence) if DECORATED.search(_text(file)) else None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def _declared_in(module: ModuleType) -> list[Function[..., Any]]:
    """Return what a file itself declares, each function once whatever names it has."""
    found = [value for value in vars(module).values() if _is_function(value)]
    return list(dict.fromkeys(one for one in found if one.module == module.__name__))


def _is_function(value: Any) -> bool:
    """Tell by the type: an object that is made when it is touched may raise when it is asked."""
    return issubclass(type(value), Function)


def _hidden_in(module: ModuleType, names: Collection[str]) -> Iterator[str]:
    """Tell of functions below another decorator, and of methods that are bound to no name."""
    for name, value in vars(module).items():
        under = inspect.getattr_static(value, "__wrapped__", None)
        if _is_function(under) and under.module == module.__name__:
            yield f"{name}: {ON_TOP}"
        for path, held in vars(value).items() if issubclass(type(value), type) else ():
            one: Any = held.__func__ if isinstance(held, staticmethod | classmethod) else held
            if _is_function(one) and one.module == module.__name__ and one.rules.name not in names:
                bound = (
                    "it is a method, and no object is there to call it on: "
                    f"write {path} = {name}(...).{path} below the class."
                )
                yield f"{one.rules.name}: {ON_TOP if isinstance(held, classmethod) else bound}"


def _replaced_in(file: Path) -> Iterator[str]:
    """Tell of functions that another one of their name in the same file has replaced."""
    for name, times in Counter(DEFINED.findall(_text(file))).items():
        if times > 1:
            yield f"{name}: of its {times} definitions only the last counts: rename the others."


def _why(error: BaseException, file: Path) -> str:
    """Say in one line why a file could not be imported, and where."""
    if isinstance(error, DeclarationError):
        return str(error)
    line = _line(traceback.extract_tb(error.__traceback__), file)
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.removeprefix(f"{PREFIX}{_digest(file.parent)}")
        return f"It needs {name}, which is {_where(name, file)} ({line})."
    if isinstance(error, SyntaxError):
        line = _at(error.filename, error.lineno, file)
        return f"It is not valid Python: {error.msg} ({line})."
    if isinstance(error, SystemExit):
        return f"It tried to end the program when it was imported ({line})."
    reason = traceback.format_exception_only(error)[0].splitlines()[0]
    if isinstance(error, ValidationError):
        reason = f"{error.title}: {spelt(error)}"
    return f"It could not be imported: {reason} ({line})."


def _where(name: str, file: Path) -> str:
    if name.startswith("."):
        return "not in its folder"
    first = name.partition(".")[0]
    if (file.parent / f"{first}.py").exists() or (file.parent / first).is_dir():
        return f"beside it: write `from . import {first}` or `from .{name} import ...`"
    if first == file.parent.name:
        return "the folder that it is in: write `from .file import ...`"
    return "not installed"


def _line(frames: traceback.StackSummary, file: Path) -> str:
    """Say where it came to a halt: in the file, or in one beside it that it imports."""
    near = [frame for frame in frames if Path(frame.filename).parent == file.parent]
    return _at(near[-1].filename, near[-1].lineno, file) if near else "line ?"


def _at(path: str | None, number: int | None, file: Path) -> str:
    beside = f" of {Path(path).name}" if path and Path(path) != file else ""
    return f"line {number or '?'}{beside}"
