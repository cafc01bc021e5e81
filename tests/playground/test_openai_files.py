"""Files as a client sees them: upload, lists in pages, contents, lifetimes, refusals."""

from typing import Any

import httpx
import pytest

LINE = b'{"messages": []}\n'


async def upload(api: httpx.AsyncClient, name: str = "a.jsonl", data: bytes = LINE, **form: Any):
    fields = {"purpose": "fine-tune"} | form
    return await api.post("/files", files={"file": (name, data)}, data=fields)


async def test_uploaded_file_is_shown_found_and_given_back(api):
    made = (await upload(api)).json()

    shown = (await api.get(f"/files/{made['id']}")).json()
    content = await api.get(f"/files/{made['id']}/content")

    assert (made["object"], made["purpose"], made["bytes"]) == ("file", "fine-tune", len(LINE))
    assert made["filename"] == "a.jsonl"
    assert made["expires_at"] is None
    assert shown["id"] == made["id"]
    assert content.content == LINE


async def test_a_file_is_processed_after_a_moment(api, clock):
    made = (await upload(api)).json()
    clock.ahead += 1.5

    later = (await api.get(f"/files/{made['id']}")).json()

    assert (made["status"], later["status"]) == ("uploaded", "processed")


async def test_lists_come_in_pages_the_newest_first(api):
    made = [(await upload(api, f"{n}.jsonl")).json()["id"] for n in range(3)]

    first = (await api.get("/files", params={"limit": 2})).json()
    rest = (await api.get("/files", params={"limit": 2, "after": first["last_id"]})).json()

    assert [file["id"] for file in first["data"]] == [made[2], made[1]]
    assert (first["first_id"], first["has_more"]) == (made[2], True)
    assert [file["id"] for file in rest["data"]] == [made[0]]
    assert rest["has_more"] is False


async def test_lists_are_filtered_and_turned(api):
    first = (await upload(api, "a.txt", b"x", purpose="user_data")).json()
    await upload(api)
    second = (await upload(api, "b.txt", b"x", purpose="user_data")).json()

    query = {"purpose": "user_data", "order": "asc"}
    found = (await api.get("/files", params=query)).json()

    assert [file["id"] for file in found["data"]] == [first["id"], second["id"]]


async def test_an_empty_list_has_no_ends(api):
    empty = (await api.get("/files")).json()

    assert empty == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False,
    }  # fmt: skip


async def test_deleted_file_is_gone(api):
    made = (await upload(api)).json()

    gone = await api.delete(f"/files/{made['id']}")
    again = await api.delete(f"/files/{made['id']}")

    assert gone.json() == {"object": "file", "id": made["id"], "deleted": True}
    assert again.status_code == 404
    assert again.json()["error"]["message"] == f"No such File object: {made['id']}"


async def test_a_file_expires_when_its_time_is_over(api, clock):
    form = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    made = (await upload(api, **form)).json()
    assert made["expires_at"] == made["created_at"] + 3600

    clock.ahead += 3_601

    assert (await api.get(f"/files/{made['id']}")).status_code == 404
    assert (await api.get("/files")).json()["data"] == []


async def test_batch_files_expire_after_thirty_days(api):
    made = (await upload(api, purpose="batch")).json()

    assert made["expires_at"] - made["created_at"] == 30 * 86_400


async def test_some_purposes_are_kept_back(api):
    made = (await upload(api, "a.txt", b"x", purpose="assistants")).json()

    refused = await api.get(f"/files/{made['id']}/content")

    assert refused.status_code == 400
    assert "assistants" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "data", "form", "param", "code"),
    [
        ("a.txt", LINE, {}, "file", None),
        ("a.jsonl", b"", {}, "file", "empty_file"),
        ("a.jsonl", LINE + b"[1]\n", {}, "file", None),
        ("a.jsonl", LINE + b"{broken\n", {}, "file", None),
        ("a.jsonl", b"\xff\xfe{", {}, "file", None),
        ("a.jsonl", LINE, {"purpose": "training"}, "purpose", "invalid_value"),
        ("a.jsonl", LINE, {"colour": "red"}, "colour", "unknown_parameter"),
        ("a.jsonl", LINE, {"expires_after[seconds]": "3600"}, "expires_after.anchor",
         "missing_required_parameter"),
        ("a.jsonl", LINE, {"expires_after[anchor]": "created_at", "expires_after[seconds]": "60"},
         "expires_after.seconds", "integer_below_min_value"),
        ("a.jsonl", LINE, {"expires_after[anchor]": "created_at", "expires_after[seconds]": "x"},
         "expires_after.seconds", "invalid_type"),
    ],
)  # fmt: skip
async def test_unsound_uploads_are_refused(api, name, data, form, param, code):
    refused = await upload(api, name, data, **form)

    error = refused.json()["error"]
    assert refused.status_code == 400
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"


async def test_a_broken_line_is_named_by_its_number(api):
    refused = await upload(api, data=LINE * 4 + b"[1]\n")

    assert "Line 5 is not a dictionary" in refused.json()["error"]["message"]


async def test_file_and_purpose_are_required(api):
    no_file = await api.post("/files", files={"purpose": (None, "fine-tune")})
    no_purpose = await api.post("/files", files={"file": ("a.jsonl", LINE)})
    no_form = await api.post("/files", json={"file": "x"})

    assert no_file.json()["error"]["param"] == "file"
    assert no_purpose.json()["error"]["param"] == "purpose"
    assert no_form.status_code == 400


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "--5"}, "limit"),
        ({"order": "up"}, "order"),
        ({"purpose": "x"}, "purpose"),
        ({"before": "x"}, "before"),
        ({"after": "file-none"}, "after"),
    ],
)
async def test_unsound_queries_are_refused(api, query, param):
    refused = await api.get("/files", params=query)

    assert refused.status_code in (400, 404)
    assert refused.json()["error"]["param"] == param


async def test_what_was_uploaded_is_recorded(api, host):
    await upload(api)

    record = host.requests[-1]
    assert (record.method, record.path) == ("POST", "/v1/files")
    assert record.form.text("purpose") == "fine-tune"
    assert record.form.file("file").data == LINE


async def test_large_bodies_are_recorded_in_part(api, host):
    data = b"x" * (9 * 1024 * 1024)

    await upload(api, "a.txt", data, purpose="user_data")

    record = host.requests[-1]
    assert record.size > len(data)
    assert len(record.body) < 100_000
    assert record.form.names == set()
