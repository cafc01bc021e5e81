"""Writing files so that they are whole or not there: beside their place first, then renamed."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bot.finetuning.errors import DatasetError


def free(path: Path, overwrite: bool) -> None:
    """Refuse a place where a file could not or should not be written."""
    if path.is_dir():
        raise DatasetError(f"{path} is a folder; name a file.")
    if not path.parent.is_dir():
        raise DatasetError(f"The folder {path.parent} does not exist; make it first.")
    if path.exists() and not overwrite:
        raise DatasetError(f"{path} is there already; name another file, or ask with --force.")


@contextlib.contextmanager
def beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a file beside the place it is meant for; it is gone afterwards unless renamed."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield part, stream
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def put(part: Path, stream: BinaryIO, path: Path, overwrite: bool) -> None:
    """Bring a written file to its place in one step, without replacing one by chance."""
    stream.flush()
    os.fsync(stream.fileno())
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        free(path, overwrite)
    except OSError:  # a file system without links
        free(path, overwrite)
        part.replace(path)
