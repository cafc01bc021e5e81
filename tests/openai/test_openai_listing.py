"""Lists in pages: one page, all items, and servers that cut pages in odd ways."""

from typing import Any

import pytest
from openai_answers import answers_json, refuses
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI


def page(*ids: str, has_more: Any = False, **fields: Any) -> dict[str, Any]:
    data = [{"id": one, "object": "fine_tuning.job", "status": "running"} for one in ids]
    return {"object": "list", "data": data, "has_more": has_more, **fields}


async def ids(client: OpenAI, **filters: Any) -> list[str]:
    return [job.id async for job in client.fine_tuning.jobs.list(**filters)]


async def test_awaiting_a_list_gives_its_first_page(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(page("a", "b", has_more=True), **{"x-request-id": "req_1"}))

    first = await client.fine_tuning.jobs.list(limit=2)

    assert [job.id for job in first] == ["a", "b"]
    assert (len(first), first.has_more, first.after, first.request_id) == (2, True, "b", "req_1")
    assert server.paths == ["/v1/fine_tuning/jobs?limit=2"]


async def test_iterating_goes_on_after_the_last_id(server: Server, client: OpenAI) -> None:
    server.answers(
        answers_json(page("a", "b", has_more=True)),
        answers_json(page("c", has_more=True, last_id="c-cursor")),
        answers_json(page("d")),
    )

    assert await ids(client, limit=2) == ["a", "b", "c", "d"]
    assert [path.partition("?")[2] for path in server.paths] == [
        "limit=2",
        "limit=2&after=b",
        "limit=2&after=c-cursor",
    ]


async def test_pages_can_be_had_one_by_one(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(page("a", has_more=True)), answers_json(page("b")))

    pages = [page async for page in client.fine_tuning.jobs.list().pages()]

    assert [[job.id for job in page.data] for page in pages] == [["a"], ["b"]]


async def test_a_list_begins_where_it_is_told_to(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(page("b", has_more=True)), answers_json(page("c")))

    assert await ids(client, after="a") == ["b", "c"]
    assert [path.partition("?")[2] for path in server.paths] == ["after=a", "after=b"]


async def test_a_server_that_ignores_after_does_not_keep_us(server: Server, client: OpenAI) -> None:
    server.always = answers_json(page("a", has_more=True))

    assert await ids(client) == ["a"]
    assert len(server.paths) == 2


@pytest.mark.parametrize("content", [page(), {"data": None}, [], page(has_more=True)])
async def test_an_empty_list_is_empty(server: Server, client: OpenAI, content: Any) -> None:
    server.answers(answers_json(content))

    assert await ids(client) == []


@pytest.mark.parametrize("content", [{}, "text", {"data": "x"}, {"data": [{"name": 1}]}, 3])
async def test_something_else_is_no_list(server: Server, client: OpenAI, content: Any) -> None:
    server.answers(answers_json(content, **{"x-request-id": "req_2"}))

    with pytest.raises(errors.APIResponseValidationError, match="fine tuning job") as caught:
        await client.fine_tuning.jobs.list()

    assert caught.value.request_id == "req_2"


async def test_a_wrong_filter_is_refused_before_asking(server: Server, client: OpenAI) -> None:
    with pytest.raises(errors.InvalidRequestError, match="limit"):
        client.files.list(limit=10_001)

    assert server.paths == []


async def test_an_error_in_the_middle_of_a_list_reaches_the_reader(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_json(page("a", has_more=True)), refuses(401, code="invalid_api_key"))

    jobs = aiter(client.fine_tuning.jobs.list())

    assert (await anext(jobs)).id == "a"
    with pytest.raises(errors.AuthenticationError):
        await anext(jobs)
