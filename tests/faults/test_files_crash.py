"""kill -9 around the files of a call: what was made reaches the thread, once, and is made once."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import Process
from tests.scenarios.conftest import Desk

DRAW = """\
from pathlib import Path
from functions import File, function


@function(effect="{effect}")
def draw() -> list:
    \"\"\"Draw a picture.\"\"\"
    with Path("{folder}/drawn").open("a") as file:
        file.write("drawn\\n")
    return [File("dot.png", b"\\x89PNG..."), File("dot.txt", b"dot")]
"""


@pytest.fixture(params=["once", "idempotent", "read"], autouse=True)
def _functions(request: pytest.FixtureRequest, process: Process, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "art.py").write_text(DRAW.format(folder=tmp_path, effect=request.param))
    process.settings["FUNCTIONS"] = str(folder)


def posted(desk: Desk, ts: str) -> list[str]:
    return [file["name"] for reply in desk.replies(ts) for file in reply.get("files", ())]


async def begun(process: Process, desk: Desk) -> str:
    await process.connect()
    desk.model.enqueue(calls=[("draw", {})])
    return await desk.ask("draw")


async def goes_on(process: Process, desk: Desk, ts: str) -> None:
    await process.kill()
    desk.slack.heal()
    desk.model.enqueue("There it is.")
    await process.start()
    await desk.slack.wait(lambda _: "There it is." in desk.said(ts))


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_files_of_a_call_that_ended_before_a_crash_are_posted_after_it(
    process, desk, tmp_path, method
):
    fault = desk.slack.fail(method, delay=60)
    ts = await begun(process, desk)
    async with asyncio.timeout(60):
        while not fault.hits:
            await asyncio.sleep(0.01)
    await goes_on(process, desk, ts)

    assert posted(desk, ts) == ["dot.png", "dot.txt"]
    assert (tmp_path / "drawn").read_text() == "drawn\n"


async def test_files_that_were_posted_before_a_crash_are_not_posted_again(process, desk, tmp_path):
    ts = await begun(process, desk)
    await desk.slack.wait(lambda _: posted(desk, ts))
    await goes_on(process, desk, ts)

    assert posted(desk, ts) == ["dot.png", "dot.txt"]
    assert (tmp_path / "drawn").read_text() == "drawn\n"
