"""What all resources ask with: the answer read into its model, operations that are missing named.

Model hosts differ in what they can do, so a 404 has two meanings. `understood` tells "this server
has no files" (`OperationNotFoundError`) from "there is no such file" (`NotFoundError`).
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.openai.errors import (
    APIResponseValidationError,
    APIStatusError,
    ModelNotFoundError,
    NotFoundError,
    OpenAIError,
    OperationNotFoundError,
)
from bot.openai.listing import Item, Listing, Page
from bot.openai.objects import APIObject, APIResult
from bot.openai.rules import checked
from bot.openai.wire.api import API, Answer, Ask, Call, Taken
from bot.openai.wire.transport import Response

Result = TypeVar("Result", bound=APIResult)
Read = TypeVar("Read", bound=APIObject)

NO_SUCH_OPERATION = frozenset({405, 410, 501})
NO_SUCH_THING = re.compile(r"no such|does not exist|not exist|could ?n[o']t find", re.IGNORECASE)
UNEXPECTED = re.compile(r"^unexpected endpoint", re.IGNORECASE)  # LM Studio, inside a 200
BARE = re.compile(
    r"(?:(?:page|file|resource|path|route|url|endpoint) )?not found\W*", re.IGNORECASE
)


class Resource:
    """One resource of a server: what all of them ask with."""

    def __init__(self, api: API) -> None:
        self._api = api

    async def _result(self, kind: type[Result], ask: Ask) -> Result:
        """Ask and return the answer as its model."""
        return read(kind, await self._json(ask))

    async def _delete(self, kind: type[Result], *path: str) -> Result:
        """Delete a thing; some hosts answer with nothing when it is gone."""
        call, known = self._api.call(), {"id": path[-1], "deleted": True}
        try:
            answer = await self._json(Ask("DELETE", path), call)
        except NotFoundError as error:
            if isinstance(error, OperationNotFoundError) or not call.may_have_worked:
                raise
            answer = Answer(known, error.request_id)
        data = known | answer.data if isinstance(answer.data, dict) else answer.data
        return read(kind, Answer(data, answer.request_id))

    async def _json(self, ask: Ask, call: Call | None = None) -> Answer:
        """Ask and return the decoded answer."""
        return await self._asked(ask, self._api.decoded, call)

    async def _asked(
        self, ask: Ask, take: Callable[[Response], Awaitable[Taken]], call: Call | None = None
    ) -> Taken:
        """Ask and return what is taken out of the answer."""
        try:
            return await self._api.ask(ask, take, call)
        except OpenAIError as error:
            raise understood(error, ask) from error.__cause__

    def _listing(
        self, kind: type[Item], path: tuple[str, ...], request: type, parameters: Mapping[str, Any]
    ) -> Listing[Item]:
        """Return a list in pages; `request` says which filters there are."""
        query = query_of(checked(request, parameters))

        async def fetch(after: str | None) -> Page[Item]:
            more = {"after": after} if after is not None else {}
            answer = await self._json(Ask("GET", path, query=query | more))
            return page_of(kind, answer)

        return Listing(fetch)

    def _slow(self, parameters: Mapping[str, Any]) -> float:
        """Return how long the first byte may take where it is the whole answer that is made."""
        asked: float | None = parameters.get("timeout")
        return asked or self._api.longest


def read(kind: type[Read], answer: Answer) -> Read:
    """Return a decoded answer as its model."""
    try:
        result = kind.model_validate(answer.data)
    except ValidationError as error:
        raise APIResponseValidationError(
            f"The server's answer is no {_spoken(kind)}.", request_id=answer.request_id
        ) from error
    if isinstance(result, APIResult):
        result.request_id = answer.request_id
    return result


def refuse_fewer(answers: Sequence[Any], given: Any, request_id: str | None) -> None:
    """Refuse an answer that lacks some: nobody could tell to which inputs the others belong."""
    is_list = isinstance(given, list) and isinstance(given[0], str | list)
    wanted = len(given) if is_list else 1
    if len(answers) < wanted:
        raise APIResponseValidationError(
            f"The server answered {len(answers)} of {wanted} inputs.", request_id=request_id
        )


def page_of(kind: type[Item], answer: Answer) -> Page[Item]:
    """Return one page of a list."""
    content = answer.data
    about = content if isinstance(content, dict) else {}
    items = about.get("data") if isinstance(content, dict) else content
    if items is None and "data" in about:
        items = []
    if not isinstance(items, list):
        raise APIResponseValidationError(
            f"The server's answer is no list of {_spoken(kind)}s.", request_id=answer.request_id
        )
    return Page(
        data=[read(kind, Answer(item, answer.request_id)) for item in items],
        has_more=bool(about.get("has_more")),
        last_id=about.get("last_id"),
        request_id=answer.request_id,
    )


def query_of(fields: Mapping[str, Any]) -> dict[str, str | int]:
    """Write filters as a query: objects become `metadata[key]`."""
    query: dict[str, str | int] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            query |= {f"{name}[{key}]": str(entry) for key, entry in value.items()}
        else:
            query[name] = value if isinstance(value, int) else str(value)
    return query


def understood(error: OpenAIError, ask: Ask) -> OpenAIError:
    """Return the error that names a missing operation as one, or `error` itself."""
    if not isinstance(error, APIStatusError) or isinstance(error, ModelNotFoundError):
        return error
    is_address = isinstance(error, NotFoundError) and not _names_a_thing(error, ask)
    is_missing = is_address or error.status in NO_SUCH_OPERATION or UNEXPECTED.search(error.message)
    if not is_missing:
        return error
    missing = OperationNotFoundError(error.message)
    vars(missing).update(vars(error))
    return missing


async def wait_again(call: Call, error: OpenAIError, ask: Ask) -> None:
    """Wait until the next attempt may be made, or raise what is the last word, `understood`."""
    try:
        await call.wait(error)
    except OpenAIError as final:
        raise understood(final, ask) from final.__cause__


def _names_a_thing(error: NotFoundError, ask: Ask) -> bool:
    """Tell whether a 404 speaks of a file or job rather than of its own address."""
    if BARE.fullmatch(error.message):
        return False
    if error.param or error.code or NO_SUCH_THING.search(error.message):
        return True
    return any(part in error.message for part in ask.path if any(c.isdigit() for c in part))


def _spoken(kind: type) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__)
    return words.lower()
