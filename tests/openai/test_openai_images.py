"""Images made, edited and varied, whole and while they appear."""

import base64
import struct
from pathlib import Path
from typing import Any

import pytest
from openai_answers import answers_json, streams, streams_then_cuts
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.images_request import EditParameters, GenerateParameters


def png(width: int = 8, height: int = 8) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06\0\0\0"


PICTURE = base64.b64encode(b"picture").decode()
USAGE = {
    "input_tokens": 1,
    "output_tokens": 2,
    "total_tokens": 3,
    "input_tokens_details": {"text_tokens": 1, "image_tokens": 0},
}
ANSWER = {"created": 1, "data": [{"b64_json": PICTURE}], "size": "1024x1024", "usage": USAGE}
GENERATE: GenerateParameters = {
    "prompt": "a cat",
    "model": "gpt-image-2",
    "n": 2,
    "size": "1536x864",
    "quality": "high",
    "background": "opaque",
    "output_format": "webp",
    "output_compression": 80,
    "moderation": "low",
    "complexity": "low",
    "user": "u",
    "safety_identifier": "s" * 64,
}
EDIT: EditParameters = {
    "prompt": "add a hat",
    "model": "gpt-image-2",
    "n": 1,
    "size": "auto",
    "quality": "low",
    "background": "auto",
    "output_format": "jpeg",
    "output_compression": 0,
    "input_fidelity": "high",
    "user": "u",
}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "b64_json": PICTURE, "created_at": 1, "size": "1024x1024"} | fields


async def test_every_field_of_a_new_image_is_sent(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(ANSWER, **{"x-request-id": "req_1"}))

    answer = await client.images.generate(**GENERATE)

    assert (server.paths, server.requests) == (["/v1/images/generations"], [GENERATE])
    assert (answer.data[0].content, answer.request_id) == (b"picture", "req_1")
    assert answer.usage is not None
    assert answer.usage.input_tokens_details is not None
    assert answer.usage.input_tokens_details.text_tokens == 1


async def test_an_image_of_older_models_may_be_an_address(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"data": [{"url": "https://a.b/c", "revised_prompt": "d"}]}))

    answer = await client.images.generate(
        prompt="a", model="dall-e-3", style="vivid", quality="hd", response_format="url"
    )

    assert (answer.data[0].url, answer.data[0].revised_prompt) == ("https://a.b/c", "d")
    assert answer.data[0].content == b""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "a" * 32_001}, "prompt"),
        ({"n": 11}, "n"),
        ({"size": "big"}, "size"),
        ({"quality": "best"}, "quality"),
        ({"background": "red"}, "background"),
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"output_format": "bmp"}, "output_format"),
        ({"frame_count": 3}, "frame_count"),
        ({"frame_duration_ms": 100, "output_format": "webp"}, "frame_duration_ms"),
        ({"frame_count": 17, "output_format": "gif"}, "frame_count"),
        ({"output_compression": 90, "output_format": "gif"}, "output_compression"),
        ({"svg": {"model": "m"}}, "svg"),
        ({"svg": {"model": ""}, "output_format": "svg"}, "svg.model"),
        (
            {"svg": {"reasoning": {"effort": "huge"}}, "output_format": "svg"},
            "svg.reasoning.effort",
        ),
        ({"n": 2, "output_format": "svg"}, "n"),
        ({"output_format": "jpeg", "output_compression": 101}, "output_compression"),
        ({"output_compression": 50, "output_format": "png"}, "output_compression"),
        ({"moderation": "off"}, "moderation"),
        ({"partial_images": 1}, "partial_images"),
        ({"model": "gpt-image-2", "response_format": "url"}, "response_format"),
        ({"style": "dull"}, "style"),
        ({"mask": b""}, "mask"),
    ],
)
async def test_wrong_values_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.images.generate(**({"prompt": "a"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_an_image_appears_bit_by_bit(server: Server, client: OpenAI) -> None:
    partial, final = "image_generation.partial_image", "image_generation.completed"
    server.answers(
        streams(
            event(partial, partial_image_index=0),
            event(partial, partial_image_index=1),
            event(final, usage=USAGE),
        )
    )

    async with client.images.generate_stream(prompt="a", partial_images=2) as stream:
        events = [event async for event in stream]

    assert [one.partial_image_index for one in events] == [0, 1, None]
    assert [one.is_final for one in events] == [False, False, True]
    assert events[-1].content == b"picture"
    assert server.requests == [{"prompt": "a", "partial_images": 2, "stream": True}]


async def test_an_animation_cannot_be_watched(server: Server, client: OpenAI) -> None:
    with pytest.raises(errors.InvalidRequestError, match="cannot be gif in a stream"):
        client.images.generate_stream(prompt="a", output_format="gif")

    assert server.paths == []


async def test_several_images_appear_one_after_the_other(server: Server, client: OpenAI) -> None:
    final = event("image_generation.completed")
    server.answers(streams(final, final), streams(final, "[DONE]"))

    for expected in (2, 1):
        async with client.images.generate_stream(prompt="a", n=2) as stream:
            assert len([event async for event in stream]) == expected


async def test_a_server_that_does_not_stream_gives_the_finished_image(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_json(ANSWER))

    async with client.images.generate_stream(prompt="a") as stream:
        (only,) = [event async for event in stream]

    assert (only.is_final, only.content, only.size) == (True, b"picture", "1024x1024")


@pytest.mark.parametrize("cut", [True, False])
async def test_an_image_that_is_never_finished_is_an_error(
    server: Server, client: OpenAI, cut: bool
) -> None:
    partial = event("image_generation.partial_image", partial_image_index=0)
    server.answers((streams_then_cuts if cut else streams)(partial))

    async with client.images.generate_stream(prompt="a") as stream:
        assert (await anext(stream)).partial_image_index == 0
        with pytest.raises(errors.StreamError):
            await anext(stream)


async def test_one_picture_is_edited_inside_a_mask(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(ANSWER))

    await client.images.edit(**EDIT, image=png(), mask=("m.png", png()))

    assert server.paths == ["/v1/images/edits"]
    *fields, image, mask = server.requests[0]
    assert {part.name: part.data.decode() for part in fields} == {
        name: str(value) for name, value in EDIT.items()
    }
    assert image == ("image", png(), "image.png", "image/png")
    assert mask == ("mask", png(), "m.png", "image/png")


async def test_a_picture_is_edited_by_a_markup_into_an_animation(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_json(ANSWER))
    moving: EditParameters = {
        "prompt": "p",
        "output_format": "gif",
        "frame_count": 4,
        "frame_duration_ms": 100,
    }

    await client.images.edit(**moving, image=png(), markup=("m.png", png()))

    *fields, _, markup = server.requests[0]
    assert {part.name: part.data.decode() for part in fields} == {
        name: str(value) for name, value in moving.items()
    }
    assert markup == ("markup", png(), "m.png", "image/png")


async def test_an_svg_names_its_model_and_tells_its_cost(server: Server, client: OpenAI) -> None:
    usage = {"model": "a", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    server.answers(answers_json(ANSWER | {"svg_usage": usage}))
    drawn: GenerateParameters = {
        "prompt": "p",
        "output_format": "svg",
        "svg": {"model": "a", "reasoning": {"effort": "low"}},
    }

    answer = await client.images.generate(**drawn)

    assert server.requests == [drawn]
    assert answer.svg_usage is not None
    assert answer.svg_usage.output_tokens == 2


async def test_several_pictures_are_edited_together(
    server: Server, client: OpenAI, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xffjpeg")
    server.answers(answers_json(ANSWER))

    await client.images.edit(prompt="p", image=[tmp_path / "a.jpg", png(), ("c.webp", b"webp")])

    assert [(part.name, part.filename, part.content_type) for part in server.requests[0][1:]] == [
        ("image[]", "a.jpg", "image/jpeg"),
        ("image[]", "image.png", "image/png"),
        ("image[]", "c.webp", "image/webp"),
    ]


async def test_pictures_by_address_go_as_json(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(ANSWER))
    fields: EditParameters = {
        "prompt": "p",
        "images": [{"image_url": "https://a.b/c.png"}, {"file_id": "file-1"}],
        "mask": {"file_id": "file-2"},
        "moderation": "auto",
    }

    await client.images.edit(**fields)

    assert server.requests == [fields]
    assert server.headers[0]["Content-Type"] == "application/json"


async def test_an_edit_can_be_watched(server: Server, client: OpenAI) -> None:
    server.answers(streams(event("image_edit.partial_image"), event("image_edit.completed")))

    async with client.images.edit_stream(prompt="p", image=png(), partial_images=1) as stream:
        types = [event.type async for event in stream]

    assert types == ["image_edit.partial_image", "image_edit.completed"]
    sent = {part.name: part.data for part in server.requests[0]}
    assert (sent["stream"], sent["partial_images"]) == (b"true", b"1")
    assert server.headers[0]["Accept"] == "text/event-stream"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "image"),
        ({"image": png(), "images": [{"file_id": "f"}]}, "image"),
        ({"image": [png()] * 17}, "image"),
        ({"image": []}, "image"),
        ({"image": ("a.gif", b"GIF89a")}, "image"),
        ({"image": png(), "mask": ("m.png", b"no png")}, "mask"),
        ({"image": png(), "mask": ("m.png", b"\x89PNG\r\n\x1a\n")}, "mask"),
        ({"image": png(8, 8), "mask": png(8, 9)}, "mask"),
        ({"image": png(), "mask": png() + bytes(4 * 1024 * 1024)}, "mask"),
        ({"image": png(), "mask": {"file_id": "f"}}, "mask"),
        ({"image": png(), "moderation": "low"}, "moderation"),
        ({"images": [{"file_id": "f", "image_url": "u"}]}, "images[0]"),
        ({"images": [{}]}, "images[0]"),
        ({"images": [{"file_id": "f"}], "mask": png()}, "mask"),
        ({"images": [{"file_id": "f"}], "response_format": "url"}, "response_format"),
        ({"image": png(), "input_fidelity": "mid"}, "input_fidelity"),
        ({"image": png(), "mask": png(), "markup": png()}, "markup"),
        ({"image": png(8, 8), "markup": png(8, 9)}, "markup"),
        ({"images": [{"file_id": "f"}], "markup": png()}, "markup"),
        ({"image": png(), "mask": png(), "output_format": "gif"}, "mask"),
        ({"image": png(), "quality": "hd"}, "quality"),
        ({"image": png() + bytes(50 * 1024 * 1024)}, "image"),
    ],
)
async def test_wrong_edits_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.images.edit(**({"prompt": "p"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_a_picture_is_varied(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"created": 1, "data": [{"url": "https://a.b/c"}]}))

    answer = await client.images.create_variation(
        image=png(), model="dall-e-2", n=2, size="512x512", response_format="url", user="u"
    )

    assert answer.data[0].url == "https://a.b/c"
    assert server.paths == ["/v1/images/variations"]
    assert [part.name for part in server.requests[0]] == [
        "model",
        "n",
        "size",
        "response_format",
        "user",
        "image",
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"image": png(8, 9)}, {"image": ("a.png", b"x")}, {"size": "1x1"}, {"n": 0}],
)
async def test_wrong_variations_are_not_sent(server: Server, client: OpenAI, wrong: Any) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await client.images.create_variation(**({"image": png()} | wrong))

    assert server.paths == []


@pytest.mark.parametrize("size", ["1000x1000", "3200x1024", "4096x2304", "3840x3840"])
async def test_sizes_that_a_model_of_free_sizes_lacks_are_not_sent(
    client: OpenAI, server: Server, size: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.images.generate(prompt="a cat", model="gpt-image-2.6-flare", size=size)

    assert caught.value.param == "size"
    assert server.paths == []


async def test_sizes_of_other_models_are_left_to_their_server(
    client: OpenAI, server: Server
) -> None:
    server.answers(answers_json(ANSWER))

    await client.images.generate(prompt="a cat", model="sdxl", size="1000x1000")

    assert server.requests[0]["size"] == "1000x1000"


@pytest.mark.parametrize("data", ["é", "a"])
async def test_a_picture_that_is_no_base64_is_an_error(
    server: Server, client: OpenAI, data: str
) -> None:
    server.answers(answers_json({"data": [{"b64_json": data}]}))

    made = await client.images.generate(prompt="a cat")

    with pytest.raises(errors.APIResponseValidationError):
        assert made.data[0].content
