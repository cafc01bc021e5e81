"""A local OpenAI-compatible server: no weights, no account, real sockets.

The demo talks to it, the tests script it, the benches leave it alone. One file per resource;
`script` is what a test may order, `standin` is who answers when nothing was ordered.
"""

from playground.openai.answer import Answer, Fault, ToolCall
from playground.openai.cards import DEMO_KEY, STANDIN, ModelCard
from playground.openai.errors import ApiError
from playground.openai.record import Recorded
from playground.openai.server import LocalOpenAI

__all__ = [
    "DEMO_KEY",
    "STANDIN",
    "Answer",
    "ApiError",
    "Fault",
    "LocalOpenAI",
    "ModelCard",
    "Recorded",
    "ToolCall",
]
