"""Multipart bodies: whatever a client puts in comes out again."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.openai.errors import ApiError
from playground.openai.multipart import read_form

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda name: "%" not in name and "\\" not in name
)


@given(filename=NAMES, data=st.binary(), text=st.text(st.characters(exclude_categories=["Cs"])))
def test_files_and_texts_survive(filename, data, text):
    files = {"file": (filename, data, "text/x-test"), "text": (None, text.encode())}
    request = httpx.Request("POST", "http://127.0.0.1/", files=files)

    form = read_form(request.headers["content-type"], request.read())

    assert form.file("file").data == data
    assert form.file("file").filename == filename
    assert form.file("file").content_type == "text/x-test"
    assert form.text("text") == text


def test_repeated_names_keep_their_order():
    body = b'--b\r\nContent-Disposition: form-data; name="x[]"\r\n\r\n1\r\n' * 2 + b"--b--\r\n"

    form = read_form("multipart/form-data; boundary=b", body)

    assert form.texts == {"x[]": ["1", "1"]}
    assert form.names == {"x[]"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx"),
        ("multipart/form-data; boundary=b", b"--b\r\nno head\r\n--b--"),
    ],
)
def test_broken_bodies_are_refused(kind, body):
    with pytest.raises(ApiError) as caught:
        read_form(kind, body)

    assert caught.value.status == 400
