"""Uploads in parts: any order, the right sum, an hour of time."""

import hashlib
from typing import Any

import httpx
import pytest

TEXT = b"one two three"
ASKED = {"filename": "a.txt", "purpose": "user_data", "bytes": 13, "mime_type": "text/plain"}


async def opened(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await api.post("/uploads", json=ASKED | fields)).json()
    return made


async def part(api: httpx.AsyncClient, upload: str, data: bytes) -> str:
    sent = await api.post(f"/uploads/{upload}/parts", files={"data": ("part", data)})
    assert sent.json()["object"] == "upload.part"
    assert sent.json()["upload_id"] == upload
    return str(sent.json()["id"])


async def test_parts_become_a_file_in_the_order_that_is_said(api):
    upload = (await opened(api))["id"]
    late, early = await part(api, upload, TEXT[5:]), await part(api, upload, TEXT[:5])
    body = {"part_ids": [early, late], "md5": hashlib.md5(TEXT, usedforsecurity=False).hexdigest()}

    done = (await api.post(f"/uploads/{upload}/complete", json=body)).json()

    assert done["status"] == "completed"
    assert (done["file"]["filename"], done["file"]["bytes"]) == ("a.txt", 13)
    assert (await api.get("/files")).json()["data"][0]["id"] == done["file"]["id"]


async def test_an_open_upload_tells_when_it_ends(api):
    upload = await opened(api)

    assert upload["status"] == "pending"
    assert upload["expires_at"] == upload["created_at"] + 3_600
    assert upload["file"] is None


async def test_lifetime_is_handed_to_the_file(api):
    upload = await opened(api, expires_after={"anchor": "created_at", "seconds": 7_200})
    body = {"part_ids": [await part(api, upload["id"], TEXT)]}

    done = (await api.post(f"/uploads/{upload['id']}/complete", json=body)).json()

    assert done["file"]["expires_at"] == done["file"]["created_at"] + 7_200


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"part_ids": []}, "part_ids"),
        ({"part_ids": ["part_none"]}, "part_ids"),
        ({"md5": "0" * 32}, "md5"),
        ({"colour": 1}, "colour"),
    ],
)
async def test_unsound_completions_leave_the_upload_open(api, change, param):
    upload = (await opened(api))["id"]
    body = {"part_ids": [await part(api, upload, TEXT)]}

    refused = await api.post(f"/uploads/{upload}/complete", json=body | change)
    done = await api.post(f"/uploads/{upload}/complete", json=body)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
    assert done.json()["status"] == "completed"


async def test_the_sum_of_bytes_must_be_the_one_announced(api):
    upload = (await opened(api))["id"]
    few = {"part_ids": [await part(api, upload, TEXT[:4])]}

    refused = await api.post(f"/uploads/{upload}/complete", json=few)
    too_much = await api.post(f"/uploads/{upload}/parts", files={"data": ("p", TEXT)})

    assert "4 bytes" in refused.json()["error"]["message"]
    assert too_much.status_code == 400


async def test_cancelled_upload_takes_nothing_more(api):
    upload = (await opened(api))["id"]

    gone = (await api.post(f"/uploads/{upload}/cancel")).json()
    late = await api.post(f"/uploads/{upload}/parts", files={"data": ("p", TEXT)})

    assert gone["status"] == "cancelled"
    assert late.status_code == 400


async def test_upload_expires_after_an_hour(api, clock):
    upload = (await opened(api))["id"]
    clock.ahead += 3_601

    late = await api.post(f"/uploads/{upload}/cancel")

    assert "expired" in late.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"bytes": 0}, "bytes"),
        ({"bytes": 9 * 1024**3}, "bytes"),
        ({"mime_type": None}, "mime_type"),
        ({"purpose": "x"}, "purpose"),
        ({"purpose": "fine-tune"}, "filename"),
        ({"colour": 1}, "colour"),
    ],
)
async def test_unsound_uploads_are_refused_at_once(api, fields, param):
    refused = await api.post("/uploads", json=ASKED | fields)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)


async def test_unknown_upload_is_named(api):
    refused = await api.post("/uploads/upload_none/cancel")

    assert refused.status_code == 404
    assert "upload_none" in refused.json()["error"]["message"]
