"""Make pictures from words, change shared pictures, make others like them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypedDict, Unpack

from pydantic import BeforeValidator, Field

from bot.commands.images.pictures import Made, dimensions, shown
from bot.commands.material import called, stem
from bot.commands.parcels import Parcel, fetched
from bot.commands.pricing import rate
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown
from bot.desk.request import Request
from bot.desk.values import Values, code, excerpt, plural
from bot.openai.errors import BadRequestError, NotFoundError
from bot.openai.images import ImagesResponse
from bot.openai.images_request import (
    FAMILIES_OF_BASE64,
    Background,
    Level,
    OutputFormat,
    Quality,
    ResponseFormat,
    SmallSize,
    edit_body,
    generate_body,
    variation_form,
)
from bot.openai.rules import Effort
from bot.slack.workspace.files import SharedFile

command = Command("ai")

Count = Annotated[int, Field(ge=1, le=10), Shown("N", label="How many")]
Size = Annotated[str, BeforeValidator(dimensions), Shown("WxH", "1024x1024")]
Compression = Annotated[int, Field(ge=0, le=100)]
Partial = Annotated[int, Field(ge=0, le=3)]
Frames = Annotated[int, Field(ge=2, le=16)]
Duration = Annotated[int, Field(ge=1, le=655_350)]
SafetyId = Annotated[str, Field(max_length=64)]
Pictures = Annotated[tuple[SharedFile, ...], FromFiles(("image",), most=16)]
Mask = Annotated[
    tuple[SharedFile, ...],
    FromFiles(("image",), most=1, named="mask"),
    Shown(label="Mask", hint="A PNG of the same size; what is seen through there is changed."),
]
Markup = Annotated[
    tuple[SharedFile, ...],
    FromFiles(("image",), most=1, named="markup"),
    Shown(label="Markup", hint="A PNG of the same size, drawn over the picture as a guide."),
]

_FORM = ("prompt", "n", "size", "quality", "background", "output_format", "name")
_OURS = ("name", "pictures", "mask", "markup", "svg_model", "svg_effort")  # no fields of requests


class Drawing(TypedDict, total=False):
    """What `image` and `image edit` both take, by the names of OpenAI's fields."""

    size: Annotated[Size | None, "Width and height, such as 1536x1024, or auto."]
    quality: Annotated[Quality | None, "How fine; which ones there are depends on the model."]
    background: Annotated[Background | None, "Whether it can be seen through."]
    output_format: Annotated[OutputFormat | None, "The kind of file."]
    output_compression: Annotated[Compression | None, "From 0 to 100, for jpeg and webp."]
    complexity: Annotated[Level | None, "How much the model thinks about it."]
    response_format: Annotated[
        ResponseFormat | None, "For models that give addresses; a url ends after an hour."
    ]
    frame_count: Annotated[Frames | None, "How many pictures an animation has, for gif."]
    frame_duration_ms: Annotated[Duration | None, "How long each of them is seen, in milliseconds."]
    svg_model: Annotated[
        str | None, "The model that writes an svg, where the server lets you choose."
    ]
    svg_effort: Annotated[Effort | None, "How much that model thinks."]
    user: Annotated[str | None, "A name for the person for whom this is, for the server."]
    safety_identifier: Annotated[SafetyId | None, "The same, hashed, for newer models."]


@command.sub(
    name="image",
    effect="costs",
    also=("image generate", "image create"),
    examples=(
        "image a red fox in the snow, woodcut",
        "image a logo for a bakery --n 3 --size 1024x1024 --background transparent",
    ),
    words=("picture", "images", "draw", "generate", "paint", "photo"),
)
async def generate(
    request: Request,
    prompt: Rest = "",
    *,
    n: Count = 1,
    name: str = "",
    model: str = "",
    style: Literal["vivid", "natural"] | None = None,
    moderation: Literal["low", "auto"] | None = None,
    partial_images: Partial | None = None,
    **drawing: Unpack[Drawing],
) -> Values:
    """Make pictures from words, for the conversation; also `image edit` and `image vary`.

    Args:
        prompt: What is to be seen.
        n: How many pictures.
        name: What the files are called; else by the prompt.
        model: The model's name; else that of OPENAI_MODELS.
        style: For models of the family dall-e-3.
        moderation: How strictly the prompt is judged.
        partial_images: How many unfinished pictures are shown as well.
    """
    if not prompt:
        raise NeedsForm("Make a picture", fields=_FORM, required=("prompt",))
    model = model or request.equipment.house.models["images"]
    client = request.openai("images")
    fields: Any = _fields(request.given, model)
    generate_body(fields, stream=bool(partial_images))
    await request.confirm(
        f"*Make {plural(n, 'picture')} with {code(model)}?* {excerpt(prompt)}"
        f"\n{_options(fields)}{rate(request, model)} Everybody here will see the result.",
        button="Make it" if n == 1 else f"Make {n}",
    )
    await request.progress(f"{code(model)} is drawing …")
    if partial_images:
        made = await _watched(request, client.images.generate_stream(**fields))
    else:
        made = Made(await client.images.generate(**fields))
    return shown(request, made, model, called(name or prompt, "picture"), excerpt(prompt))


@command.sub(
    name="image edit",
    effect="costs",
    also=("image extend", "image change"),
    examples=(
        "image edit make the sky violet",
        "image edit show more of the room on both sides --size 1536x1024 --n 2",
    ),
    words=("picture", "images", "extend", "mask", "inpaint", "outpaint", "change", "photo"),
)
async def edit(
    request: Request,
    prompt: Rest = "",
    pictures: Pictures = (),
    mask: Mask = (),
    markup: Markup = (),
    *,
    n: Count = 1,
    name: str = "",
    model: str = "",
    input_fidelity: Literal["high", "low"] | None = None,
    partial_images: Partial | None = None,
    **drawing: Unpack[Drawing],
) -> Values:
    """Change or extend pictures of the message, or the newest of the thread.

    Args:
        prompt: What is to be changed, or what the extended picture shows.
        pictures: The pictures; several are combined.
        mask: Where to change: a PNG of the same size, seen through there; its name has "mask".
        markup: A PNG of the same size, drawn over it as a guide; its name has "markup".
        n: How many results.
        name: What the files are called; else by the picture.
        model: The model's name; else that of OPENAI_MODELS.
        input_fidelity: How closely faces and details are kept, for older models.
        partial_images: How many unfinished pictures are shown as well.
    """
    if not prompt or not pictures:
        files = () if pictures else ("pictures",)
        raise NeedsForm(
            "Change a picture",
            fields=(*files, "prompt", "mask", *_FORM[1:]),
            required=(*files, "prompt"),
            intro=f"With {_named(pictures)}." if pictures else "",
        )
    model = model or request.equipment.house.models["images"]
    client = request.openai("images")
    fields: Any = _fields(request.given, model)
    async with fetched(request, [*pictures, *mask, *markup]) as parcels:
        fields["image"] = [_file(one) for one in parcels[: len(pictures)]]
        fields["mask"] = _file(parcels[len(pictures)]) if mask else None
        fields["markup"] = _file(parcels[-1]) if markup else None
        edit_body(fields, stream=bool(partial_images))
        inside = f" inside the mask {code(mask[0].name)}" if mask else ""
        inside += f" by the markup {code(markup[0].name)}" if markup else ""
        await request.confirm(
            f"*Change {_named(pictures)}{inside} with {code(model)}?* {excerpt(prompt)}\n"
            f"{plural(n, 'result')}. {_options(fields)}{rate(request, model)} "
            "Everybody here will see the result.",
            button="Change it",
        )
        await request.progress(f"{code(model)} is drawing …")
        if partial_images:
            made = await _watched(request, client.images.edit_stream(**fields))
        else:
            made = Made(await client.images.edit(**fields))
    title = called(name or f"{stem(pictures[0].name)}-edited", "picture")
    return shown(request, made, model, title, excerpt(prompt))


@command.sub(
    name="image vary",
    effect="costs",
    also=("image variations", "image variation"),
    examples=("image vary", "image vary --n 4 --size 512x512"),
    words=("picture", "images", "variation", "variations", "similar", "other"),
)
async def vary(
    request: Request,
    picture: Annotated[tuple[SharedFile, ...], FromFiles(("image",), most=1)] = (),
    *,
    n: Count = 1,
    size: SmallSize | None = None,
    name: str = "",
    model: str = "",
    response_format: ResponseFormat | None = None,
    user: str | None = None,
) -> Values:
    """Make other pictures like a square PNG of the message, or the newest picture of the thread.

    Args:
        picture: The picture.
        n: How many results.
        size: Width and height.
        name: What the files are called; else by the picture.
        model: The model's name; else the server's own choice.
        response_format: Pictures as files (b64_json) or addresses that end after an hour (url).
        user: A name for the person for whom this is, for the server.
    """
    if not picture:
        asked = ("picture", "n", "size", "name")
        raise NeedsForm("Vary a picture", fields=asked, required=("picture",))
    client = request.openai("images")
    base64 = "b64_json" if not model.startswith(FAMILIES_OF_BASE64) else None
    fields: Any = {
        "model": model or None,
        "n": n if n > 1 else None,
        "size": size,
        "response_format": response_format or base64,
        "user": user,
    }
    async with fetched(request, picture) as parcels:
        fields["image"] = _file(parcels[0])
        variation_form(fields)
        with_model = f" with {code(model)}" if model else ""
        await request.confirm(
            f"*Make {plural(n, 'variation')} of {_named(picture)}{with_model}?*\n"
            f"{rate(request, model)} Everybody here will see the result.",
            button="Vary it",
        )
        try:
            made = Made(await client.images.create_variation(**fields))
        except (NotFoundError, BadRequestError) as error:
            raise _no_variations(request, error) from error
    title = called(name or f"{stem(picture[0].name)}-variation", "picture")
    about = f"{plural(n, 'variation')} of {code(picture[0].name)}"
    return shown(request, made, model or "the server's model", title, about)


def _no_variations(request: Request, error: BadRequestError | NotFoundError) -> CommandError:
    words = " ".join(error.message.split())[:200]
    said = f" The server says: {code(words)}" if words else ""
    return CommandError(
        "This server has no model that makes variations (OpenAI retired its last one in 2026). Ask "
        f"for an edit instead, such as `{request.slash('ai image edit another one like this')}`, "
        f"or name a model or credentials that have it with `--model` and `--as`.{said}"
    )


async def _watched(request: Request, stream: Any) -> Made:
    """Return the pictures of a stream, and tell when an unfinished one has come."""
    made = Made(ImagesResponse())
    async with stream:
        async for event in stream:
            made.take(event)
            await request.progress(f"{plural(len(made.partial), 'unfinished picture')} so far …")
    return made


def _fields(given: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return the fields of a request."""
    return {
        **{name: value for name, value in given.items() if name not in _OURS},
        "model": model,
        "n": given["n"] if given["n"] > 1 else None,
        "svg": _svg(given["svg_model"], given["svg_effort"]),
    }


def _svg(model: str | None, effort: str | None) -> dict[str, Any] | None:
    given: dict[str, Any] = {"model": model} if model else {}
    return (given | ({"reasoning": {"effort": effort}} if effort else {})) or None


def _file(parcel: Parcel) -> tuple[str, Any]:
    return parcel.name, parcel.path


def _named(pictures: Sequence[SharedFile]) -> str:
    return ", ".join(code(one.name) for one in pictures)


def _options(fields: dict[str, Any]) -> str:
    """Return the options that change what comes, for a confirmation."""
    names = ("size", "quality", "background", "output_format", "output_compression", "style")
    told = [f"{name.replace('_', ' ')} {fields[name]}" for name in names if fields.get(name)]
    return f"With {', '.join(told)}. " if told else ""
