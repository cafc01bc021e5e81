"""Vectors of texts: how near two are, and the file that they come in. Pure."""

import json
import math
from collections.abc import Sequence
from itertools import combinations
from operator import mul

Vector = Sequence[float]


def similarity(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors: 1 is the same, 0 is unrelated."""
    [(_, _, value)] = nearest((one, other), 1)
    return value


def nearest(vectors: Sequence[Vector], most: int) -> list[tuple[int, int, float]]:
    """Return the pairs that are most alike, with how alike they are, best first.

    200 vectors have 19,900 pairs: that takes seconds, so call it in a thread.
    """
    units = [_unit(vector) for vector in vectors]
    pairs = [
        (first, second, sum(map(mul, units[first], units[second])))
        for first, second in combinations(range(len(units)), 2)
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:most]


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else vector


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
