"""Batches: many requests in a file, answered within a day at half the price."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Required, Unpack

from bot.openai.files_request import ExpiresAfter
from bot.openai.listing import Listing
from bot.openai.objects import APIObject, APIResult
from bot.openai.operations import Operations
from bot.openai.rules import METADATA, Options, checked, choice, shape, text, whole
from bot.openai.wire.api import API, Ask


class BatchParameters(Options, total=False):
    """The fields of a batch; None leaves a field out."""

    input_file_id: Required[Annotated[str, text(1)]]
    endpoint: Required[Annotated[str, text(like="/v1/.+", says="must look like /v1/responses")]]
    completion_window: Required[Annotated[Literal["24h"], choice("24h")]]
    metadata: Annotated[Mapping[str, str] | None, METADATA]
    output_expires_after: Annotated[ExpiresAfter | None, shape(ExpiresAfter)]


class BatchFilters(Options, total=False):
    """Which part of the list of batches, and how many a page has."""

    after: Annotated[str | None, text(1)]
    limit: Annotated[int | None, whole(1, 100)]


class RequestCounts(APIObject):
    """How far a batch has got."""

    total: int = 0
    completed: int = 0
    failed: int = 0


class Batch(APIResult):
    """A batch; times are seconds since 1970."""

    id: str
    object: str = "batch"
    endpoint: str = ""
    model: str | None = None
    input_file_id: str = ""
    output_file_id: str | None = None
    error_file_id: str | None = None
    completion_window: str = ""
    status: str = ""
    created_at: int = 0
    in_progress_at: int | None = None
    expires_at: int | None = None
    finalizing_at: int | None = None
    completed_at: int | None = None
    failed_at: int | None = None
    expired_at: int | None = None
    cancelling_at: int | None = None
    cancelled_at: int | None = None
    request_counts: RequestCounts | None = None
    errors: Any = None
    usage: dict[str, Any] | None = None
    metadata: dict[str, str] | None = None


class Batches:
    """Batches of one server."""

    def __init__(self, api: API) -> None:
        self._operations = Operations(api)

    async def create(self, **parameters: Unpack[BatchParameters]) -> Batch:
        """Begin a batch of the requests in an uploaded file."""
        body = checked(BatchParameters, parameters)
        return await self._operations.result(Batch, Ask("POST", ("batches",), body=body, once=True))

    def list(self, **filters: Unpack[BatchFilters]) -> Listing[Batch]:
        """Return the batches, newest first: await a page or iterate over all."""
        return self._operations.listing(Batch, ("batches",), BatchFilters, filters)

    async def retrieve(self, batch_id: str) -> Batch:
        """Return one batch."""
        return await self._operations.result(Batch, Ask("GET", ("batches", batch_id)))

    async def cancel(self, batch_id: str) -> Batch:
        """Stop a batch; what is finished is kept."""
        return await self._operations.result(Batch, Ask("POST", ("batches", batch_id, "cancel")))
