"""Addresses and credentials."""

import pytest

from bot.openai.client import OpenAI
from bot.openai.wire.endpoint import Endpoint

KEY = "sk-proj-abcdefghijklmnop"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h/v1", "https://h/v1/models/m"),
        ("https://h/v1/", "https://h/v1/models/m"),
        (" https://h/v1// ", "https://h/v1/models/m"),
        ("https://h", "https://h/models/m"),
        ("https://h:8443/a/b/v1?api-version=7", "https://h:8443/a/b/v1/models/m?api-version=7"),
    ],
)
def test_paths_join_whatever_the_base_ends_in(base: str, url: str) -> None:
    assert Endpoint(base).url("models", "m") == url


def test_ids_are_escaped_and_queries_added() -> None:
    endpoint = Endpoint("https://h/v1?a=1")

    assert endpoint.url("models", "meta/llama:7b ü?#") == (
        "https://h/v1/models/meta%2Fllama%3A7b%20%C3%BC%3F%23?a=1"
    )
    assert endpoint.url("files", query={"after": "x y", "limit": 2}) == (
        "https://h/v1/files?a=1&after=x+y&limit=2"
    )


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_an_id_cannot_lead_elsewhere(id: str) -> None:
    with pytest.raises(ValueError, match="id must not be"):
        Endpoint("https://h/v1").url("files", id)


@pytest.mark.parametrize("base", ["", "h/v1", "ftp://h/v1", "https://", "https://me:pw@h/v1"])
def test_a_wrong_base_url_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        Endpoint(base)


def test_headers_say_who_asks() -> None:
    endpoint = Endpoint("https://h", KEY, "org-1", "proj_1")

    assert endpoint.request_headers() == {
        "Authorization": f"Bearer {KEY}",
        "OpenAI-Organization": "org-1",
        "OpenAI-Project": "proj_1",
    }
    assert Endpoint("https://h").request_headers() == {}


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(Endpoint("https://h", KEY))
    assert KEY not in repr(OpenAI(Endpoint("https://h", KEY)))


@pytest.mark.parametrize(
    "text", [f"wrong key: {KEY}", "wrong key: sk-otherkey1234", "Authorization: Bearer abc.def"]
)
def test_keys_are_struck_out_of_foreign_texts(text: str) -> None:
    redacted = Endpoint("https://h", KEY).redact(text)

    assert "[key]" in redacted
    assert not any(secret in redacted for secret in (KEY, "otherkey", "abc.def"))


def test_half_an_emoji_becomes_a_question_mark() -> None:
    url = Endpoint("https://h/v1").url("files", "file-\ud83d", query={"after": "\ud83d"})

    assert url == "https://h/v1/files/file-%3F?after=%3F"
