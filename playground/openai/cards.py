"""The models that this server offers, and what each refuses."""

from dataclasses import dataclass
from typing import Any

DEMO_KEY = "sk-local-demo"
ADMIN_KEY = "sk-admin-local-demo"
STANDIN = "stand-in"
OWNER = "callboard-playground"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model on the list.

    `does` names the operations that it serves, `tunable` the methods by which it can be tuned and
    `traits` what its operation asks about. `refuses` names request fields that it answers with
    400 `unsupported_parameter`; `tools_need_effort_none` is the newer models' refusal of function
    tools beside reasoning.
    """

    id: str
    context: int = 128_000
    created: int = 1_767_225_600
    owned_by: str = OWNER
    refuses: frozenset[str] = frozenset()
    tools_need_effort_none: bool = False
    shutdown_date: str | None = None
    does: frozenset[str] = frozenset({"chat"})
    tunable: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    dimensions: int = 0

    def shown(self) -> dict[str, Any]:
        """Give the card as GET /models/{id} does."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": self.owned_by,
            "shutdown_date": self.shutdown_date,
        }


def standard_cards() -> tuple[ModelCard, ...]:
    """Give the stand-in and its difficult sisters, each with the refusals of a kind of model."""
    preferences = frozenset({"supervised", "dpo"})
    return (
        ModelCard(STANDIN, tunable=preferences),
        ModelCard(f"{STANDIN}-small", context=2_000, tunable=preferences),
        ModelCard(
            f"{STANDIN}-reasoning",
            refuses=frozenset({"max_tokens", "temperature", "top_p"}),
            tools_need_effort_none=True,
            tunable=frozenset({"reinforcement"}),
        ),
        ModelCard(f"{STANDIN}-classic", refuses=frozenset({"reasoning_effort", "verbosity"})),
        ModelCard(
            f"{STANDIN}-functions-only",
            refuses=frozenset({"tools", "tool_choice", "parallel_tool_calls"}),
        ),
    )
