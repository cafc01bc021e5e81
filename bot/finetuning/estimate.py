"""What training will take: tokens, epochs and cost, with the assumptions said."""

from dataclasses import dataclass

_TARGET_EPOCHS = 3
_FEWEST_EXAMPLES = 100
_MOST_EXAMPLES = 25_000
_MOST_EPOCHS = 25


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens of one epoch as billed, and epochs."""

    tokens: int
    epochs: int
    automatic: bool

    @property
    def trained(self) -> int:
        """Return the tokens of all epochs."""
        return self.tokens * self.epochs

    def cost(self, price: float) -> float:
        """Return the cost at a price of a million tokens, in its currency."""
        return self.trained * price / 1_000_000

    @property
    def assumptions(self) -> str:
        """Say what the figures rest on."""
        chosen = "about what the service chooses by itself" if self.automatic else "as given"
        return (
            "tokens are estimated from characters (English usually within 15 %, other text within "
            "35 %), 3 more a message and 3 an example, images 765 each (85 in low detail), "
            f"examples cut at the training context; {self.epochs} epochs, {chosen}"
        )


def epochs_of(examples: int) -> int:
    """Return about how many epochs the service chooses for so many examples."""
    if examples * _TARGET_EPOCHS < _FEWEST_EXAMPLES:
        return max(_TARGET_EPOCHS, min(_MOST_EPOCHS, _FEWEST_EXAMPLES // max(1, examples)))
    if examples * _TARGET_EPOCHS > _MOST_EXAMPLES:
        return max(1, _MOST_EXAMPLES // examples)
    return _TARGET_EPOCHS


def estimate(tokens: int, examples: int, epochs: int | None = None) -> Estimate:
    """Estimate the training of a file; `tokens` are billed tokens of one epoch."""
    return Estimate(tokens, epochs or epochs_of(examples), epochs is None)
