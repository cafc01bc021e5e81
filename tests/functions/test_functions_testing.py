"""The test kit itself, where no other test shows what it does."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions import DeclarationError, Function, function, testing


def offered(default: int) -> Function[[int], int]:
    @function(name="double", effect="read")
    def double(number: int = default) -> int:
        """Double a number."""
        return 2 * number

    return double


async def test_a_def_that_is_not_declared_is_told_as_such() -> None:
    plain: Any = offered(1).wrapped

    with pytest.raises(DeclarationError, match=r"double .* put @function on it"):
        await testing.call(plain, {"number": 2})


def test_a_snapshot_is_written_once_and_holds(tmp_path: Path) -> None:
    file = tmp_path / "double.json"

    testing.snapshot(offered(1), file)
    testing.snapshot(offered(1), file)

    assert json.loads(file.read_text()) == testing.schema(offered(1))


def test_what_the_model_is_shown_otherwise_is_told(tmp_path: Path) -> None:
    file = tmp_path / "double.json"
    testing.snapshot(offered(1), file)
    kept = file.read_text()

    with pytest.raises(AssertionError, match=r"double is not shown as in .*double\.json") as told:
        testing.snapshot(offered(2), file)

    assert '-        "default": 1' in str(told.value)
    assert '+        "default": 2' in str(told.value)
    assert file.read_text() == kept
