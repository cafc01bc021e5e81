"""The SSE decoder: any legal stream, however its bytes are cut."""

import itertools
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.openai.errors import APIResponseValidationError
from bot.openai.wire.sse import SSEDecoder

ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


def decode(*chunks: bytes) -> list[str]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.end()


def cut(body: bytes, places: list[int]) -> list[bytes]:
    borders = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[a:b] for a, b in itertools.pairwise(borders)]


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b"data:a\n\n", ["a"]),
        (b"data:  a\n\n", [" a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data: a\n\ndata: b\n", ["a", "b"]),
        (b"data: a", ["a"]),
        (b": OPENROUTER PROCESSING\n\ndata: a\n\n", ["a"]),
        (b"event: x\nid: 1\nretry: 5\ndata: a\n\n", ["a"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"data\n\n", [""]),
        (b"\n\n\ndata: a\n\n\n\n", ["a"]),
        (b"database: a\n\n", []),
        (b"", []),
    ],
)
def test_each_legal_form_gives_its_data(body: bytes, events: list[str]) -> None:
    assert decode(body) == events


@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n") | st.just("|")), max_size=5
    ),
    ending=ENDINGS,
    bom=st.booleans(),
    places=st.lists(st.integers(0, 10_000), max_size=12),
)
def test_any_split_of_the_bytes_gives_the_same_events(
    texts: list[str], ending: str, bom: bool, places: list[int]
) -> None:
    lines = ("".join(f"data: {line}{ending}" for line in text.split("|")) for text in texts)
    body = "".join(f": note{ending}{data}{ending}" for data in lines).encode()
    body = b"\xef\xbb\xbf" * bom + body

    assert decode(*cut(body, places)) == [text.replace("|", "\n") for text in texts]


@pytest.mark.parametrize("cuts", [[9], [8, 9], [8]])
def test_what_looks_like_an_event_may_be_the_end_of_one(cuts: list[int]) -> None:
    assert decode(*cut(b"data: a\r\ndata: b\n\n", cuts)) == ["a\nb"]


@given(body=st.binary(max_size=60), places=st.lists(st.integers(0, 60), max_size=8))
def test_junk_is_decoded_the_same_however_it_is_cut(body: bytes, places: list[int]) -> None:
    assert decode(*cut(body, places)) == decode(body)


@pytest.mark.parametrize("chunk", [b"x", b"x" * 4096, b"data: x\n"])
def test_an_event_without_end_is_refused_at_the_limit(chunk: bytes) -> None:
    decoder = SSEDecoder(longest_event=10_000)
    endless = (decoder.feed(chunk) for _ in range(20_000))

    with pytest.raises(APIResponseValidationError, match="10000"):
        deque(endless, maxlen=0)


def test_many_events_may_be_larger_than_the_limit_together() -> None:
    decoder = SSEDecoder(longest_event=100)

    events = [event for _ in range(50) for event in decoder.feed(b"event: x\ndata: 12345\n\n")]

    assert len(events) == 50
