"""Pictures that were sent along: what they are, and whether they may be used."""

import struct

from playground.openai.errors import ApiError, bad_request
from playground.openai.multipart import Sent

MEGABYTE = 1024 * 1024
IMAGE_LIMIT, MASK_LIMIT = 50 * MEGABYTE, 4 * MEGABYTE
MOST_IMAGES = 16


def kind_of(data: bytes) -> str | None:
    """Give the format of a picture by its first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def check_images(images: list[bytes]) -> None:
    """Refuse pictures that cannot be edited."""
    if len(images) > MOST_IMAGES:
        text = f"Too many images: at most {MOST_IMAGES} are allowed, but got {len(images)}."
        raise bad_request(text, "image", "array_above_max_length")
    for data in images:
        if kind_of(data) is None:
            raise unreadable("image")
        check_weight(data, IMAGE_LIMIT, "image")


def check_mask(mask: bytes, image: bytes) -> None:
    """Refuse a mask that is no PNG or has another size than the picture."""
    if kind_of(mask) != "png":
        raise bad_request("Invalid mask image format: must be png.", "mask", "invalid_image_file")
    check_weight(mask, MASK_LIMIT, "mask")
    if kind_of(image) == "png" and png_size(image) != png_size(mask):
        raise bad_request(
            "Invalid mask image: its size must be that of the image.", "mask", "invalid_image_file"
        )


def check_square(sent: Sent) -> None:
    """Refuse what is no square PNG below four megabytes."""
    if kind_of(sent.data) != "png":
        raise bad_request("Uploaded image must be a PNG and less than 4 MB.", "image")
    check_weight(sent.data, MASK_LIMIT, "image")
    width, height = png_size(sent.data)
    if width != height:
        raise bad_request("Uploaded image must be square.", "image")


def check_weight(data: bytes, limit: int, param: str) -> None:
    """Refuse a picture that is too large."""
    if len(data) >= limit:
        raise ApiError(413, f"'{param}' must be less than {limit // MEGABYTE} MB.", param=param)


def png_size(data: bytes) -> tuple[int, int]:
    """Give width and height of a PNG."""
    if len(data) < 24:
        raise unreadable("image")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def unreadable(param: str) -> ApiError:
    """Refuse what is no picture."""
    return bad_request(
        "Invalid image file or mode: supported are png, webp and jpg.", param, "invalid_image_file"
    )
