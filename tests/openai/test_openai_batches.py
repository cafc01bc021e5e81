"""Batches, and the deletion of models."""

from typing import Any

import pytest
from openai_answers import answers_json, refuses
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

EVERYTHING: Any = {
    "input_file_id": "file-1",
    "endpoint": "/v1/embeddings",
    "completion_window": "24h",
    "metadata": {"team": "T1"},
    "output_expires_after": {"anchor": "created_at", "seconds": 3600},
}
BATCH = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/embeddings",
    "status": "in_progress",
    "request_counts": {"total": 3, "completed": 1, "failed": 0},
}


async def test_a_batch_is_begun_followed_and_stopped(server: Server, client: OpenAI) -> None:
    server.always = answers_json(BATCH)

    batch = await client.batches.create(**EVERYTHING)
    await client.batches.retrieve(batch.id)
    await client.batches.cancel(batch.id)

    assert batch.request_counts is not None
    assert batch.request_counts.total == 3
    assert server.requests[0] == EVERYTHING
    assert [*zip(server.methods, server.paths, strict=True)] == [
        ("POST", "/v1/batches"),
        ("GET", "/v1/batches/batch_1"),
        ("POST", "/v1/batches/batch_1/cancel"),
    ]


async def test_batches_are_listed(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"data": [BATCH], "has_more": False}))

    assert [batch.id async for batch in client.batches.list(limit=5)] == ["batch_1"]
    assert server.paths == ["/v1/batches?limit=5"]


@pytest.mark.parametrize(
    "wrong", [{"completion_window": "1h"}, {"endpoint": "chat"}, {"input_file_id": ""}, {"n": 1}]
)
async def test_wrong_batches_are_not_begun(server: Server, client: OpenAI, wrong: Any) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await client.batches.create(**(EVERYTHING | wrong))

    assert server.paths == []


async def test_a_tuned_model_is_deleted(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"id": "ft:m", "object": "model", "deleted": True}))

    assert (await client.models.delete("ft:m:org::1")).deleted
    assert server.methods == ["DELETE"]
    assert server.paths[0].replace("%3A", ":") == "/v1/models/ft:m:org::1"


async def test_a_model_that_may_not_be_deleted_says_so(server: Server, client: OpenAI) -> None:
    server.answers(refuses(403, "You may not delete a base model."))

    with pytest.raises(errors.PermissionDeniedError):
        await client.models.delete("gpt-6-luna")
