"""POST /v1/audio/translations: what is said, in English; the stand-in leaves the words alone."""

from aiohttp import web

from playground.openai.audio.listening import heard_in, read_sound
from playground.openai.checks.form_fields import Kind, form_values
from playground.openai.checks.shape import Rule, check_object, choice, decimal, text, unknown
from playground.openai.models import Models
from playground.openai.reading import read_multipart

KINDS: dict[str, Kind] = {"temperature": "float"}
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
        form = await read_multipart(request)
        for name in sorted(set(form.files) - {"file"}):
            raise unknown(name)
        body = form_values(form, KINDS)
        sent = read_sound(form)
        check_object(body, FIELDS, ("model",))
        self.models.answering(body["model"], "translations")
        heard = heard_in(request, sent, "en", body.get("temperature") or 0.0)
        shape = body.get("response_format") or "json"
        if shape == "text":
            return web.Response(text=heard.text + "\n", content_type="text/plain")
        if shape in ("srt", "vtt"):
            return web.Response(text=heard.subtitles(shape), content_type="text/plain")
        if shape == "verbose_json":
            return web.json_response(heard.verbose("translate", ["segment"]))
        return web.json_response({"text": heard.text})
