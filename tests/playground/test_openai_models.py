"""The list of models: what each does, and the day on which it ends."""

import pytest

from playground.openai import LocalOpenAI, ModelCard

HELLO = [{"role": "user", "content": "hello"}]


async def test_models_carry_their_shutdown_date(api):
    listed = {one["id"]: one for one in (await api.get("/models")).json()["data"]}

    assert listed["stand-in"]["shutdown_date"] is None
    assert listed["whisper-1"]["shutdown_date"] == "2027-02-26"


async def test_a_model_is_gone_after_its_last_day(api, host):
    host.models.cards["old"] = ModelCard("old", shutdown_date="2020-01-01")
    host.models.cards["new"] = ModelCard("new", shutdown_date="2999-01-01")

    ids = [one["id"] for one in (await api.get("/models")).json()["data"]]
    gone = await api.post("/chat/completions", json={"model": "old", "messages": HELLO})

    assert "new" in ids
    assert "old" not in ids
    assert gone.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", {"model": "stand-in-base", "messages": HELLO}, 404),
        ("/completions", {"model": "stand-in", "prompt": "x"}, 404),
        ("/embeddings", {"model": "stand-in", "input": "x"}, 400),
        ("/images/generations", {"model": "stand-in", "prompt": "x"}, 400),
        ("/audio/speech", {"model": "stand-in", "input": "x", "voice": "ash"}, 400),
        ("/moderations", {"model": "stand-in", "input": "x"}, 400),
    ],
)
async def test_a_model_serves_only_its_operations(api, path, body, status):
    refused = await api.post(path, json=body)

    assert refused.status_code == status
    assert refused.json()["error"]["param"] == "model"


async def test_own_cards_replace_all_others(api):
    async with LocalOpenAI(cards=[ModelCard("mine")]) as host:
        listed = await api.get(f"{host.url}/models")

    assert [one["id"] for one in listed.json()["data"]] == ["mine"]


async def test_unknown_models_cannot_be_deleted(api):
    assert (await api.delete("/models/ft:none")).status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:8011"}, {"Origin": "https://evil.example"}]
)
async def test_other_web_pages_are_kept_out(api, headers):
    refused = await api.get("/models", headers=headers)

    assert refused.status_code == 403
