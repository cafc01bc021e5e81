import asyncio
import os
import py_compile
from pathlib import Path

import pytest

from functions import Registry, function, testing

GOOD = "from functions import function\n@function\ndef {0}() -> str:\n    return '{0}'\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_the_shipped_functions_load() -> None:
    registry = Registry.load(["functions"])

    assert registry.errors == ()
    assert set(registry.functions) == {
        "calculate",
        "current_time",
        "find_user",
        "search_messages",
    }


def test_a_file_in_a_folder_is_all_it_takes(tmp_path: Path) -> None:
    write(tmp_path, weather=GOOD.format("weather"), _hidden=GOOD.format("hidden"))

    registry = Registry.load(["functions", str(tmp_path)])

    assert "weather" in registry.functions
    assert "hidden" not in registry.functions
    assert registry.errors == ()


@pytest.mark.parametrize("name", ["weather", "_hidden"])
def test_an_edit_in_the_second_of_the_compiled_copy_counts_at_the_next_start(
    tmp_path: Path, name: str
) -> None:
    write(
        tmp_path, weather=f"from ._hidden import WORD\n{GOOD.format('weather')}", _hidden="WORD=1"
    )
    file = tmp_path / f"{name}.py"
    py_compile.compile(str(file), doraise=True)
    second = file.stat().st_mtime_ns
    file.write_text(file.read_text().replace("weather", "thunder").replace("WORD=1", "WORD=2"))
    os.utime(file, ns=(second, second))

    registry = Registry.load([str(tmp_path)])

    assert set(registry.functions) == {"thunder" if name == "weather" else "weather"}
    (declared,) = registry.functions.values()
    assert declared.function.wrapped.__globals__["WORD"] == (1 if name == "weather" else 2)


BROKEN = {
    "def f(:": "not valid Python",
    "import nowhere_at_all": "needs nowhere_at_all, which is not installed (line 1)",
    "x = 1\nraise RuntimeError('no key')": "RuntimeError: no key (line 2)",
    "import sys; sys.exit(1)": "tried to end the program",
    "from functions import function\n@function(effect='x')\ndef f(): ...": "effect",
    "from functions import function\n@function\ndef f(**a): ...": "**a",
    "from functions import nothing_like_this": "nothing_like_this",
    "raise RuntimeError('no key\\nsee our wiki')": "RuntimeError: no key (line 1)",
    "from pydantic import BaseModel as B\nclass A(B):\n    key: str\nA()": "A: key: Field required",
    "from functions import function\nclass A:\n    @staticmethod\n    @function\n"
    "    def f(): ...": "write f = A(...).f below the class",
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.items(), ids=BROKEN.values())
def test_a_broken_file_is_reported_and_the_others_work(
    tmp_path: Path, text: str, sentence: str
) -> None:
    write(tmp_path, a=text, b=GOOD.format("b"))

    registry = Registry.load([tmp_path])

    assert set(registry.functions) == {"b"}
    [error] = registry.errors
    assert error.file.endswith("a.py")
    assert sentence in error.sentence


@pytest.mark.parametrize("text", ["WORDS = [\n1 2]", "WORDS = 1\nNOWHERE"])
def test_what_is_wrong_in_a_file_beside_it_is_told_with_that_file(
    tmp_path: Path, text: str
) -> None:
    write(tmp_path, a=f"from ._words import WORDS\n{GOOD.format('a')}", _words=text)

    [error] = Registry.load([tmp_path]).errors

    assert "(line 2 of _words.py)" in error.sentence


def test_a_file_that_hangs_is_reported_and_the_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions._loading.load.IMPORTING", 0.5)
    write(tmp_path, a="import time\n\ntime.sleep(60)", b=GOOD.format("b"))

    registry = Registry.load([tmp_path])

    assert set(registry.functions) == {"b"}
    [error] = registry.errors
    assert "did not end within 0.5 seconds when it was imported (line 3)" in error.sentence


def test_one_bad_function_leaves_the_others_of_its_file(tmp_path: Path) -> None:
    bad = "@function\ndef bad(x: 'Nowhere'): ...\n"
    write(tmp_path, a=GOOD.format("good") + bad)

    registry = Registry.load([tmp_path])

    assert set(registry.functions) == {"good"}
    assert "Nowhere" in registry.errors[0].sentence


def test_what_else_is_in_a_file_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "lazy.py").write_text(
        "from functions import function\n\n"
        "class Lazy:\n"
        "    def __getattribute__(self, name):\n"
        "        raise SystemExit\n\n"
        "settings = Lazy()\n\n"
        "@function\n"
        "def ready() -> None: ...\n"
    )

    assert list(Registry.load([tmp_path]).functions) == ["ready"]


def test_what_editors_leave_beside_a_file_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, good=GOOD.format("one"))
    (tmp_path / ".#good.py").symlink_to("ann@host.123")
    (tmp_path / "._good.py").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "old.good.py").write_text(GOOD.format("two"))

    registry = Registry.load([tmp_path])

    assert list(registry.functions) == ["one"]
    [error] = registry.errors
    assert error.sentence == "Its name has a dot, so it cannot be imported: rename it."


@pytest.mark.parametrize(
    "hidden", [".history", ".ipynb_checkpoints", "..2026_11_22", "__pycache__"]
)
def test_copies_in_hidden_folders_are_not_looked_at(hidden: str, tmp_path: Path) -> None:
    (tmp_path / hidden / "within").mkdir(parents=True)
    write(tmp_path / hidden / "within", good_1=GOOD.format("one"))

    registry = Registry.load([write(tmp_path, good=GOOD.format("one"))])

    assert list(registry.functions) == ["one"]
    assert registry.errors == ()


def test_an_imported_function_is_offered_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="from .b import shared\nfrom functions.calculate import calculate\n",
        b=GOOD.format("shared"),
    )

    registry = Registry.load([tmp_path])

    assert set(registry.functions) == {"shared"}
    assert registry.errors == ()


def test_a_name_used_twice_is_refused_for_the_second(tmp_path: Path) -> None:
    write(tmp_path, a=GOOD.format("same"), b=GOOD.format("same"))

    registry = Registry.load([tmp_path])

    [error] = registry.errors
    assert error.file.endswith("b.py")
    assert "already" in error.sentence


def test_a_function_that_another_of_its_file_replaces_is_told(tmp_path: Path) -> None:
    limited = "@function(\n    timeout=5,\n)\nasync def same(y: int): ...\n"
    write(tmp_path, a=GOOD.format("same") + GOOD.format("other") + limited)

    registry = Registry.load([tmp_path])

    assert registry.functions["same"].rules.timeout == 5
    assert set(registry.functions) == {"same", "other"}
    assert [error.sentence for error in registry.errors] == [
        "same: of its 2 definitions only the last counts: rename the others."
    ]


def test_a_source_that_is_nowhere_is_reported() -> None:
    registry = Registry.load(["no.such.package", "/no/such/folder", "functions"])

    assert [error.file for error in registry.errors] == ["no.such.package", "/no/such/folder"]
    assert registry.functions


def test_a_source_that_cannot_be_looked_for_is_reported(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    registry = Registry.load([loop, "~nobody-at-all/functions"])

    assert [error.file for error in registry.errors] == [str(loop), "~nobody-at-all/functions"]


def test_a_folder_that_may_not_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a=GOOD.format("a"))
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)  # root may read everything

    [error] = Registry.load([tmp_path]).errors

    assert "may read" in error.sentence


def test_changed_files_are_read_anew(tmp_path: Path) -> None:
    Registry.load([write(tmp_path, a=GOOD.format("before"))])
    (tmp_path / "a.py").write_text(GOOD.format("afterwards"))

    assert set(Registry.load([tmp_path]).functions) == {"afterwards"}


def test_packages_and_single_modules_are_sources_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "our_tools").mkdir()
    write(tmp_path / "our_tools", one=GOOD.format("one"))
    write(tmp_path, our_module=GOOD.format("two"))
    monkeypatch.syspath_prepend(str(tmp_path))

    assert set(Registry.load(["our_tools", "our_module"]).functions) == {"one", "two"}


def many(count: int) -> Registry:
    def do_nothing() -> None: ...

    return Registry(
        [
            function(name=f"tool_{number}", description=f"Feeds animal{number}.")(do_nothing)
            for number in range(count)
        ]
    )


@pytest.mark.parametrize("name", ["calendar", "email"])
def test_a_folder_that_is_called_as_something_of_python_is_the_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    write(tmp_path / name, day=GOOD.format("day"))
    monkeypatch.chdir(tmp_path)

    assert set(Registry.load([name]).functions) == {"day"}


def test_at_most_128_are_offered_and_the_likely_ones_first() -> None:
    context = testing.fake_context()

    assert len(many(128).tools(context)) == 128
    offered = [one["function"]["name"] for one in many(150).tools(context, "feed animal149 now")]
    assert len(offered) == len(set(offered)) == 128
    assert "tool_149" in offered
    assert "find_functions" in offered


def test_the_others_are_found_by_search_and_offered_then() -> None:
    registry, context = many(150), testing.fake_context()

    found = asyncio.run(registry.call("find_functions", '{"about": "animal140"}', context))
    offered = [one["function"]["name"] for one in registry.tools(context, "", found.text)]

    assert "tool_140" in found.text
    assert "tool_140" in offered


def test_a_file_beside_is_imported_with_a_dot(tmp_path: Path) -> None:
    write(tmp_path, a="import _shared\n", _shared="WORD = 'x'\n")

    [error] = Registry.load([tmp_path]).errors

    assert "It needs _shared, which is beside it: write `from . import _shared`" in error.sentence


@pytest.mark.parametrize("module", ["ours_alone", "ours_alone._shared"])
def test_the_folder_itself_is_imported_with_a_dot(tmp_path: Path, module: str) -> None:
    (tmp_path / "ours_alone").mkdir()
    write(tmp_path / "ours_alone", a=f"from {module} import WORD\n", _shared="WORD = 'x'\n")

    [error] = Registry.load([tmp_path / "ours_alone"]).errors

    assert "It needs ours_alone, which is the folder that it is in: write `from ." in error.sentence


def test_functions_in_a_subfolder_are_not_lost_silently(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", deep=GOOD.format("deep"), words="WORD = 'x'\n")

    [error] = Registry.load([tmp_path]).errors

    assert error.file.endswith("deep.py")
    assert "subfolder sub" in error.sentence
    both = Registry.load([tmp_path, tmp_path / "sub"])
    assert "deep" in both.functions
    assert both.errors == ()


def test_a_function_tells_the_file_that_it_comes_from(tmp_path: Path) -> None:
    registry = Registry.load([write(tmp_path, weather=GOOD.format("weather")), "functions"])

    assert registry.functions["weather"].origin == "weather.py"
    assert registry.functions["calculate"].origin == "functions.calculate"
