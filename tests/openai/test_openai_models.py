"""The list of models, and one of them."""

from datetime import date
from typing import Any

import pytest
from openai_answers import answers_bytes, answers_json, refuses
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

LUNA = {
    "id": "gpt-6-luna",
    "object": "model",
    "created": 1,
    "owned_by": "openai",
    "shutdown_date": "2027-01-14",
}


@pytest.mark.parametrize(
    "content",
    [
        {"object": "list", "data": [LUNA, {"id": "b"}]},
        {"data": [LUNA, {"id": "b", "created": 1.5, "context_length": 4096}], "has_more": False},
        {"models": [LUNA, {"id": "b"}]},
        [LUNA, {"id": "b"}],
    ],
)
async def test_models_are_listed_whatever_surrounds_them(
    server: Server, client: OpenAI, content: Any
) -> None:
    server.answers(answers_json(content))

    models = await client.models.list()

    assert [model.id for model in models] == ["gpt-6-luna", "b"]
    assert server.paths == ["/v1/models"]


async def test_no_models_are_an_empty_list(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"object": "list", "data": None}))

    assert await client.models.list() == []


async def test_a_model_tells_when_it_ends(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(LUNA, **{"x-request-id": "req_1"}))

    model = await client.models.retrieve("gpt-6-luna")

    assert (model.owned_by, model.request_id) == ("openai", "req_1")
    assert model.days_left(date(2027, 1, 4)) == 10
    assert model.model_dump(exclude_unset=True) == LUNA


@pytest.mark.parametrize("shutdown_date", [None, "", "soon"])
async def test_a_model_without_an_end_has_no_days_left(
    server: Server, client: OpenAI, shutdown_date: str | None
) -> None:
    server.answers(answers_json(LUNA | {"shutdown_date": shutdown_date}))

    assert (await client.models.retrieve("gpt-6-luna")).days_left(date(2027, 1, 4)) is None


@pytest.mark.parametrize("content", ["text", {"data": "text"}, {"data": [{"name": "x"}]}, 7])
async def test_something_else_is_no_list(server: Server, client: OpenAI, content: Any) -> None:
    server.answers(answers_json(content))

    with pytest.raises(errors.APIResponseValidationError):
        await client.models.list()


async def test_an_unknown_model_is_said_to_be_one(server: Server, client: OpenAI) -> None:
    server.answers(refuses(404, "The model 'x' does not exist", code="model_not_found"))

    with pytest.raises(errors.ModelNotFoundError):
        await client.models.retrieve("x")


async def test_whether_an_operation_is_there_is_told_whatever_it_answers(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_bytes(b"[" * 5_000), answers_json({"data": [1, 2]}), refuses(405))

    probed = [await client.probe.ask("GET", "files") for _ in range(3)]

    assert [(one.status, one.count) for one in probed] == [(200, None), (200, 2), (405, None)]


async def test_a_key_that_is_refused_with_another_status_is_a_wrong_key(
    server: Server, client: OpenAI
) -> None:
    refused = {"error": {"message": "No connected db.", "type": "no_db_connection"}}
    server.answers(answers_json(refused, 400))

    assert (await client.probe.ask("GET", "models")).status == 401
