"""/v1/images: generations, edits, variations."""

import base64
import binascii
from hashlib import blake2b
from typing import Any

from aiohttp import web

from playground.openai.checks.form_fields import form_values
from playground.openai.checks.shape import array, check_known, nested, text
from playground.openai.errors import ApiError, bad_request, missing
from playground.openai.file_store import FileStore
from playground.openai.ids import new_id
from playground.openai.images.drawing import Drawing
from playground.openai.images.given import check_images, check_mask, check_square
from playground.openai.images.requests import (
    EDIT,
    GENERATION,
    VARIATION,
    check_by_model,
    check_drawing,
)
from playground.openai.models import Models
from playground.openai.multipart import Form, is_form
from playground.openai.pace import Pace
from playground.openai.reading import read_json, read_multipart
from playground.openai.sending import send_events

DEFAULT = "gpt-image-2"
REFERENCE = nested({"image_url": text(), "file_id": text()})
IN_JSON = {**EDIT, "images": array(REFERENCE, 1, 16), "mask": REFERENCE}
URL_SECONDS = 3_600


class Images:
    """Images."""

    def __init__(self, models: Models, store: FileStore, pace: Pace) -> None:
        self.models = models
        self.store = store
        self.pace = pace
        self.hosted: dict[str, tuple[float, bytes]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.post("/v1/images/generations", self.generate),
            web.post("/v1/images/edits", self.edit),
            web.post("/v1/images/variations", self.vary),
            web.get("/pictures/{name}", self.show),
        ]

    async def generate(self, request: web.Request) -> web.StreamResponse:
        """Draw from words."""
        body = await read_json(request)
        check_drawing(body, GENERATION, ("prompt",))
        return await self.draw(request, body, "image_generation")

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """Draw from pictures and words."""
        if is_form(request.headers.get("Content-Type", "")):
            body, images, mask = read_edit(await read_multipart(request))
        else:
            body = await read_json(request)
            check_drawing(body, IN_JSON, ("prompt", "images"))
            images = [self.fetch(one, "images") for one in body["images"]]
            mask = self.fetch(body["mask"], "mask") if body.get("mask") else None
        check_images(images)
        if mask is not None:
            check_mask(mask, images[0])
            if body.get("output_format") == "gif":
                raise bad_request("The output format 'gif' takes no mask.", "mask")
        given = blake2b(b"".join(images) + (mask or b""), digest_size=16).hexdigest()
        return await self.draw(request, body, "image_edit", given, len(images))

    async def draw(
        self, request: web.Request, body: dict[str, Any], operation: str,
        given: str = "", images: int = 0,
    ) -> web.StreamResponse:  # fmt: skip
        """Send the pictures, whole or as a stream."""
        card = self.models.answering(body.get("model") or DEFAULT, "images")
        check_by_model(body, card)
        drawing = Drawing(body, int(self.models.clock()), given, images)
        if body.get("stream"):
            return await send_events(request, list(drawing.events(operation)), self.pace)
        return web.json_response(drawing.whole())

    async def vary(self, request: web.Request) -> web.Response:
        """Draw other pictures like one."""
        form = await read_multipart(request)
        body = form_values(form, VARIATION)
        check_drawing(body, VARIATION, ())
        check_known(form.files, {"image"})
        sent = form.need("image")
        check_square(sent)
        name = body.get("model") or "dall-e-2"
        card = self.models.answering(name, "images")
        if "variations" not in card.traits:
            raise bad_request(f"The model '{name}' does not support variations.", "model")
        given = blake2b(sent.data, digest_size=16).hexdigest()
        drawing = Drawing(body, int(self.models.clock()), given)
        pictures = [drawing.picture(place) for place in range(body.get("n") or 1)]
        if body.get("response_format") == "b64_json":
            data = [{"b64_json": picture} for picture in pictures]
        else:
            data = [{"url": self.host(request, picture)} for picture in pictures]
        return web.json_response({"created": drawing.created, "data": data})

    def host(self, request: web.Request, picture: str) -> str:
        """Keep a picture for an hour and give its address."""
        name = f"{new_id('img-')}.png"
        self.hosted[name] = (self.models.clock() + URL_SECONDS, base64.b64decode(picture))
        return f"{request.url.origin()}/pictures/{name}"

    async def show(self, request: web.Request) -> web.Response:
        """Give a picture by its address; nobody needs a key for it."""
        until, data = self.hosted.get(request.match_info["name"], (0.0, b""))
        if self.models.clock() >= until:
            raise ApiError(404, "The picture does not exist, or no longer.")
        return web.Response(body=data, content_type="image/png")

    def fetch(self, reference: dict[str, Any], param: str) -> bytes:
        """Give the picture that a reference means; no other host is ever asked."""
        given = [name for name in ("image_url", "file_id") if reference.get(name)]
        if len(given) != 1:
            raise bad_request("Exactly one of 'image_url' and 'file_id' is needed.", param)
        if given == ["file_id"]:
            return self.store.get(reference["file_id"]).data
        head, _, data = reference["image_url"].partition(";base64,")
        try:
            if not head.startswith("data:image/"):
                raise ValueError(head)
            return base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error) as error:
            text = "Could not fetch the image; the playground takes data URLs only."
            raise bad_request(text, f"{param}.image_url", "invalid_image_url") from error


def read_edit(form: Form) -> tuple[dict[str, Any], list[bytes], bytes | None]:
    """Give the fields, the pictures and the mask of a form."""
    body = form_values(form, EDIT)
    check_drawing(body, EDIT, ("prompt",))
    check_known(form.files, {"image", "image[]", "mask"})
    sent = [*form.files.get("image", ()), *form.files.get("image[]", ())]
    if not sent:
        raise missing("image")
    mask = form.file("mask")
    return body, [one.data for one in sent], mask.data if mask else None
