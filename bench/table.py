"""The table: each measure beside the relay's, with its target and whether it was met."""

from dataclasses import dataclass

HEADS = ("", "relay", "bot", "ratio", "target", "")
WIDTHS = (46, 10, 10, 7, 24, 7)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure; all targets that are given must hold."""

    name: str
    ours: float
    floor: float | None = None
    at_most: float | None = None
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        """Give ours divided by the floor's."""
        return self.ours / self.floor if self.floor else None

    @property
    def target(self) -> str:
        """Say what is wanted."""
        parts = []
        if self.ratio_at_most is not None:
            parts.append(f"<= {self.ratio_at_most:g}x")
        if self.ratio_at_least is not None:
            parts.append(f">= {self.ratio_at_least:g}x")
        if self.at_most is not None:
            parts.append(f"<= {self.at_most:g}")
        return " and ".join(parts)

    @property
    def is_met(self) -> bool:
        """Say whether every target holds."""
        ratio = self.ratio
        too_high = self.ratio_at_most is not None and (ratio is None or ratio > self.ratio_at_most)
        too_low = self.ratio_at_least is not None and (ratio is None or ratio < self.ratio_at_least)
        return not too_high and not too_low and (self.at_most is None or self.ours <= self.at_most)

    def cells(self) -> tuple[str, ...]:
        """Give the row as text."""
        verdict = "" if not self.target else "met" if self.is_met else "MISSED"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        return (self.name, number(self.floor), number(self.ours), ratio, self.target, verdict)


def number(value: float | None) -> str:
    """Write a number with three meaningful digits."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def line(cells: tuple[str, ...]) -> str:
    """Set one line of the table."""
    pairs = zip(cells, WIDTHS, strict=True)
    first, *rest = (f"{cell:<{width}}" for cell, width in pairs)
    return f"{first} {' '.join(rest)}".rstrip()
