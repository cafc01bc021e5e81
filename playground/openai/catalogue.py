"""Models for the other operations, under the names that people have in their settings.

No weights stand behind them; the names decide which fields and formats are refused, as OpenAI's
models of these names do, and they carry the shutdown dates that OpenAI announced.
"""

from collections.abc import Iterable

from playground.openai.cards import STANDIN, ModelCard

CLASSIC = frozenset({"reasoning_effort", "verbosity"})


def catalogue() -> tuple[ModelCard, ...]:
    """Give all cards beside the stand-in's."""
    return (*tunable(), *completing(), *drawing(), *hearing(), *speaking(), *measuring())


def tunable() -> Iterable[ModelCard]:
    """Give chat models that OpenAI lets people tune."""
    methods = frozenset({"supervised", "dpo"})
    for name, context in (
        ("gpt-4.1-2025-04-14", 1_047_576),
        ("gpt-4.1-mini-2025-04-14", 1_047_576),
        ("gpt-4o-2024-08-06", 128_000),
    ):
        yield ModelCard(
            name, context=context, refuses=CLASSIC, tunable=methods, shutdown_date="2027-01-14"
        )


def completing() -> Iterable[ModelCard]:
    """Give models of the completions operation."""
    does, methods = frozenset({"completions"}), frozenset({"supervised"})
    yield ModelCard(f"{STANDIN}-base", 16_384, does=does, tunable=methods)
    yield ModelCard(f"{STANDIN}-instruct", 4_096, does=does, traits=frozenset({"suffix"}))


def drawing() -> Iterable[ModelCard]:
    """Give image models; only the last takes variations and answers with addresses."""
    does = frozenset({"images"})
    free = frozenset({"any size"})
    yield ModelCard("gpt-image-2", does=does, traits=free)
    for name in ("gpt-image-2.5-sunburst", "gpt-image-2.5-flare"):
        yield ModelCard(name, does=does, traits=free | {"xhigh"})
    old = frozenset({"fidelity"})
    yield ModelCard("gpt-image-1.5", does=does, traits=old, shutdown_date="2026-12-01")
    yield ModelCard(f"{STANDIN}-variations", does=does, traits=frozenset({"variations"}))


def hearing() -> Iterable[ModelCard]:
    """Give models that listen."""
    does, end = frozenset({"transcriptions"}), "2027-02-26"
    yield ModelCard("gpt-transcribe", does=does, traits=frozenset({"hints"}))
    for name in ("gpt-4o-transcribe", "gpt-4o-mini-transcribe"):
        traits = frozenset({"logprobs"})
        yield ModelCard(name, does=does, traits=traits, shutdown_date=end)
    diarize = "gpt-4o-transcribe-diarize"
    yield ModelCard(diarize, does=does, traits=frozenset({"speakers"}), shutdown_date=end)
    both, whisper = does | {"translations"}, frozenset({"times"})
    yield ModelCard("whisper-1", does=both, traits=whisper, shutdown_date=end)


def speaking() -> Iterable[ModelCard]:
    """Give models that speak."""
    does, end = frozenset({"speech"}), "2027-01-06"
    traits = frozenset({"events"})
    yield ModelCard("gpt-4o-mini-tts", does=does, traits=traits, shutdown_date=end)
    yield ModelCard("tts-1", does=does, shutdown_date=end)


def measuring() -> Iterable[ModelCard]:
    """Give models of embeddings and moderations."""
    does, shortens = frozenset({"embeddings"}), frozenset({"dimensions"})
    yield ModelCard("text-embedding-3-small", does=does, traits=shortens, dimensions=1_536)
    yield ModelCard("text-embedding-3-large", does=does, traits=shortens, dimensions=3_072)
    yield ModelCard("text-embedding-ada-002", does=does, dimensions=1_536)
    for name in ("omni-moderation-latest", "omni-moderation-2024-09-26"):
        yield ModelCard(name, does=frozenset({"moderations"}))
