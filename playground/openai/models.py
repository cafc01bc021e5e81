"""GET /v1/models, GET and DELETE /v1/models/{id}."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from aiohttp import web

from playground.openai.cards import ModelCard
from playground.openai.errors import ApiError, bad_request, no_model

Clock = Callable[[], float]
WRONG_PLACE = {
    "chat": "This is not a chat model and thus not supported in the v1/chat/completions endpoint. "
    "Did you mean to use v1/completions?",
    "completions": "This is a chat model and not supported in the v1/completions endpoint. Did "
    "you mean to use v1/chat/completions?",
}


class Models:
    """The list of models; tuned ones come and go, others end at their shutdown date."""

    def __init__(self, cards: Iterable[ModelCard], clock: Clock) -> None:
        self.cards = {card.id: card for card in cards}
        self.clock = clock
        self.ready_at: dict[str, float] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.get("/v1/models", self.list),
            web.get("/v1/models/{id:.+}", self.retrieve),
            web.delete("/v1/models/{id:.+}", self.delete),
        ]

    def add(self, card: ModelCard, ready_at: float) -> None:
        """Put a tuned model on the list; until it is ready it does not answer."""
        self.cards[card.id] = card
        self.ready_at[card.id] = ready_at

    def find(self, name: str) -> ModelCard:
        """Give a model's card, or refuse."""
        if name not in self.cards or self.is_shut(self.cards[name]):
            raise no_model(name)
        return self.cards[name]

    def answering(self, name: str, operation: str = "chat") -> ModelCard:
        """Give the card of a model that is ready and serves the operation, or refuse."""
        card = self.find(name)
        if self.clock() < self.ready_at.get(name, 0):
            raise no_model(name)
        if operation not in card.does:
            raise wrong_place(name, operation)
        return card

    def is_shut(self, card: ModelCard) -> bool:
        """Say whether a model's last day is over."""
        today = datetime.fromtimestamp(self.clock(), UTC).date().isoformat()
        return card.shutdown_date is not None and card.shutdown_date <= today

    async def list(self, request: web.Request) -> web.Response:
        """List all models."""
        data = [card.shown() for card in self.cards.values() if not self.is_shut(card)]
        return web.json_response({"object": "list", "data": data})

    async def retrieve(self, request: web.Request) -> web.Response:
        """Give one model."""
        return web.json_response(self.find(request.match_info["id"]).shown())

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a tuned model; all others are refused."""
        card = self.find(request.match_info["id"])
        if card.id not in self.ready_at:
            raise ApiError(
                403,
                "You have insufficient permissions for this operation. Only fine-tuned models of "
                "your own organization can be deleted.",
            )
        del self.cards[card.id], self.ready_at[card.id]
        return web.json_response({"id": card.id, "object": "model", "deleted": True})


def wrong_place(name: str, operation: str) -> ApiError:
    """Refuse a model at an operation that it does not serve."""
    if operation in WRONG_PLACE:
        return ApiError(404, WRONG_PLACE[operation], param="model")
    return bad_request(
        f"Invalid value: '{name}'. This model does not support {operation}.",
        "model",
        "invalid_value",
    )
