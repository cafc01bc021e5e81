"""GET /v1/models and /v1/models/{id}."""

from collections.abc import Iterable

from aiohttp import web

from playground.openai.cards import ModelCard
from playground.openai.errors import no_model


class Models:
    """The list of models."""

    def __init__(self, cards: Iterable[ModelCard]) -> None:
        self.cards = {card.id: card for card in cards}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.get("/v1/models", self.list),
            web.get("/v1/models/{id:.+}", self.retrieve),
        ]

    def find(self, name: str) -> ModelCard:
        """Give a model's card, or refuse."""
        if name not in self.cards:
            raise no_model(name)
        return self.cards[name]

    async def list(self, request: web.Request) -> web.Response:
        """List all models."""
        data = [card.shown() for card in self.cards.values()]
        return web.json_response({"object": "list", "data": data})

    async def retrieve(self, request: web.Request) -> web.Response:
        """Give one model."""
        return web.json_response(self.find(request.match_info["id"]).shown())
