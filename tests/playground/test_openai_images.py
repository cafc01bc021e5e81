"""Pictures: real files of the asked size and format, streamed, edited, varied, refused."""

import base64
import json
import struct
import zlib
from typing import Any

import httpx
import pytest

from playground.openai.images.gif import run as gif_run
from playground.openai.images.picture import Picture
from playground.openai.images.png import png

SVG_BY = {"output_format": "svg", "svg": {"model": "stand-in", "reasoning": {"effort": "low"}}}
MODEL = {"model": "gpt-image-2", "prompt": "a cat"}
SMALL = png(Picture("small", 64, 64))
WIDE = png(Picture("wide", 128, 64))
VARIATIONS = {"model": "stand-in-variations"}


async def drawn(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/images/generations", json=MODEL | fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def data_of(answer: dict[str, Any], place: int = 0) -> bytes:
    return base64.b64decode(answer["data"][place]["b64_json"])


def events_of(raw: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in raw.splitlines() if line.startswith("data: ")]


def pixels(data: bytes) -> set[bytes]:
    """Give the rows of a PNG of one bit for each pixel, as far as the test needs them."""
    start = data.index(b"IDAT")
    size = struct.unpack(">I", data[start - 4 : start])[0]
    raw = zlib.decompress(data[start + 4 : start + 4 + size])
    width = struct.unpack(">I", data[16:20])[0] // 8 + 1
    return {raw[n : n + width] for n in range(0, len(raw), width)}


async def test_a_picture_is_a_real_png_of_the_asked_size(api):
    answer = await drawn(api, size="1536x1024")
    data = data_of(answer)

    assert struct.unpack(">II", data[16:24]) == (1536, 1024)
    assert len(pixels(data)) > 5
    assert (answer["size"], answer["output_format"]) == ("1536x1024", "png")
    assert (answer["quality"], answer["background"]) == ("medium", "opaque")


@pytest.mark.parametrize(
    ("form", "start", "end"),
    [
        ("png", b"\x89PNG", b"\xaeB`\x82"),
        ("jpeg", b"\xff\xd8\xff\xe0", b"\xff\xd9"),
        ("webp", b"RIFF", b""),
        ("gif", b"GIF89a", b";"),
        ("svg", b"<svg ", b"</svg>\n"),
    ],
)
async def test_every_format_is_written(api, form, start, end):
    answer = await drawn(api, output_format=form, size="256x256")
    data = data_of(answer)

    assert answer["output_format"] == form
    assert data.startswith(start)
    assert data.endswith(end)
    assert len(data) > 100


async def test_webp_says_its_own_size(api):
    data = data_of(await drawn(api, output_format="webp", background="transparent"))
    bits = int.from_bytes(data[21:25], "little")

    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    assert (data[8:16], data[20]) == (b"WEBPVP8L", 0x2F)
    assert (bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1) == (1023, 1023, 1)


async def test_pictures_differ_by_words_and_number(api):
    cats, dog = await drawn(api, n=2), await drawn(api, prompt="a dog")

    assert data_of(cats) == data_of(await drawn(api))
    assert len({data_of(cats), data_of(cats, 1), data_of(dog)}) == 3
    assert cats["usage"]["output_tokens"] == 2 * dog["usage"]["output_tokens"]


async def test_partial_pictures_come_first_in_a_stream(api):
    body = MODEL | {"stream": True, "partial_images": 2, "size": "256x256"}
    raw = (await api.post("/images/generations", json=body)).text
    *partial, last = events_of(raw)

    assert [one["type"] for one in partial] == ["image_generation.partial_image"] * 2
    assert [one["partial_image_index"] for one in partial] == [0, 1]
    assert last["type"] == "image_generation.completed"
    assert last["usage"]["total_tokens"] > 0
    assert len({one["b64_json"] for one in [*partial, last]}) == 3
    assert raw.startswith("event: image_generation.partial_image\n")


async def test_pictures_are_edited_with_a_mask(api):
    files = [("image[]", ("a.png", SMALL)), ("image[]", ("b.png", SMALL)),
             ("mask", ("m.png", SMALL))]  # fmt: skip
    fields = {**MODEL, "n": "2", "size": "1024x1024", "quality": "low", "output_format": "jpeg"}
    answer = await api.post("/images/edits", files=files, data=fields)

    assert len(answer.json()["data"]) == 2
    assert answer.json()["usage"]["input_tokens_details"]["image_tokens"] > 0
    assert data_of(answer.json()).startswith(b"\xff\xd8")


async def test_edits_are_streamed(api):
    fields = {**MODEL, "stream": "true", "partial_images": "1"}
    answer = await api.post("/images/edits", files={"image": ("a.png", SMALL)}, data=fields)

    types = [one["type"] for one in events_of(answer.text)]
    assert types == ["image_edit.partial_image", "image_edit.completed"]


async def test_pictures_to_edit_may_be_files_or_data_urls(api):
    sent = {"file": ("a.png", SMALL)}
    file = (await api.post("/files", files=sent, data={"purpose": "vision"})).json()["id"]
    url = f"data:image/png;base64,{base64.b64encode(SMALL).decode()}"

    body = MODEL | {"images": [{"file_id": file}, {"image_url": url}]}
    answer = await api.post("/images/edits", json=body)

    assert answer.status_code == 200
    assert len(answer.json()["data"]) == 1


async def test_variations_are_shown_for_an_hour(api, clock):
    fields = {**VARIATIONS, "n": "2", "size": "256x256"}
    answer = await api.post("/images/variations", files={"image": ("a.png", SMALL)}, data=fields)
    url = answer.json()["data"][1]["url"]

    shown = await api.get(url, headers={"Authorization": ""})
    clock.ahead += 3_601
    gone = await api.get(url)

    assert struct.unpack(">II", shown.content[16:24]) == (256, 256)
    assert (shown.headers["content-type"], gone.status_code) == ("image/png", 404)


async def test_variations_come_as_base64_too(api):
    fields = {**VARIATIONS, "response_format": "b64_json"}
    answer = await api.post("/images/variations", files={"image": ("a.png", SMALL)}, data=fields)

    assert data_of(answer.json()).startswith(b"\x89PNG")


async def test_the_old_model_for_variations_is_gone(api):
    answer = await api.post("/images/variations", files={"image": ("a.png", SMALL)})

    assert answer.status_code == 404
    assert "dall-e-2" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"prompt": None}, "prompt", "missing_required_parameter"),
        ({"prompt": "x" * 32_001}, "prompt", "string_above_max_length"),
        ({"n": 11}, "n", "integer_above_max_value"),
        ({"size": "1000x1000"}, "size", "invalid_value"),
        ({"size": "4096x1024"}, "size", "invalid_value"),
        ({"size": "3200x1024"}, "size", "invalid_value"),
        ({"size": "large"}, "size", "invalid_value"),
        ({"model": "gpt-image-1.5", "size": "1536x864"}, "size", "invalid_value"),
        ({"quality": "hd"}, "quality", "invalid_value"),
        ({"quality": "xhigh"}, "quality", "invalid_value"),
        ({"response_format": "url"}, "response_format", "unknown_parameter"),
        ({"style": "vivid"}, "style", "unknown_parameter"),
        ({"output_format": "bmp"}, "output_format", "invalid_value"),
        ({"output_compression": 50}, "output_compression", None),
        ({"background": "transparent", "output_format": "jpeg"}, "background", None),
        ({"partial_images": 1}, "partial_images", None),
        ({"stream": True, "partial_images": 4}, "partial_images", "integer_above_max_value"),
        ({"prompt": "a gory corpse"}, None, "moderation_blocked"),
    ],
)
async def test_unsound_requests_are_refused(api, fields, param, code):
    refused = await api.post("/images/generations", json=MODEL | fields)

    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, param, code)


@pytest.mark.parametrize(
    ("files", "fields", "param"),
    [
        ([], {}, "image"),
        ([("image", ("a.txt", b"hello"))], {}, "image"),
        ([("image[]", ("a.png", SMALL))] * 17, {}, "image"),
        ([("image", ("a.png", SMALL)), ("mask", ("m.jpg", b"\xff\xd8\xff"))], {}, "mask"),
        ([("image", ("a.png", SMALL)), ("mask", ("m.png", WIDE))], {}, "mask"),
        ([("image", ("a.png", SMALL)), ("face", ("m.png", WIDE))], {}, "face"),
        ([("image", ("a.png", SMALL))], {"n": "two"}, "n"),
        ([("image", ("a.png", SMALL))], {"input_fidelity": "high"}, "input_fidelity"),
        ([("image", ("a.png", SMALL))], {"moderation": "low"}, "moderation"),
    ],
)
async def test_unsound_edits_are_refused(api, files, fields, param):
    sent = files or [("nothing", (None, b""))]
    refused = await api.post("/images/edits", files=sent, data=MODEL | fields)

    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == (param if files else "nothing")


@pytest.mark.parametrize(
    ("data", "fields", "param"),
    [
        (WIDE, VARIATIONS, "image"),
        (b"\xff\xd8\xff", VARIATIONS, "image"),
        (SMALL, VARIATIONS | {"size": "64x64"}, "size"),
        (SMALL, VARIATIONS | {"prompt": "x"}, "prompt"),
        (SMALL, {"model": "gpt-image-2"}, "model"),
    ],
)
async def test_unsound_variations_are_refused(api, data, fields, param):
    refused = await api.post("/images/variations", files={"image": ("a.png", data)}, data=fields)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)


async def test_a_gif_has_the_asked_frames_and_pause(api):
    answer = await drawn(api, output_format="gif", frame_count=3, frame_duration_ms=500)
    data = data_of(answer)

    assert struct.unpack("<HH", data[6:10]) == (1024, 1024)
    assert data.count(b"\x21\xf9\x04" + struct.pack("<BHB", 8, 50, 0)) == 3


def test_a_run_of_a_gif_is_read_back_at_every_length():
    assert [unpacked(gif_run(True, length)) for length in (1, 2, 3, 7, 512, 3840)] == [
        b"\1" * length for length in (1, 2, 3, 7, 512, 3840)
    ]


def unpacked(bits: str) -> bytes:
    """Read strings of pixels as a viewer of GIF does, up to the order to forget."""
    known: dict[int, bytes] = {0: b"\0", 1: b"\1"}
    place, following, before, pixels = 0, 6, b"", b""
    while True:
        size = max(3, following.bit_length())
        code, place = int(bits[place : place + size][::-1], 2), place + size
        if code == 4:
            return pixels
        string = known.get(code, before + before[:1])
        if before:
            known[following] = before + string[:1]
            following += 1
        before, pixels = string, pixels + string


async def test_an_svg_tells_what_its_author_cost(api):
    answer = await drawn(api, **SVG_BY)

    assert answer["svg_usage"]["model"] == "stand-in"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"frame_count": 3}, "frame_count"),
        ({"output_format": "gif", "frame_count": 17}, "frame_count"),
        ({"output_format": "gif", "stream": True}, "stream"),
        ({"output_format": "gif", "svg": {"model": "m"}}, "svg"),
        ({"output_format": "svg", "n": 2}, "n"),
        ({"output_format": "svg", "svg": {}}, "svg.model"),
    ],
)
async def test_what_does_not_go_with_a_format_is_refused(api, fields, param):
    answer = await api.post("/images/generations", json=MODEL | fields)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
