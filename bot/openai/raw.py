"""Answers that are bytes and not JSON."""

from dataclasses import dataclass, field

from bot.openai.wire.api import API, LONGEST_ANSWER
from bot.openai.wire.transport import Response

NO_SOUND = ("application/json", "text/html")


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came."""

    content: bytes = field(repr=False)
    content_type: str
    request_id: str | None

    @property
    def text(self) -> str:
        """Return the answer as text."""
        return self.content.decode("utf-8", "replace").removeprefix("\ufeff")


async def raw(response: Response) -> Raw:
    """Return the whole answer."""
    content = await response.read_all(LONGEST_ANSWER)
    return Raw(content, response.content_type, response.request_id)


async def refuse_json(api: API, response: Response) -> None:
    """Raise the error that JSON, or a page of a proxy, in the place of sound means."""
    if response.content_type in NO_SOUND:
        body = await response.read_all(LONGEST_ANSWER)
        if response.content_type == "application/json":
            api.decode(body, response)  # raises what is written inside
        raise api.strange(body, response)
