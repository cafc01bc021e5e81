"""Texts of the completions operation: what comes after a prompt, and its tokens. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

PIECE = re.compile(r"\s?\w{1,6}|[^\w\s]|\s")
WORDS = (
    "and", "then", "the", "team", "found", "a", "quiet", "way", "to", "keep", "what", "it", "had",
    "learned", "about", "this", "day", "after", "day", "with", "small", "steps", "in", "order",
)  # fmt: skip
SENTENCE = 12


@dataclass(frozen=True, slots=True)
class Continuation:
    """One text after a prompt; `echo` is the prompt where it is to be repeated."""

    pieces: tuple[str, ...]
    finish: str
    echo: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Give the whole text."""
        return "".join(self.echo + self.pieces)

    def logprobs(self, count: int, offset: int = 0) -> dict[str, Any]:
        """Give the logarithms of all tokens, and of the `count` likeliest at each place."""
        tokens = [*self.echo, *self.pieces]
        sure: list[float | None] = [certainty(token) for token in tokens]
        if self.echo:
            sure[0] = None
        offsets = [offset]
        for token in tokens[:-1]:
            offsets.append(offsets[-1] + len(token))
        tops = [
            None if number is None else likeliest(token, number, count)
            for token, number in zip(tokens, sure, strict=True)
        ]
        return {
            "tokens": tokens,
            "token_logprobs": sure,
            "top_logprobs": tops if count else None,
            "text_offset": offsets[: len(tokens)],
        }


def cut(text: str) -> tuple[str, ...]:
    """Cut a text into tokens; joined they give it back."""
    return tuple(PIECE.findall(text))


def certainty(token: str) -> float:
    """Give the logarithm of a token's likelihood."""
    return -blake2b(token.encode(), digest_size=1).digest()[0] / 100 - 0.01


def likeliest(token: str, sure: float, count: int) -> dict[str, float]:
    """Give the likeliest tokens of one place, the chosen one among them."""
    others = {f" {word}": round(sure - 0.5 - n, 4) for n, word in enumerate(WORDS[: count - 1])}
    return {token: sure, **others} if count else {}


def endless(prompt: str, number: int) -> Iterator[str]:
    """Give words without an end, the same for the same prompt and number."""
    place = blake2b(f"{number} {prompt}".encode(), digest_size=2).digest()
    start, stride = place[0], 5 + 2 * (place[1] % 3)
    while True:
        for n in range(SENTENCE):
            word = WORDS[(start + n * stride) % len(WORDS)]
            yield f" {word}." if n == SENTENCE - 1 else f" {word}"
        start += 7


def continued(
    prompt: str, number: int, *, taught: str | None, limit: int, stop: list[str], echo: bool
) -> Continuation:
    """Write on after a prompt, up to the limit of tokens or to a stop sequence."""
    repeated = cut(prompt) if echo else ()
    pieces: list[str] = []
    source = iter(cut(taught)) if taught is not None else pieces_of(endless(prompt, number))
    for piece in source:
        if len(pieces) >= limit:
            return Continuation(tuple(pieces), "length", repeated)
        pieces.append(piece)
        end = end_of("".join(pieces), stop)
        if end is not None:
            return Continuation(cut("".join(pieces)[:end]), "stop", repeated)
    return Continuation(tuple(pieces), "stop", repeated)


def pieces_of(texts: Iterator[str]) -> Iterator[str]:
    """Cut many texts into tokens."""
    for text in texts:
        yield from cut(text)


def end_of(text: str, stop: list[str]) -> int | None:
    """Give the place of the first stop sequence."""
    found = [place for sequence in stop if (place := text.find(sequence)) >= 0]
    return min(found, default=None)
