"""What a test may order for any operation: refusals, lost answers, a host that lacks something."""

import asyncio
from typing import Any

import httpx
import pytest

SPEAK = {"model": "gpt-4o-mini-tts", "voice": "ash", "input": "hi"}
DRAW = {"model": "gpt-image-2", "prompt": "x", "size": "256x256"}


async def upload(api: httpx.AsyncClient) -> httpx.Response:
    return await api.post("/files", files={"file": ("a.txt", b"x")}, data={"purpose": "user_data"})


async def test_an_ordered_refusal_is_for_its_operation_alone(api, host):
    host.enqueue(on="files", status=429, code="rate_limit_exceeded", headers={"retry-after": "2"})

    models = await api.get("/models")
    refused = await api.get("/files")
    then = await api.get("/files")

    assert (models.status_code, refused.status_code, then.status_code) == (200, 429, 200)
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert refused.headers["retry-after"] == "2"


async def test_an_order_may_name_method_and_place(api, host):
    host.enqueue(on="DELETE files/*", status=500)
    made = (await upload(api)).json()["id"]

    assert (await api.get(f"/files/{made}")).status_code == 200
    assert (await api.delete(f"/files/{made}")).status_code == 500


async def test_an_order_may_wait_for_its_request(api, host):
    host.enqueue(on="embeddings", status=500, when=lambda body: body["input"] == "b")
    model = {"model": "text-embedding-3-small"}

    a, b = [await api.post("/embeddings", json=model | {"input": word}) for word in "ab"]

    assert (a.status_code, b.status_code) == (200, 500)


async def test_a_chat_takes_no_order_of_another_operation(api, host):
    host.enqueue(on="files", status=500)
    body = {"model": "stand-in", "messages": [{"role": "user", "content": "hello"}]}

    assert (await api.post("/chat/completions", json=body)).status_code == 200


async def test_the_work_of_a_lost_answer_is_done(api, host):
    host.enqueue(on="files", faults=["cut"])

    with pytest.raises(httpx.TransportError):
        await upload(api)

    assert len((await api.get("/files")).json()["data"]) == 1
    assert host.requests[0].outcome == "broken"


async def test_a_wrong_page_comes_instead_of_the_work(api, host):
    host.enqueue(on="files", faults=["html"])

    page = await upload(api)

    assert (page.status_code, page.text[:6]) == (502, "<html>")
    assert (await api.get("/files")).json()["data"] == []


async def test_an_answer_is_held_until_the_test_says_so(api, host):
    gate = asyncio.Event()
    host.enqueue(on="files", hold=gate)

    held = asyncio.create_task(api.get("/files"), name="held")
    await host.wait(lambda server: server.requests)
    early = held.done()
    gate.set()

    assert (early, (await held).status_code) == (False, 200)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/completions", {"model": "stand-in-base", "prompt": "x", "stream": True}),
        ("/images/generations", DRAW | {"stream": True, "partial_images": 3}),
        ("/audio/speech", SPEAK | {"input": "hi " * 50, "stream_format": "sse"}),
    ],
)
async def test_streams_of_every_operation_break_as_ordered(api, host, path, body):
    whole = (await api.post(path, json=body)).text
    host.enqueue(on=path[1:], faults=["eof"], after=1)
    cut = (await api.post(path, json=body)).text
    host.enqueue(on=path[1:], faults=["error_inside"], after=1)
    failed = (await api.post(path, json=body)).text

    assert 0 < cut.count("data: ") < whole.count("data: ")
    assert '"server_error"' in failed
    assert host.requests[-1].outcome == "broken"


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_may_lack_a_resource(api, host, status):
    host.switches.lack("files", "fine_tuning", status=status)

    answers: list[Any] = [await api.get("/files"), await api.get("/fine_tuning/jobs")]
    models = await api.get("/models")
    host.switches.have("files")

    assert [answer.status_code for answer in answers] == [status, status]
    assert models.status_code == 200
    assert (await api.get("/files")).status_code == 200
    assert host.requests[0].outcome == "refused"


async def test_every_operation_wants_json_or_a_form_as_it_should(api):
    form = await api.post("/embeddings", files={"input": (None, "x")})
    broken = await api.post("/embeddings", content=b"{", headers={"Content-Type": "text/plain"})
    array = await api.post("/embeddings", json=[1])

    assert form.json()["error"]["code"] == "unsupported_content_type"
    assert (broken.status_code, array.status_code) == (400, 400)


async def test_everything_is_recorded(api, host):
    await api.get("/files", params={"limit": 1})
    await api.post("/embeddings", json={"model": "none", "input": "x"})

    seen = [(one.method, one.path, one.status, one.outcome) for one in host.requests]
    assert seen == [
        ("GET", "/v1/files", 200, "answered"),
        ("POST", "/v1/embeddings", 404, "refused"),
    ]
    assert host.requests[1].json == {"model": "none", "input": "x"}
