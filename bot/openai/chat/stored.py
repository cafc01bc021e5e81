"""Stored chat completions: those that were asked for with `store`, to be listed and looked at."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Required, Unpack

from bot.openai.chat.completion import ChatCompletion, ChatCompletionMessage
from bot.openai.chat.request import PATH
from bot.openai.listing import Listing, PageFilters
from bot.openai.objects import APIResult
from bot.openai.resource import Resource
from bot.openai.rules import METADATA, Filled, Options, checked
from bot.openai.wire.api import API, Ask

Order = Literal["asc", "desc"]


class MessageFilters(PageFilters, total=False):
    """Which messages of a stored completion, the first or the last ones first."""

    order: Order | None


class StoredFilters(MessageFilters, total=False):
    """Which stored completions a list shows."""

    model: Filled | None
    metadata: Annotated[Mapping[str, str] | None, METADATA]


class UpdateParameters(Options, total=False):
    """What may be changed of a stored completion."""

    metadata: Required[Annotated[Mapping[str, str], METADATA]]


class StoredCompletion(ChatCompletion):
    """A completion that the server keeps, with the request's own fields as attributes."""

    metadata: dict[str, str] | None = None


class StoredMessage(ChatCompletionMessage):
    """A message that was asked with; `content_parts` are its parts when it was not a text."""

    id: str = ""
    content_parts: list[dict[str, Any]] | None = None


class CompletionDeleted(APIResult):
    """What became of a stored completion that was to be deleted."""

    id: str
    deleted: bool
    object: str = "chat.completion.deleted"


class StoredMessages(Resource):
    """The messages of stored completions."""

    def list(self, completion_id: str, **filters: Unpack[MessageFilters]) -> Listing[StoredMessage]:
        """Return the messages that a completion answered."""
        path = (*PATH, completion_id, "messages")
        return self._listing(StoredMessage, path, MessageFilters, filters)


class StoredCompletions(Resource):
    """Stored chat completions of one server; `Chat` is this and makes new ones."""

    def __init__(self, api: API) -> None:
        super().__init__(api)
        self.messages = StoredMessages(api)

    def list(self, **filters: Unpack[StoredFilters]) -> Listing[StoredCompletion]:
        """Return what is stored, oldest first: await a page or iterate over all."""
        return self._listing(StoredCompletion, PATH, StoredFilters, filters)

    async def retrieve(self, completion_id: str) -> StoredCompletion:
        """Return one stored completion."""
        ask = Ask("GET", (*PATH, completion_id))
        return await self._result(StoredCompletion, ask)

    async def update(
        self, completion_id: str, **parameters: Unpack[UpdateParameters]
    ) -> StoredCompletion:
        """Replace the metadata of a stored completion."""
        ask = Ask("POST", (*PATH, completion_id), body=checked(UpdateParameters, parameters))
        return await self._result(StoredCompletion, ask)

    async def delete(self, completion_id: str) -> CompletionDeleted:
        """Delete a stored completion."""
        return await self._delete(CompletionDeleted, *PATH, completion_id)
