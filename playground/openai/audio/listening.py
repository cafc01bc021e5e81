"""Sound files on their way in, the words that are heard in them, and those as plain text."""

from pathlib import PurePath

from aiohttp import web

from playground.openai.audio.heard import Heard
from playground.openai.audio.sound import read_note, seconds_of
from playground.openai.checks.shape import check_known
from playground.openai.errors import ApiError, bad_request
from playground.openai.multipart import Form, Sent
from playground.openai.reading import read_multipart
from playground.openai.sending import ordered

KINDS = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
LIMIT = 25 * 1024 * 1024


async def read_recording(request: web.Request) -> tuple[Form, Sent]:
    """Give the form of a request and the sound file in it, or refuse."""
    form = await read_multipart(request)
    check_known(form.files, {"file"})
    return form, _sound(form)


def _sound(form: Form) -> Sent:
    sent = form.need("file")
    if len(sent.data) > LIMIT:
        raise ApiError(
            413,
            f"Maximum content size limit ({LIMIT}) exceeded ({len(sent.data)} bytes read)",
            kind="server_error",
        )
    kind = PurePath(sent.filename).suffix.lower().removeprefix(".")
    if not kind and "/" in sent.content_type:
        kind = sent.content_type.partition("/")[2].removeprefix("x-")
    if kind not in KINDS:
        raise bad_request(
            f"Invalid file format. Supported formats: {[*KINDS]}", "file", "invalid_file_format"
        )
    if not sent.data:
        raise bad_request("Audio file is too short. Minimum audio length is 0.1 seconds.", "file")
    return sent


def heard_in(request: web.Request, sent: Sent, language: str | None, temperature: float) -> Heard:
    """Give what is heard: what was ordered, what the file notes, or something made up."""
    seconds = seconds_of(sent.data)
    made_up = (
        f"This is what the stand-in made up for {sent.filename}. It cannot listen. "
        f"The file has about {seconds:g} seconds."
    )
    noted = read_note(sent.data)
    text = ordered(request).text or (made_up if noted is None else noted)
    return Heard(text, seconds, language or "en", temperature)


def as_text(heard: Heard, form: str) -> web.Response | None:
    """Give what is heard as plain text or subtitles; nothing for the other formats."""
    if form == "text":
        return web.Response(text=heard.text + "\n", content_type="text/plain")
    if form in ("srt", "vtt"):
        return web.Response(text=heard.subtitles(form), content_type="text/plain")
    return None
