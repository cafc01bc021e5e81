import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from functions import Registry, testing
from functions._loading.load import Place, find
from functions._loading.watch import Watch

SAYS = "from functions import function\n@function\ndef {0}() -> str:\n    return '{1}'\n"


class Clock:
    """A clock that goes on by two seconds whenever it is asked."""

    def __init__(self, step: float = 2.0) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)


Told = list[tuple[set[str], list[str]]]  # each time: which functions there are, what is wrong


def loaded(folder: Path, **options: Any) -> tuple[Registry, Told]:
    told: Told = []

    def tell() -> None:
        told.append((set(registry.functions), [one.sentence for one in registry.errors]))

    registry = Registry.load([folder], clock=Clock(), tell=tell, **options)
    return registry, told


async def said(registry: Registry, name: str) -> str:
    await registry.refresh()
    context = await registry.with_groups(testing.fake_context())
    return (await registry.call(name, "", context)).text


async def test_a_new_file_is_taken_up_with_the_next_turn(tmp_path: Path) -> None:
    registry, told = loaded(tmp_path)
    await registry.refresh()

    write(tmp_path, tea=SAYS.format("tea", "green"))

    assert await said(registry, "tea") == "green"
    assert told == [({"tea"}, [])]


async def test_a_file_that_comes_while_its_folder_is_listed_is_taken_up_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, _ = loaded(tmp_path)
    usual = Place.files

    def files(place: Place) -> list[Path]:
        found = usual(place)
        write(tmp_path, tea=SAYS.format("tea", "green"))
        return found

    write(tmp_path, milk=SAYS.format("milk", "cold"))
    with monkeypatch.context() as patched:
        patched.setattr(Place, "files", files)
        assert await said(registry, "milk") == "cold"

    assert await said(registry, "tea") == "green"


async def test_a_changed_file_is_run_anew_even_within_the_same_second(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, told = loaded(tmp_path)
    assert await said(registry, "tea") == "green"

    for kind in ("black", "white", "china"):
        write(tmp_path, tea=SAYS.format("tea", kind))
        assert await said(registry, "tea") == kind

    assert told == [({"tea"}, [])] * 3


async def test_a_file_that_is_copied_with_its_old_time_is_run_anew(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, _ = loaded(tmp_path)
    before = (tmp_path / "tea.py").stat().st_mtime_ns

    write(tmp_path, tea=SAYS.format("tea", "black"))
    os.utime(tmp_path / "tea.py", ns=(before, before))

    assert await said(registry, "tea") == "black"


async def test_a_removed_file_takes_its_functions_with_it(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, told = loaded(tmp_path)

    (tmp_path / "tea.py").unlink()

    assert "There is no function" in await said(registry, "tea")
    assert told == [(set(), [])]


async def test_so_does_one_that_was_named_by_itself(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, _ = loaded(tmp_path / "tea.py")

    (tmp_path / "tea.py").unlink()

    assert "no function" in await said(registry, "tea")


async def test_a_file_that_comes_back_is_what_it_is_then(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, _ = loaded(tmp_path)

    (tmp_path / "tea.py").unlink()
    assert "There is no function" in await said(registry, "tea")
    write(tmp_path, tea="def tea(:")
    assert "There is no function" in await said(registry, "tea")
    assert "not valid Python" in registry.errors[0].sentence
    (tmp_path / "tea.py").unlink()
    await said(registry, "tea")
    write(tmp_path, tea=SAYS.format("tea", "black"))

    assert await said(registry, "tea") == "black"


async def test_a_broken_file_leaves_the_old_one_running_and_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, told = loaded(tmp_path)

    write(tmp_path, tea="def (:\n")
    assert [await said(registry, "tea") for _ in range(3)] == ["green"] * 3
    [error] = registry.errors
    assert "not valid Python" in error.sentence
    assert told == [({"tea"}, [error.sentence])]

    write(tmp_path, tea=SAYS.format("tea", "black"))
    assert await said(registry, "tea") == "black"
    assert registry.errors == ()


async def test_a_changed_helper_is_seen_by_those_that_import_it(tmp_path: Path) -> None:
    text = "from functions import function\nfrom ._kinds import KIND\n"
    text += "@function\ndef tea() -> str:\n    return KIND\n"
    write(tmp_path, _kinds="KIND = 'green'\n", tea=text)
    registry, _ = loaded(tmp_path)
    assert await said(registry, "tea") == "green"

    write(tmp_path, _kinds="KIND = 'black'\n")

    assert await said(registry, "tea") == "black"


async def test_so_is_one_behind_a_file_that_another_imports(tmp_path: Path) -> None:
    say = "from functions import function\nfrom .{0} import WORD\n@function\n"
    write(tmp_path, _words="WORD = 'old'", b=say.format("_words") + "def b() -> str: return WORD")
    write(tmp_path, a=say.format("b") + "def a() -> str: return WORD")
    registry, _ = loaded(tmp_path)

    write(tmp_path, _words="WORD = 'other'")

    assert await said(registry, "a") == "other"
    assert await said(registry, "b") == "other"


def test_of_what_comes_with_the_bot_only_the_functions_are_watched() -> None:
    place = find("functions")

    assert (place.helpers(), [folder.name for folder in place.roots]) == ([], ["functions"])
    assert "calculate.py" in [file.name for file in place.files()]


async def test_a_file_that_comes_into_a_subfolder_is_seen(tmp_path: Path) -> None:
    text = "from functions import function\ntry:\n    from .kinds.best import KIND\n"
    text += "except ImportError:\n    KIND = 'any'\n@function\ndef tea() -> str:\n    return KIND\n"
    (tmp_path / "kinds").mkdir()
    write(tmp_path, tea=text)
    registry, _ = loaded(tmp_path)
    assert await said(registry, "tea") == "any"

    write(tmp_path / "kinds", best="KIND = 'green'\n")
    assert await said(registry, "tea") == "green"

    write(tmp_path / "kinds", tea=SAYS.format("more", "more"))
    await said(registry, "tea")
    assert "subfolder" in registry.errors[0].sentence


async def test_a_name_stays_with_the_file_that_had_it(tmp_path: Path) -> None:
    write(tmp_path, b_tea=SAYS.format("tea", "first"))
    registry, _ = loaded(tmp_path)

    write(tmp_path, a_tea=SAYS.format("tea", "second"))
    assert await said(registry, "tea") == "first"
    assert "there is a function of this name already" in registry.errors[0].sentence

    (tmp_path / "b_tea.py").unlink()
    assert await said(registry, "tea") == "second"


async def test_a_folder_that_comes_later_is_found_then(tmp_path: Path) -> None:
    registry, _ = loaded(tmp_path / "later")
    assert len(registry.errors) == 1

    (tmp_path / "later").mkdir()
    write(tmp_path / "later", tea=SAYS.format("tea", "green"))

    assert await said(registry, "tea") == "green"
    assert registry.errors == ()


async def test_a_link_that_leads_to_another_folder_is_followed(tmp_path: Path) -> None:
    for release in ("green", "black"):
        (tmp_path / release).mkdir()
        write(tmp_path / release, tea=SAYS.format("tea", release))
    (tmp_path / "current").symlink_to("green")
    registry, _ = loaded(tmp_path / "current")
    (tmp_path / "next").symlink_to("black")

    (tmp_path / "next").replace(tmp_path / "current")

    assert await said(registry, "tea") == "black"


async def test_the_disk_is_looked_at_five_times_a_second_at_most() -> None:
    looks: list[int] = []

    def read() -> bool:
        looks.append(1)
        return False

    watch = Watch(lambda: True, read, lambda: None, Clock(0.06))
    for _ in range(10):
        await watch.look()

    assert len(looks) == 3


async def test_a_look_that_hangs_holds_up_no_turn_for_long() -> None:
    go_on = threading.Event()
    told = asyncio.Event()

    def read() -> bool:
        go_on.wait(10)
        return True

    watch = Watch(lambda: True, read, told.set, patience=0.05)
    for _ in range(5):
        await watch.look()
    assert not told.is_set()

    go_on.set()
    await asyncio.wait_for(told.wait(), 30)


@pytest.mark.parametrize(
    "bad",
    [
        "raise KeyboardInterrupt",
        "import asyncio\nraise asyncio.CancelledError",
        "class End(BaseException): ...\nraise End",
    ],
)
async def test_whatever_a_file_raises_later_changes_are_taken_up(bad: str, tmp_path: Path) -> None:
    write(tmp_path, tea=SAYS.format("tea", "green"))
    registry, told = loaded(tmp_path)

    write(tmp_path, tea=bad)
    assert await said(registry, "tea") == "green"
    assert "could not be imported" in told[0][1][0]

    write(tmp_path, tea=SAYS.format("tea", "black"))
    assert await said(registry, "tea") == "black"


def test_a_decorator_on_top_of_the_function_is_told(tmp_path: Path) -> None:
    text = """
import functools
from functions import function

def louder(call):
    @functools.wraps(call)
    def wrapped(*args, **kwargs):
        return call(*args, **kwargs).upper()
    return wrapped

@louder
@function
def tea() -> str:
    return "green"
"""
    write(tmp_path, drinks=text)

    registry, _ = loaded(tmp_path)

    assert "tea: put @function on top" in registry.errors[0].sentence


def test_a_function_may_be_marked_and_a_mark_that_wraps_it_is_told(tmp_path: Path) -> None:
    text = """
from functions import function
from typing_extensions import deprecated

def marked(call):
    call.tags = ["hot"]
    return call

@marked
@function
def tea() -> str:
    return "green"

@deprecated("drink tea")
@function
def coffee() -> str:
    return "black"
"""
    write(tmp_path, drinks=text)

    registry, _ = loaded(tmp_path)

    assert list(registry.functions) == ["tea"]
    assert "coffee: put @function on top" in registry.errors[0].sentence


def test_a_method_that_is_bound_to_no_name_is_told(tmp_path: Path) -> None:
    text = """
from functions import function

class Drinks:
    @function
    def tea(self) -> str:
        return "green"

    @function
    def coffee(self) -> str:
        return "black"

    @classmethod
    @function
    def water(cls) -> str:
        return "clear"

    @function
    @classmethod
    def milk(cls) -> str:
        return "white"

    @function
    @classmethod
    def juice(cls) -> str:
        return "red"

coffee = Drinks().coffee
juice = Drinks().juice
"""
    write(tmp_path, drinks=text)

    registry, _ = loaded(tmp_path)

    tea, water, milk = (error.sentence for error in registry.errors)
    assert tea.startswith("tea: it is a method")
    assert "tea = Drinks(...).tea below" in tea
    assert water.startswith("water: put @function on top of its other decorators")
    assert "milk = Drinks(...).milk below" in milk
    assert set(registry.functions) == {"coffee", "juice"}


def test_what_admins_read_names_files_and_nothing_of_the_inside(tmp_path: Path) -> None:
    write(tmp_path, one=SAYS.format("tea", "green"), two=SAYS.format("tea", "black"))
    write(tmp_path, three="from ._shared import LIST")
    (tmp_path / "folder.py").mkdir()

    registry, _ = loaded(tmp_path)

    sentences = {Path(error.file).name: error.sentence for error in registry.errors}
    assert "already, in one.py." in sentences["two.py"]
    assert sentences["three.py"] == "It needs ._shared, which is not in its folder (line 1)."
    assert "folder.py" not in sentences
