"""The models of a server: which there are, and when one will be shut down."""

from datetime import date

from bot.openai.objects import APIResult, Seconds
from bot.openai.resource import Resource, page_of
from bot.openai.wire.api import Answer, Ask


class Model(APIResult):
    """One model; `shutdown_date` ("YYYY-MM-DD") is known for some of OpenAI's."""

    id: str
    created: Seconds | None = None
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


class Models(Resource):
    """The models of one server."""

    async def list(self) -> "list[Model]":
        """Return all models that the key may use."""
        answer = await self._json(Ask("GET", ("models",)))
        content = answer.data
        if isinstance(content, dict):
            content = content.get("data", content.get("models"))
        found = [] if content is None else content  # Ollama without models says null
        return page_of(Model, Answer(found, answer.request_id)).data

    async def retrieve(self, model: str) -> Model:
        """Return one model."""
        return await self._result(Model, Ask("GET", ("models", model)))

    async def delete(self, model: str) -> ModelDeleted:
        """Delete a fine-tuned model of one's own."""
        return await self._delete(ModelDeleted, "models", model)
