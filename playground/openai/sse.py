"""Server-sent events as bytes, sound or with the faults of other servers."""

import json
from collections.abc import Iterator
from typing import Any

from playground.openai.answer import Fault

DONE = "data: [DONE]\n\n"
JUNK = 'event: ping\nid: 7\nretry: 10\ndata: {"half": \n\nnonsense without a colon\n\n'


def event(data: dict[str, Any]) -> str:
    """Give one event; its `type`, where it has one, is its name too."""
    head = f"event: {data['type']}\n" if "type" in data else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def packets(text: str, faults: frozenset[Fault]) -> Iterator[bytes]:
    """Give what is written for one event, packet by packet."""
    if Fault.COMMENTS in faults:
        text = f": PLAYGROUND PROCESSING\n\n{text}"
    if Fault.CRLF in faults:
        text = text.replace("\n", "\r\n")
    data = text.encode()
    if Fault.SPLIT_BYTES in faults:
        yield from (data[n : n + 1] for n in range(len(data)))
    else:
        yield data
