"""POST /v1/moderations: thirteen categories, for texts and for pictures."""

from typing import Any

from aiohttp import web

from playground.openai.checks.shape import anything, nested, tagged, text, wrong_type
from playground.openai.errors import bad_request
from playground.openai.ids import new_id
from playground.openai.models import Models
from playground.openai.moderating import BOTH, CATEGORIES, FLAGGED_FROM, score
from playground.openai.reading import read_object

DEFAULT = "omni-moderation-latest"
FIELDS = {"input": anything, "model": text()}
PART = tagged({"text": text(), "image_url": nested({"url": text(least=1)}, ("url",))})
INLINE = "data:"
MOST_PICTURES = 1


class Moderations:
    """Moderations."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/moderations", self.create)]

    async def create(self, request: web.Request) -> web.Response:
        """Judge the input: each text by itself, parts all together."""
        body = await read_object(request, FIELDS, ("input",))
        card = self.models.answering(body.get("model") or DEFAULT, "moderations")
        results = [judged(one) for one in read_input(body["input"])]
        return web.json_response({"id": new_id("modr-"), "model": card.id, "results": results})


def read_input(given: Any) -> list[list[tuple[str, str]]]:
    """Give what is to be judged: for each result its pieces, kind and text."""
    if isinstance(given, str):
        return [[("text", given)]]
    if not isinstance(given, list):
        raise wrong_type("input", "one of a string or array", given)
    if not given:
        raise bad_request("'input' must not be empty.", "input", "empty_array")
    if all(isinstance(one, str) for one in given):
        return [[("text", one)] for one in given]
    pieces = [read_part(part, f"input[{place}]") for place, part in enumerate(given)]
    if sum(kind == "image" for kind, _ in pieces) > MOST_PICTURES:
        raise bad_request("Too many images: at most 1 is allowed.", "input")
    return [pieces]


def read_part(part: Any, param: str) -> tuple[str, str]:
    """Give kind and text of one part; a picture's text is its address."""
    PART(part, param)
    if part["type"] == "text":
        return "text", part["text"]
    url = part["image_url"]["url"]
    if not url.startswith(("http://", "https://", INLINE)):
        raise bad_request("Invalid image URL.", f"{param}.image_url.url", "invalid_image_url")
    return "image", url[:64] if url.startswith(INLINE) else url


def judged(pieces: list[tuple[str, str]]) -> dict[str, Any]:
    """Give one result."""
    kinds = sorted({kind for kind, _ in pieces}, reverse=True)
    scores = {name: max(score(said, name, kind) for kind, said in pieces) for name in CATEGORIES}
    return {
        "flagged": any(number >= FLAGGED_FROM for number in scores.values()),
        "categories": {name: number >= FLAGGED_FROM for name, number in scores.items()},
        "category_scores": scores,
        "category_applied_input_types": {
            name: [kind for kind in kinds if kind == "text" or allowed == BOTH]
            for name, allowed in CATEGORIES.items()
        },
    }
