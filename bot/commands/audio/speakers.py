"""Recordings as the audio operations want them: names with an ending, and samples of voices."""

import asyncio
import re
from pathlib import Path

from bot.commands.material import stem
from bot.openai.audio_request import ENDINGS
from bot.slack.text.shown import data_url
from bot.slack.workspace.files import SharedFile

_BY_TYPE = {
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/webm": "webm",
}


def with_ending(file: SharedFile) -> str:
    """Return a recording's name with an ending that servers know; Slack's clips may lack one."""
    if file.name.lower().rpartition(".")[2] in ENDINGS:
        return file.name
    ending = _BY_TYPE.get(file.mimetype)
    return f"{stem(file.name)}.{ending}" if ending else file.name


def speaker(name: str) -> str:
    """Return whose voice a sample is: `speaker-Ann.wav` is Ann's."""
    found = re.sub(r"(?i)(^|[^a-z])speaker(?![a-z])", "", stem(name)).strip("-_ ")
    return found.replace("_", " ") or "speaker"


async def sample(file: SharedFile, path: Path) -> str:
    """Return a sample as a data URL."""
    content = await asyncio.to_thread(path.read_bytes)
    return data_url(file.mimetype or "audio/wav", content)
