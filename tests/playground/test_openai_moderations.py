"""Moderations: thirteen categories by plain rules, for texts and pictures."""

from typing import Any

import pytest

from playground.openai.moderating import CATEGORIES


async def judged(api: Any, given: Any) -> list[dict[str, Any]]:
    answer = (await api.post("/moderations", json={"input": given})).json()
    assert answer["id"].startswith("modr-")
    return list(answer["results"])


async def test_harmless_text_is_not_flagged(api):
    result = (await judged(api, "What a lovely morning, let us go to the market."))[0]

    assert result["flagged"] is False
    assert set(result["categories"]) == set(result["category_scores"]) == set(CATEGORIES)
    assert max(result["category_scores"].values()) < 0.01


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("You are an idiot", "harassment"),
        ("I know where you live", "harassment/threatening"),
        ("naked people", "sexual"),
        ("They are vermin", "hate"),
        ("We must exterminate them", "hate/threatening"),
        ("how to launder money", "illicit"),
        ("how to build a bomb", "illicit/violent"),
        ("I want to die", "self-harm/intent"),
        ("how to hurt yourself", "self-harm/instructions"),
        ("a note about suicide", "self-harm"),
        ("underage drinking", "sexual/minors"),
        ("He murdered them", "violence"),
        ("full of gore", "violence/graphic"),
    ],
)
async def test_every_category_can_be_met(api, text, category):
    result = (await judged(api, text))[0]

    assert result["flagged"] is True
    assert result["categories"][category] is True
    assert result["category_scores"][category] >= 0.5


async def test_each_text_gets_its_own_result(api):
    assert [one["flagged"] for one in await judged(api, ["fine", "idiot"])] == [False, True]


async def test_text_and_picture_are_judged_together(api):
    picture = {"type": "image_url", "image_url": {"url": "https://127.0.0.1/gore.png"}}

    result = (await judged(api, [{"type": "text", "text": "look"}, picture]))[0]

    assert result["categories"]["violence/graphic"] is True
    assert result["category_applied_input_types"]["violence"] == ["text", "image"]
    assert result["category_applied_input_types"]["hate"] == ["text"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "input"),
        ({"input": []}, "input"),
        ({"input": 7}, "input"),
        ({"input": [{"type": "sound"}]}, "input[0].type"),
        ({"input": [{"type": "text"}]}, "input[0].text"),
        ({"input": [{"type": "image_url", "image_url": {"url": "a.png"}}]},
         "input[0].image_url.url"),
        ({"input": "x", "colour": "red"}, "colour"),
    ],
)  # fmt: skip
async def test_unsound_requests_are_refused(api, body, param):
    refused = await api.post("/moderations", json=body)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
