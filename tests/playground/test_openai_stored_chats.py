"""Chat completions that were stored: listed, found, changed, deleted."""

from typing import Any

URL = "/chat/completions"


async def ask(api: Any, text: str, **fields: Any) -> str:
    body = {"model": "stand-in", "messages": [{"role": "user", "content": text}]}
    return str((await api.post(URL, json=body | {"store": True} | fields)).json()["id"])


async def ids(api: Any, **query: Any) -> list[str]:
    return [one["id"] for one in (await api.get(URL, params=query)).json()["data"]]


async def test_only_what_should_be_stored_is_stored(api):
    await ask(api, "one", store=False)
    kept = await ask(api, "two")

    assert await ids(api) == [kept]


async def test_streamed_ones_are_stored_too(api):
    body = {"model": "stand-in", "messages": [{"role": "user", "content": "hello"}]}
    await api.post(URL, json=body | {"store": True, "stream": True})

    assert len(await ids(api)) == 1


async def test_lists_are_paged_turned_and_filtered(api):
    red = await ask(api, "one", metadata={"colour": "red"})
    blue = await ask(api, "two", metadata={"colour": "blue"})

    assert await ids(api, limit=1) == [red]
    assert await ids(api, after=red) == [blue]
    assert await ids(api, order="desc") == [blue, red]
    assert await ids(api, **{"metadata[colour]": "blue"}) == [blue]
    assert await ids(api, model="other") == []


async def test_metadata_can_be_changed(api):
    kept = await ask(api, "one", metadata={"a": "b"})

    await api.post(f"{URL}/{kept}", json={"metadata": {"c": "d"}})

    assert (await api.get(f"{URL}/{kept}")).json()["metadata"] == {"c": "d"}


async def test_messages_are_given_back(api):
    kept = await ask(api, "What did I ask?")

    page = (await api.get(f"{URL}/{kept}/messages")).json()

    assert [(one["id"], one["content"]) for one in page["data"]] == [
        (f"{kept}-0", "What did I ask?")
    ]


async def test_deleted_ones_are_gone(api):
    kept = await ask(api, "one")

    gone = (await api.delete(f"{URL}/{kept}")).json()

    assert gone == {"object": "chat.completion.deleted", "id": kept, "deleted": True}
    assert (await api.get(f"{URL}/{kept}")).status_code == 404
