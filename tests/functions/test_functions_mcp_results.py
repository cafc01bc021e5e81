"""What MCP servers list and give back, in each form that the protocol has."""

import base64
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from functions import FunctionError, Launch, testing
from tests.functions.mcp_bench import Bench, asker
from tests.functions.test_functions_mcp import CHILD
from tests.mcp_fake import a_tool

pytest.importorskip("mcp")

from functions._mcp.connection import Connection

DATA = base64.b64encode(b"data").decode()


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def resource(uri: str, **more: Any) -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, **more}}


@pytest_asyncio.fixture
async def taken(bench, fake):
    await bench.take(fake.url, "forecast", approve="never")
    return bench


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"content": [text("a"), text("b")]}, "a\nb"),
        ({"content": []}, "Done (nothing was returned)."),
        ({"content": [text("")]}, "Done (nothing was returned)."),
        ({"content": [], "structuredContent": {"grad": 7}}, '{"grad": 7}'),
        ({"content": [text("7 degrees")], "structuredContent": {"grad": 7}}, "7 degrees"),
        ({"content": [resource("file:///a.txt", text="words")]}, "words"),
        ({"content": [{"type": "resource_link", "uri": "https://a.example/x", "name": "X"}]},
         "X: https://a.example/x"),
        ({"content": [{"type": "image", "data": "?", "mimeType": "image/png"}]},
         "[picture-1 was left out: it came broken]"),
    ],
)  # fmt: skip
async def test_what_a_tool_gives_is_text_for_the_model(taken, fake, result, told):
    fake.result = result

    answer = await taken.call("forecast", '{"city": "Bern"}')

    assert (answer.ok, answer.text) == (True, told)


async def test_files_of_every_kind_reach_people_and_texts_beside_them_the_model(taken, fake):
    fake.result = {
        "content": [
            text("Look:"),
            {"type": "image", "data": DATA, "mimeType": "image/png"},
            {"type": "audio", "data": DATA, "mimeType": "audio/x-unknown"},
            resource("file:///reports/may.pdf", blob=DATA, mimeType="application/pdf"),
        ]
    }

    answer = await taken.call("forecast", '{"city": "Bern"}')

    assert [file.name for file in answer.files] == ["picture-2.png", "audio-3", "may.pdf"]
    assert {file.data for file in answer.files} == {b"data"}
    assert "Look:" in answer.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([text("no such city"), text("try Bern")], "no such city\ntry Bern"),
        ([{"type": "image", "data": DATA, "mimeType": "image/png"}], "it gave no reason."),
        ([], "it gave no reason."),
    ],
)
async def test_a_failure_is_told_in_the_words_that_came_with_it(taken, fake, content, said):
    fake.result = {"content": content, "isError": True}

    answer = await taken.call("forecast", '{"city": "X"}')

    assert (answer.ok, answer.text) == (False, f"forecast failed: {said}")


async def test_a_tool_that_asks_back_is_told_that_nobody_answers():
    async def send(request, kind, **_):
        return kind.validate_python({"resultType": "input_required", "requestState": "x"})

    connection = Connection(SimpleNamespace(session=SimpleNamespace(send_request=send)))

    with pytest.raises(FunctionError, match="asks for something that cannot be given"):
        await connection.call("forecast", {}, testing.Progress())


async def test_an_error_without_words_is_told_by_its_number(taken, fake):
    fake.refusal = {"code": -32099, "message": " "}

    assert "said: error -32099" in (await taken.call("forecast", '{"city": "X"}')).text


async def test_every_page_of_a_list_is_asked_for(bench, fake):
    fake.tools = [a_tool(f"t{number}") for number in range(7)]
    fake.page = 3

    offers = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert [one.tool.name for one in offers] == [f"t{number}" for number in range(7)]
    assert fake.asked.count("tools/list") == 3


@pytest.mark.parametrize(("limit", "listed"), [("PAGES", 4), ("TOOLS", 3)])
async def test_a_list_without_end_is_cut(bench, fake, monkeypatch, limit, listed):
    monkeypatch.setattr(f"functions._mcp.connection.{limit}", {"PAGES": 2, "TOOLS": 3}[limit])
    fake.tools = [a_tool(f"t{number}") for number in range(50)]
    fake.page = 2

    offers = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert len(offers) == listed
    assert fake.asked.count("tools/list") == 2


async def test_a_title_is_that_of_the_tool_or_of_its_hints(bench, fake):
    hints = {"annotations": {"title": "Hinted"}}
    fake.tools = [a_tool("a", title="Own", **hints), a_tool("b", **hints), a_tool("c")]

    offers = await bench.registry.mcp_offers(fake.url, None, [], asker())

    assert [one.tool.title for one in offers] == ["Own", "Hinted", ""]


async def test_how_far_a_tool_is_is_shown_in_its_words_or_in_numbers():
    started = Bench("*", {"weather": Launch(command=sys.executable, args=(str(CHILD), "stdio"))})
    await started.take("weather", "steps", approve="never")
    progress = testing.Progress()

    await started.call("steps", "{}", report=progress)

    assert progress.texts == ["1", "2 of 4", "Almost done"]
    await started.registry.aclose()
