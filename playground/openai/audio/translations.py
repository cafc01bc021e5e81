"""POST /v1/audio/translations: what is said, in English; the stand-in leaves the words alone."""

from aiohttp import web

from playground.openai.audio.listening import as_text, heard_in, read_recording
from playground.openai.checks.form_fields import form_values
from playground.openai.checks.shape import Rule, check_object, choice, decimal, text
from playground.openai.models import Models

FIELDS: dict[str, Rule] = {
    "model": text(least=1),
    "prompt": text(),
    "response_format": choice("json", "text", "srt", "verbose_json", "vtt"),
    "temperature": decimal(0, 1),
}


class Translations:
    """Translations."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/audio/translations", self.create)]

    async def create(self, request: web.Request) -> web.Response:
        """Write down in English what is said."""
        form, sent = await read_recording(request)
        body = form_values(form, FIELDS)
        check_object(body, FIELDS, ("model",))
        self.models.answering(body["model"], "translations")
        heard = heard_in(request, sent, "en", body.get("temperature") or 0.0)
        shape = body.get("response_format") or "json"
        if (written := as_text(heard, shape)) is not None:
            return written
        if shape == "verbose_json":
            return web.json_response(heard.verbose("translate", ["segment"]))
        return web.json_response({"text": heard.text})
