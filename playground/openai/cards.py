"""The models that this server offers, and what each refuses."""

from dataclasses import dataclass
from typing import Any

DEMO_KEY = "sk-local-demo"
STANDIN = "stand-in"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model on the list.

    `refuses` names request fields that it answers with 400 `unsupported_parameter`;
    `tools_need_effort_none` is the newer models' refusal of function tools beside reasoning.
    """

    id: str
    context: int = 128_000
    created: int = 1_767_225_600
    owned_by: str = "callboard-playground"
    refuses: frozenset[str] = frozenset()
    tools_need_effort_none: bool = False

    def shown(self) -> dict[str, Any]:
        """Give the card as GET /models/{id} does."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": self.owned_by,
            "shutdown_date": None,
        }


def standard_cards() -> tuple[ModelCard, ...]:
    """Give the stand-in and its difficult sisters, each with the refusals of a kind of model."""
    return (
        ModelCard(STANDIN),
        ModelCard(f"{STANDIN}-small", context=2_000),
        ModelCard(
            f"{STANDIN}-reasoning",
            refuses=frozenset({"max_tokens", "temperature", "top_p"}),
            tools_need_effort_none=True,
        ),
        ModelCard(f"{STANDIN}-classic", refuses=frozenset({"reasoning_effort", "verbosity"})),
        ModelCard(
            f"{STANDIN}-functions-only",
            refuses=frozenset({"tools", "tool_choice", "parallel_tool_calls"}),
        ),
    )
