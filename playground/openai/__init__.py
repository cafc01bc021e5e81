"""A local OpenAI-compatible server: no weights, no account, real sockets.

The demo talks to it, the tests script it, the benches leave it alone. One file, or one folder, for
each resource; `script` is what a test may order, `switches` what the host can be told not to have,
`standin` is who answers when nothing was ordered. Requests are checked as OpenAI checks them;
nothing is trained, drawn, spoken or heard by a model, and everything is deterministic.
"""

from playground.openai.answer import Answer, Fault, ToolCall
from playground.openai.cards import ADMIN_KEY, DEMO_KEY, STANDIN, ModelCard
from playground.openai.errors import ApiError
from playground.openai.record import Recorded
from playground.openai.server import LocalOpenAI
from playground.openai.switches import Switches

__all__ = [
    "ADMIN_KEY",
    "DEMO_KEY",
    "STANDIN",
    "Answer",
    "ApiError",
    "Fault",
    "LocalOpenAI",
    "ModelCard",
    "Recorded",
    "Switches",
    "ToolCall",
]
