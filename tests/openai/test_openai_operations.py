"""What a host cannot do is told from what it does not have."""

from typing import Any

import pytest
from openai_answers import answers_bytes, answers_json, refuses, streams_then_cuts
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

NO_FILE = {"message": "No such File object: file-1", "param": "id"}


@pytest.mark.parametrize("status", [405, 410, 501])
async def test_statuses_that_mean_no_such_operation(
    server: Server, client: OpenAI, status: int
) -> None:
    server.always = refuses(status, "no way")

    with pytest.raises(errors.OperationNotFoundError) as caught:
        await client.files.retrieve("file-1")

    assert caught.value.status == status


@pytest.mark.parametrize(
    "content",
    [
        {"detail": "Not Found"},
        {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}},
        {"error": {"message": "Unknown request URL: GET /files", "code": "unknown_url"}},
        {"error": {"message": "Resource not found", "code": "404"}},
        {"type": "error", "error": {"type": "not_found_error", "message": "Not found"}},
    ],
)
async def test_a_bare_not_found_means_the_operation(
    server: Server, client: OpenAI, content: Any
) -> None:
    server.always = answers_json(content, 404, **{"x-request-id": "req_1"})

    with pytest.raises(errors.OperationNotFoundError) as caught:
        await client.files.retrieve("file-1")

    assert (caught.value.status, caught.value.request_id) == (404, "req_1")
    assert caught.value.client_request_id


async def test_html_means_the_operation(server: Server, client: OpenAI) -> None:
    server.always = answers_bytes(b"404 page not found", "text/plain", 404)

    with pytest.raises(errors.OperationNotFoundError):
        await client.images.generate(prompt="a cat")


async def test_an_unexpected_endpoint_inside_a_200(server: Server, client: OpenAI) -> None:
    server.always = answers_json({"error": "Unexpected endpoint or method. (GET /v1/files)"})

    with pytest.raises(errors.OperationNotFoundError):
        await client.files.list()


async def test_a_missing_file_is_not_a_missing_operation(server: Server, client: OpenAI) -> None:
    server.always = refuses(404, **NO_FILE)

    for operation in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(errors.NotFoundError) as caught:
            await operation("file-1")
        assert type(caught.value) is errors.NotFoundError
        assert caught.value.param == "id"


async def test_a_missing_thing_is_known_by_its_id(server: Server, client: OpenAI) -> None:
    server.always = refuses(404, "Chat completion with id 'chatcmpl-9' not found.")

    with pytest.raises(errors.NotFoundError) as caught:
        await client.chat.retrieve("chatcmpl-9")

    assert type(caught.value) is errors.NotFoundError


async def test_a_missing_model_stays_one(server: Server, client: OpenAI) -> None:
    server.always = refuses(404, "The model `x` does not exist", code="model_not_found")

    with pytest.raises(errors.ModelNotFoundError):
        await client.embeddings.create(model="x", input="a")


async def test_streams_and_bytes_tell_it_too(server: Server, client: OpenAI) -> None:
    server.always = answers_json({"detail": "Not Found"}, 404)

    with pytest.raises(errors.OperationNotFoundError):
        async with client.completions.stream(model="m", prompt="a") as stream:
            await anext(stream)
    with pytest.raises(errors.OperationNotFoundError):
        await client.audio.speech.create(model="m", input="a", voice="v")
    with pytest.raises(errors.OperationNotFoundError):
        async with client.audio.speech.stream(model="m", input="a", voice="v") as audio:
            await anext(audio)


async def test_ids_are_escaped(server: Server, client: OpenAI) -> None:
    server.always = answers_json({"id": "x", "deleted": True})

    await client.files.delete("a/../b c?d")

    assert server.paths == ["/v1/files/a%2F..%2Fb%20c%3Fd"]


async def test_nulls_and_parts_of_seconds_lose_no_list(server: Server, client: OpenAI) -> None:
    file = {"id": "file-1", "filename": None, "purpose": None, "created_at": 1.5, "status": None}
    server.always = answers_json({"object": "list", "data": [file], "has_more": None})

    [found] = await client.files.list()

    assert (found.filename, found.purpose, found.created_at, found.status) == ("", "", 1, None)


async def test_what_a_lost_answer_had_deleted_is_deleted(server: Server, client: OpenAI) -> None:
    server.answers(streams_then_cuts(), refuses(404, **NO_FILE))

    assert (await client.files.delete("file-1")).deleted


async def test_what_was_never_there_is_not_deleted(server: Server, client: OpenAI) -> None:
    server.answers(refuses(429, "slow"), refuses(404, **NO_FILE))

    with pytest.raises(errors.NotFoundError):
        await client.files.delete("file-1")
