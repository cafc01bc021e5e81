import asyncio
import dataclasses
import inspect
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from functions import Context, HttpFunction, Registry, testing
from functions._declaring.function import Options

PAGE = (Path(__file__).parents[2] / "docs" / "functions.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write the page's functions into files as a reader would."""
    (tmp_path / "our_functions").mkdir()
    for number, block in enumerate(BLOCKS):
        name = "dice" if number == 0 else f"block{number}"
        if "from our_functions" not in block:
            (tmp_path / "our_functions" / f"{name}.py").write_text(block)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "our_functions"
    for module in [one for one in sys.modules if one.startswith("our_functions")]:
        del sys.modules[module]


def test_the_functions_of_the_page_load(written: Path) -> None:
    registry = Registry.load([written])

    assert registry.errors == ()
    assert set(registry.functions) == {
        "roll_dice",
        "book_table",
        "restart_service",
        "pay_out",
        "sales_chart",
        "greet",
    }


def test_the_tests_of_the_page_pass(written: Path) -> None:
    ran = 0
    for block in (one for one in BLOCKS if "def test_" in one):
        space: dict[str, Any] = {"__name__": "page"}
        exec(block, space)  # noqa: S102 - the page's own code
        for name, test in space.items():
            if name.startswith("test_"):
                done = test()
                if inspect.iscoroutine(done):
                    asyncio.run(done)
                ran += 1

    assert ran == 4


def test_the_first_function_has_about_ten_lines() -> None:
    assert len(BLOCKS[0].splitlines()) <= 13


def test_every_option_is_on_the_page() -> None:
    options = list(Options.__annotations__)

    assert re.findall(r"^\| `(\w+)` \| .* \| .* \|$", PAGE, re.MULTILINE)[: len(options)] == options


def test_every_field_of_the_context_is_on_the_page() -> None:
    hidden = {"report", "ledger", "secrets", "groups", "asking", "approval"}
    names = set(Context.__dataclass_fields__) - hidden | {"progress", "secret", "ask"}

    assert all(re.search(rf"`(await )?{name}\b", PAGE) for name in names)


def test_every_part_of_the_test_kit_is_on_the_page() -> None:
    section = PAGE[PAGE.index("## Testing") :]
    public = [
        name
        for name, value in vars(testing).items()
        if getattr(value, "__module__", "") == testing.__name__
        and not name.startswith(("Fake", "_"))
    ]

    assert all(re.search(rf"\b{name}\(", section) for name in public)


def test_every_shipped_function_is_on_the_page() -> None:
    shipped = PAGE[PAGE.index("## What ships") :]

    assert all(f"| `{name}` |" in shipped for name in Registry.load(["functions"]).functions)


async def test_the_http_function_of_the_page_is_taken_and_every_field_explained() -> None:
    section = PAGE[PAGE.index("## HTTP functions") :]
    body = re.findall(r"```json\n(.*?)```", section, re.DOTALL)[0]
    shown = Registry().admit(HttpFunction.load(body)).tool["function"]

    assert shown["name"] == "find_ticket"
    for field in dataclasses.fields(HttpFunction):
        assert re.search(rf"\| .*`{field.name}`.* \|", section), field.name
