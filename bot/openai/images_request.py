"""What an image may be asked for: each documented field, its rule, and the bodies made of them."""

import struct
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import Effort, Filled, Options, checked, several, shape, text, whole
from bot.openai.wire.multipart import FileContent, FileInput, Form, file_content

MEGABYTE = 1024 * 1024
LARGEST_IMAGE = 50 * MEGABYTE
LARGEST_MASK = 4 * MEGABYTE
MOST_IMAGES = 16
ENDINGS = ("png", "webp", "jpg", "jpeg")
PNG_START = b"\x89PNG\r\n\x1a\n"
FAMILIES_OF_BASE64 = ("gpt-image", "chatgpt-image")
FREE_SIZES = "gpt-image-2"  # and all that begin so
LONGEST_SIDE = 3840
MOST_PIXELS = 3840 * 2160

Background = Literal["transparent", "opaque", "auto"]
OutputFormat = Literal["png", "jpeg", "webp", "gif", "svg"]
ResponseFormat = Literal["url", "b64_json"]
Quality = Literal["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"]
Level = Literal["low", "medium", "high"]
SmallSize = Literal["256x256", "512x512", "1024x1024"]

PROMPT = text(1, 32_000)
SIZE = text(like=r"auto|[1-9]\d{0,4}x[1-9]\d{0,4}", says="must be auto or WIDTHxHEIGHT")


class SvgReasoning(TypedDict, total=False):
    """How much the model that writes an SVG thinks."""

    effort: Effort


class Svg(TypedDict, total=False):
    """Which model writes the SVG of a picture."""

    model: Filled
    reasoning: SvgReasoning


class ImageParameters(Options, total=False):
    """The fields that making and editing an image share; None leaves a field out."""

    prompt: Required[Annotated[str, PROMPT]]
    model: Filled | None
    n: Annotated[int | None, whole(1, 10)]
    size: Annotated[str | None, SIZE]
    quality: Quality | None
    complexity: Level | None
    background: Background | None
    output_format: OutputFormat | None
    output_compression: Annotated[int | None, whole(0, 100)]
    response_format: ResponseFormat | None
    moderation: Literal["low", "auto"] | None
    partial_images: Annotated[int | None, whole(0, 3)]
    frame_count: Annotated[int | None, whole(2, 16)]
    frame_duration_ms: Annotated[int | None, whole(1, 655_350)]
    svg: Svg | None
    user: str | None
    safety_identifier: Annotated[str | None, text(0, 64)]


class GenerateParameters(ImageParameters, total=False):
    """The fields of an image to be made."""

    style: Literal["vivid", "natural"] | None


class ImageReference(TypedDict, total=False):
    """A picture that the server fetches or has: one of the two."""

    image_url: Filled
    file_id: Filled


def reference(field: str, value: Any) -> Any:
    """Check a picture by address or file id."""
    given = shape(ImageReference)(field, value)
    if len(given) != 1:
        raise InvalidRequestError(field, "needs either image_url or file_id")
    return given


class EditParameters(ImageParameters, total=False):
    """The fields of an image to be edited: `image` holds files, `images` names pictures.

    `mask` and `markup` are PNG of the first picture's size: the one says where to change it, the
    other is drawn over it to guide the change.
    """

    image: FileInput | Sequence[FileInput] | None
    images: Annotated[Sequence[ImageReference] | None, several(reference, 1, MOST_IMAGES)]
    mask: FileInput | ImageReference | None
    markup: FileInput | None
    input_fidelity: Literal["high", "low"] | None


class VariationParameters(Options, total=False):
    """The fields of variations of an image."""

    image: Required[FileInput]
    model: Filled | None
    n: Annotated[int | None, whole(1, 10)]
    size: SmallSize | None
    response_format: ResponseFormat | None
    user: str | None


def generate_body(parameters: GenerateParameters, *, stream: bool) -> dict[str, Any]:
    """Return the body of a request to make images."""
    body = checked(GenerateParameters, parameters)
    return _consistent(body, stream=stream)


def edit_body(
    parameters: EditParameters, *, stream: bool
) -> tuple[dict[str, Any], list[tuple[str, FileContent]]]:
    """Return the fields of a request to edit, and the files that go along by name."""
    fields = checked(EditParameters, parameters)
    pictures, mask, markup = (fields.pop(name, None) for name in ("image", "mask", "markup"))
    if (pictures is None) == ("images" not in fields):
        raise InvalidRequestError("image", "or images is required, and not both")
    if fields.get("quality") == "hd":
        raise InvalidRequestError("quality", "hd goes only with images that are made anew")
    _consistent(fields, stream=stream)
    if mask is not None:
        _refuse_mask(fields, markup)
    if pictures is None:
        return _by_reference(fields, mask, markup), []
    if "moderation" in fields:
        raise InvalidRequestError("moderation", "goes only with pictures in images")
    files = _pictures(pictures)
    name, beside = "image" if len(files) == 1 else "image[]", {"mask": mask, "markup": markup}
    over = [(name, _over(name, one, files[0])) for name, one in beside.items() if one is not None]
    return fields, [*((name, one) for one in files), *over]


def _refuse_mask(fields: Mapping[str, Any], markup: Any) -> None:
    if markup is not None:
        raise InvalidRequestError("markup", "cannot go with a mask")
    if fields.get("output_format") == "gif":
        raise InvalidRequestError("mask", "cannot go with output_format gif")


def _by_reference(fields: dict[str, Any], mask: Any, markup: Any) -> dict[str, Any]:
    if mask is not None:
        fields["mask"] = reference("mask", mask)
    for name, given in (("response_format", fields.get("response_format")), ("markup", markup)):
        if given is not None:
            raise InvalidRequestError(name, "goes only with files in image")
    return fields


def variation_form(parameters: VariationParameters) -> Form:
    """Return the form that asks for variations of a picture."""
    fields = checked(VariationParameters, parameters)
    file = file_content("image", fields.pop("image"))
    width, height = _small_png("image", file)
    if width != height:
        raise InvalidRequestError("image", f"must be square and is {width}x{height}")
    return Form(fields, ("image", file))


def _consistent(body: dict[str, Any], *, stream: bool) -> dict[str, Any]:
    """Refuse fields that exclude each other; ask for a stream."""
    model = str(body.get("model", ""))
    if "response_format" in body and model.startswith(FAMILIES_OF_BASE64):
        raise InvalidRequestError("response_format", f"is not known to {model}")
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        raise InvalidRequestError("background", "cannot be transparent in a jpeg")
    if body.get("output_compression", 100) < 100 and body.get("output_format") == "png":
        raise InvalidRequestError("output_compression", "needs output_format jpeg or webp")
    if "partial_images" in body and not stream:
        raise InvalidRequestError("partial_images", "goes only with a stream")
    _fit_for_format(body, stream=stream)
    if model.startswith(FREE_SIZES):
        _fit_size(str(body.get("size", "auto")))
    if stream:
        body["stream"] = True
    return body


def _fit_size(size: str) -> None:
    """Refuse sizes that models of free sizes do not have."""
    if size == "auto":
        return
    width, height = (int(part) for part in size.split("x"))
    if width % 16 or height % 16:
        raise InvalidRequestError("size", "must have a width and a height that are multiples of 16")
    if not 1 / 3 <= width / height <= 3:
        raise InvalidRequestError("size", "must be between 1:3 and 3:1")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise InvalidRequestError("size", "may be 3840x2160 at most")


def _fit_for_format(body: Mapping[str, Any], *, stream: bool) -> None:
    """Refuse fields that the kind of file does not know, or that only another one knows."""
    kind = body.get("output_format")
    for field, wanted in (("frame_count", "gif"), ("frame_duration_ms", "gif"), ("svg", "svg")):
        if field in body and kind != wanted:
            raise InvalidRequestError(field, f"goes only with output_format {wanted}")
    if kind not in ("gif", "svg"):
        return
    if stream:
        raise InvalidRequestError("output_format", f"cannot be {kind} in a stream")
    if "output_compression" in body:
        raise InvalidRequestError("output_compression", f"cannot go with output_format {kind}")
    if kind == "svg" and body.get("n", 1) > 1:
        raise InvalidRequestError("n", "must be 1 with output_format svg")


def _pictures(given: Any) -> list[FileContent]:
    is_list = isinstance(given, list) or (
        isinstance(given, tuple) and bool(given) and not isinstance(given[0], str)
    )
    pictures = list(given) if is_list else [given]
    if not 1 <= len(pictures) <= MOST_IMAGES:
        raise InvalidRequestError("image", f"must be 1 to {MOST_IMAGES} pictures")
    return [_picture("image", file_content("image", one)) for one in pictures]


def _picture(field: str, file: FileContent) -> FileContent:
    if file.name.lower().rpartition(".")[2] not in ENDINGS:
        raise InvalidRequestError(field, "must be a png, webp or jpg")
    if file.size >= LARGEST_IMAGE:
        raise InvalidRequestError(field, f"must be smaller than 50 MB: {file.name} is not")
    return file


def _over(field: str, given: FileInput | Mapping[str, Any], picture: FileContent) -> FileContent:
    """Return a PNG that lies over the picture."""
    if isinstance(given, Mapping):
        raise InvalidRequestError(field, "must be a file where image is one")
    file = file_content(field, given)
    size, wanted = _small_png(field, file), png_size(picture.head(24))
    if wanted is not None and size != wanted:
        raise InvalidRequestError(
            field, f"must have the picture's size {wanted[0]}x{wanted[1]}, not {size[0]}x{size[1]}"
        )
    return file


def _small_png(field: str, file: FileContent) -> tuple[int, int]:
    size = png_size(file.head(24))
    if size is None:
        raise InvalidRequestError(field, "must be a png")
    if file.size >= LARGEST_MASK:
        raise InvalidRequestError(field, "must be smaller than 4 MB")
    return size


def png_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG by its first 24 bytes, None when it is none."""
    if not head.startswith(PNG_START) or len(head) < 24:
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height
