"""The models of a server: which there are, and when one will be shut down."""

from datetime import date
from typing import Any

from pydantic import ValidationError

from bot.openai.errors import APIResponseValidationError
from bot.openai.objects import APIResult
from bot.openai.operations import Operations
from bot.openai.wire.api import API, Answer, Ask


class Model(APIResult):
    """One model; `shutdown_date` ("YYYY-MM-DD") is known for some of OpenAI's."""

    id: str
    created: int | None = None
    object: str = "model"
    owned_by: str | None = None
    shutdown_date: str | None = None

    def days_left(self, today: date) -> int | None:
        """Return the days until the shutdown, None when none is announced."""
        try:
            return (date.fromisoformat(self.shutdown_date or "") - today).days
        except ValueError:
            return None


class ModelDeleted(APIResult):
    """What became of a model that was to be deleted."""

    id: str
    deleted: bool
    object: str = "model"


class Models:
    """The models of one server."""

    def __init__(self, api: API) -> None:
        self._api = api

    async def list(self) -> "list[Model]":
        """Return all models that the key may use."""
        answer = await self._api.json(Ask("GET", ("models",)))
        content = answer.data
        if isinstance(content, dict):
            content = content.get("data", content.get("models"))
        if content is None:
            content = []  # Ollama without models says null
        if not isinstance(content, list):
            raise APIResponseValidationError(
                "The server's answer is no list of models.", request_id=answer.request_id
            )
        return [_model(item, answer) for item in content]

    async def retrieve(self, model: str) -> Model:
        """Return one model."""
        answer = await self._api.json(Ask("GET", ("models", model)))
        return _model(answer.data, answer)

    async def delete(self, model: str) -> ModelDeleted:
        """Delete a fine-tuned model of one's own."""
        return await Operations(self._api).delete(ModelDeleted, "models", model)


def _model(item: Any, answer: Answer) -> Model:
    if isinstance(item, dict) and isinstance(item.get("created"), float):
        item = item | {"created": int(item["created"])}
    try:
        return Model.model_validate(item).model_copy(update={"request_id": answer.request_id})
    except ValidationError as error:
        raise APIResponseValidationError(
            "The server's answer is no model.", request_id=answer.request_id
        ) from error
