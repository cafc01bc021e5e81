"""Vectors of texts: how near two are, and the file that they come in. Pure."""

import json
import math
from collections.abc import Sequence
from itertools import combinations

Vector = Sequence[float]


def similarity(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors: 1 is the same, 0 is unrelated."""
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def nearest(vectors: Sequence[Vector], most: int) -> list[tuple[int, int, float]]:
    """Return the pairs that are most alike, with how alike they are, best first."""
    pairs = [
        (first, second, similarity(vectors[first], vectors[second]))
        for first, second in combinations(range(len(vectors)), 2)
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:most]


def written(model: str, texts: Sequence[str], vectors: Sequence[Vector]) -> bytes:
    """Return vectors as JSON Lines, one text and its vector a line."""
    lines = (
        json.dumps(
            {"text": text, "model": model, "embedding": list(vector)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for text, vector in zip(texts, vectors, strict=True)
    )
    return "\n".join(lines).encode() + b"\n"
