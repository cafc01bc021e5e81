"""What was said in a recording, as it is shown and as the file that was asked for."""

from bot.commands.pricing import figures
from bot.desk.request import Request
from bot.desk.values import VERBATIM, Fields, Shared, Table, Value, Verbatim, code, plural
from bot.openai.audio_objects import Transcription

_ENDINGS = {"text": "txt", "srt": "srt", "vtt": "vtt"}


def file_of(made: Transcription, form: str, name: str) -> tuple[str, bytes]:
    """Return the transcript as a file in its format."""
    if form in _ENDINGS:
        return f"{name}.{_ENDINGS[form]}", made.text.encode()
    written = made.model_dump_json(exclude_none=True, exclude={"request_id"}, indent=2)
    return f"{name}.json", written.encode()


def shown(request: Request, made: Transcription, form: str, name: str, model: str) -> list[Value]:
    """Return the transcript: a short text for its person, all else as a file for everybody."""
    values: list[Value] = []
    if form == "diarized_json" and made.segments:
        values.append(_speakers(made))
    else:
        text, prose = made.text.strip() or "(nothing)", form not in ("srt", "vtt")
        values.append(Verbatim(f"What is said in {name}", text, prose=prose))
    if form != "text" or len(made.text) > VERBATIM:
        values.append(Shared((file_of(made, form, name),), f"What is said in {code(name)}"))
    if made.logprobs:
        values.append(_unsure(made))
    return [*values, _told(request, made, model)]


def _speakers(made: Transcription) -> Table:
    segments = made.segments or []
    rows = [(clock(one.start), one.speaker or "", one.text.strip()) for one in segments]
    speakers = {one.speaker for one in segments if one.speaker}
    return Table(
        title="Who says what",
        columns=("At", "Speaker", "Words"),
        rows=rows,
        note=plural(len(speakers), "speaker"),
        wrap=True,
        page_size=30,
    )


def _unsure(made: Transcription) -> Table:
    """Return the words of which the model was least sure."""
    known = [one for one in made.logprobs or [] if one.logprob is not None]
    least = sorted(known, key=lambda one: one.logprob or 0.0)[:10]
    rows = [(one.token or "", f"{one.logprob or 0.0:.3f}") for one in least]
    return Table("Least sure of", ("Word", "Log probability"), rows)


def _told(request: Request, made: Transcription, model: str) -> Fields:
    pairs = [("Model", model)]
    if heard := made.language or ", ".join(one.code for one in made.languages or ()):
        pairs.append(("Language", heard))
    seconds = made.duration or (made.usage and made.usage.seconds)
    if seconds:
        pairs.append(("Length", clock(seconds)))
    if made.words:
        pairs.append(("Words with times", f"{len(made.words):,}"))
    return Fields("", [*pairs, *figures(request, model, made.usage)])


def clock(seconds: float) -> str:
    """Return a length as `1:02:03` or `0:07`."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"
