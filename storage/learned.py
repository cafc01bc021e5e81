"""What the model server's answers taught about each model, kept over restarts."""

import json
from dataclasses import asdict

from storage.kind import Kind
from storage.records import Learned


class LearnedModels(Kind):
    """One line of knowledge for each model."""

    async def load(self) -> dict[str, Learned]:
        """Read everything, by model."""
        rows = await self._select("select model, body from learned")
        return {model: Learned(model, **json.loads(body)) for model, body in rows}

    async def save(self, learned: Learned) -> None:
        """Store what is known about a model now, in place of what was."""
        known = asdict(learned)
        model = known.pop("model")
        await self._execute(
            """insert into learned (model, body) values ($1, $2)
            on conflict (model) do update set body = excluded.body""",
            model,
            json.dumps(known),
        )
