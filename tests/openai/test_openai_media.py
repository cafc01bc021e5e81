"""Pictures and documents in requests to models that take none, or few."""

from typing import Any

import pytest

from bot.openai.chat.adapt import Lesson, lesson
from bot.openai.chat.media import GONE, doubted, kept, wanted
from bot.openai.errors import BadRequestError

IMAGES = "messages.image_url"


def asked(*numbers: int) -> list[dict[str, Any]]:
    """Return messages with so many pictures each."""
    return [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look"},
                *({"type": "image_url", "image_url": {"url": f"{n}.{k}"}} for k in range(number)),
            ],
        }
        for n, number in enumerate(numbers)
    ]


def urls(messages: list[Any]) -> list[str]:
    parts = [
        part for one in messages if isinstance(one["content"], list) for part in one["content"]
    ]
    return [part["image_url"]["url"] for part in parts if "image_url" in part]


@pytest.mark.parametrize(
    "refusal",
    [
        "None Invalid content type. image_url is only supported by certain models.",
        "None Failed to deserialize the JSON body into the target type: messages[1]: unknown "
        "variant `image_url`, expected `text` at line 1 column 300",
        "500 image input is not supported - hint: if this is unexpected, you may need to provide "
        "the mmproj",
        "404 No endpoints found that support image input",
        "None mixtral is not a multimodal model",
        "None 'messages.1.content' : content must be a string",
        "None This model does not support image inputs.",
        "None Vision is not enabled for this model",
    ],
)
def test_models_that_take_no_pictures_are_understood(refusal: str) -> None:
    assert wanted(400, refusal, asked(1)) == (IMAGES, {"most": 0})


@pytest.mark.parametrize(
    "refusal",
    [
        "invalid_image_format You uploaded an unsupported image. Please make sure your image has "
        "of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
        "None messages.0.content.1.image: image exceeds 5 MB maximum",
        "image_parse_error The image data you provided does not represent a valid image.",
    ],
)
def test_what_is_wrong_with_one_picture_says_nothing_of_the_model(refusal: str) -> None:
    assert wanted(400, refusal, asked(1)) is None
    assert doubted(400, refusal, asked(1)) == (IMAGES, {"most": 0})


def test_the_number_that_a_server_takes_is_learned() -> None:
    assert wanted(400, "At most 2 image(s) may be provided in one prompt.", asked(3)) == (
        IMAGES,
        {"most": 2},
    )


@pytest.mark.parametrize("messages", [asked(0), [{"role": "user", "content": "an image?"}]])
def test_a_request_without_pictures_is_refused_for_something_else(messages: Any) -> None:
    assert wanted(400, "image_url is only supported by certain models.", messages) is None


def test_the_newest_pictures_are_kept() -> None:
    few = kept(
        [*asked(2, 1), {"role": "assistant", "content": None}, *asked(2)[:1]], "image_url", 3
    )

    assert urls(few) == ["1.0", "0.0", "0.1"]
    assert few[0]["content"] == f"look\n{GONE['image_url']}"


def test_of_one_message_the_last_pictures_are_kept() -> None:
    (one,) = kept(asked(3), "image_url", 1)

    assert [part["type"] for part in one["content"]] == ["text", "text", "image_url"]
    assert urls([one]) == ["0.2"]


PDF = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,"}}


@pytest.mark.parametrize(
    "refusal",
    ["None Unknown part type: file", "None This model does not support file inputs."],
)
def test_models_that_take_no_documents_may_take_pictures(refusal: str) -> None:
    messages = [*asked(1), {"role": "user", "content": [PDF]}]

    assert wanted(400, refusal, messages) == ("messages.file", {"most": 0})


@pytest.mark.parametrize(
    "refusal",
    [
        "unknown variant `developer`, expected one of `system`, `user`",
        "'reasoning_effort' is only supported by certain models.",
        "'user': expected a string",
    ],
)
def test_what_is_refused_beside_a_picture_says_nothing_of_pictures(refusal: str) -> None:
    assert wanted(400, refusal, asked(1)) is None


@pytest.mark.parametrize(
    ("status", "text", "field"),
    [
        (413, "Request Entity Too Large", IMAGES),
        (400, "invalid message format", IMAGES),
        (500, "cannot decode the image", IMAGES),
        (500, "oops", None),
        (404, "no such model", None),
    ],
)
def test_pictures_are_left_out_where_they_may_be_the_reason(
    status: int, text: str, field: str | None
) -> None:
    told = doubted(status, text, asked(1))

    assert told == ((field, {"most": 0}) if field else None)


def test_a_parameter_that_is_refused_beside_a_picture_is_left_out_and_the_picture_sent() -> None:
    text = "Unsupported parameter: 'temperature' is not taken by vision models."
    refusal = BadRequestError(text, status=400, code="unsupported_parameter", param="temperature")

    found = lesson(refusal, {"messages": asked(1), "temperature": 0.2}, {})

    assert found == Lesson("temperature", {"drop": True})
