"""What a server quotes of a request when it refuses it, kept out of the log. Pure.

Many servers are built on FastAPI or pydantic and show what they were given, people's words, beside
what is wrong with it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

STRUCK = "[...]"
# The fields of requests that hold people's words.
_WORDS = ("messages", "input", "prompt", "instructions", "model_sample", "item")
_SHORTEST = 8  # characters of a text that is struck out as a whole
_RUN = 20  # characters of a part of one
_MOST = 100_000  # characters of a request that are looked at, the newest


def struck(said: str, sent: Mapping[str, Any]) -> str:
    """Return what a server said without what it quotes of the words that were sent to it."""
    texts = [text for name in _WORDS for text in _texts(sent.get(name))]
    for text in sorted(texts, key=len, reverse=True):
        if len(text) >= _SHORTEST:
            said = said.replace(text, STRUCK)
    whole = "\n".join(texts)[-_MOST:]
    return _without_runs(said, f"{whole}\n{json.dumps(whole, ensure_ascii=False)}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and not value.startswith("data:"):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


def _without_runs(said: str, sent: str) -> str:
    quoted = [said[at : at + _RUN] in sent for at in range(len(said) - _RUN + 1)]
    kept: list[str] = []
    end = 0
    for at in (at for at, is_quoted in enumerate(quoted) if is_quoted):
        if at > end or not kept:
            kept += [said[end:at], STRUCK]
        end = at + _RUN
    return "".join([*kept, said[end:]])
