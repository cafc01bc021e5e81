"""What earlier answers taught about each model, in memory and kept for the next start.

There is no table of models: the size of a context, the characters of a token and the fields that a
model refuses are learned from the server's own words and numbers.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.chat.window import Meter
from storage import StorageError
from storage.learned import LearnedModels
from storage.records import Learned

logger = logging.getLogger(__name__)


class Knowledge:
    """Facts about models; `load` once, then `meter` and `context` answer at once."""

    def __init__(self, store: LearnedModels) -> None:
        self._store = store
        self._models: dict[str, Learned] = {}
        self._meters: dict[str, Meter] = {}
        self._saving: set[asyncio.Task[None]] = set()

    async def load(self) -> dict[str, dict[str, Any]]:
        """Read what was learned; returns the request fields to treat specially, by model."""
        self._models = dict(await self._store.load())
        return {name: dict(model.parameters) for name, model in self._models.items()}

    def meter(self, model: str) -> Meter:
        """Return the meter that all turns of this model share."""
        if model not in self._meters:
            ratio = self._model(model).characters_per_token
            self._meters[model] = Meter(ratio) if ratio else Meter()
        return self._meters[model]

    def context(self, model: str, most: int) -> int:
        """Return the tokens that a request may have: `most`, or less if the model takes less."""
        return min(most, self._model(model).context or most)

    async def after_turn(self, model: str, context_limit: int | None) -> None:
        """Keep what a turn has taught, if it is news."""
        known = self._model(model)
        ratio = self.meter(model).characters_per_token
        moved = abs((known.characters_per_token or 0) - ratio) > 0.02 * ratio
        if context_limit is None and not moved:
            return
        known.characters_per_token = round(ratio, 3)
        known.context = context_limit or known.context
        await self._save(known)

    def learn_parameters(self, model: str, parameters: Mapping[str, Any]) -> None:
        """Keep which fields a model refused, and what it takes instead; stored on the side."""
        known = self._model(model)
        known.parameters = dict(parameters)
        task = asyncio.create_task(self._save(known), name=f"learn {model}")
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def leave(self) -> None:
        """Wait until everything is kept."""
        await asyncio.gather(*self._saving)

    def _model(self, model: str) -> Learned:
        return self._models.setdefault(model, Learned(model))

    async def _save(self, known: Learned) -> None:
        try:
            await self._store.save(known)
        except StorageError:  # it will be learned again
            logger.warning("lesson_not_kept", extra={"model": known.model})
