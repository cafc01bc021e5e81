"""Put an answer together from the chunks of a stream, whatever liberties the server takes. Pure.

A whole (not streamed) answer passes through here as well, as one big chunk, so both kinds of answer
obey the same rules. Tool calls are told apart by `index`, else by a new `id`, else by their order
(`calls.Calls` has the rules); fields that we do not know are joined when they are text.
"""

import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from bot.openai.chat.calls import Calls
from bot.openai.chat.completion import ChatCompletion, CompletionUsage
from bot.openai.chat.thoughts import Thoughts
from bot.openai.errors import APIResponseValidationError
from bot.openai.resource import read
from bot.openai.wire.api import Answer

HEAD: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "created": (int, float),
    "model": str,
    "service_tier": str,
    "system_fingerprint": str,
    "moderation": object,
}
HALVES, FIRST_HALF = re.compile("[\ud800-\udfff]"), re.compile("[\ud800-\udbff]")
BROKEN_OFF = frozenset(  # OpenRouter, vLLM, DeepSeek
    {"error", "abort", "insufficient_system_resource"}
)
MOST_TOKENS = 10**12  # that one request can take
LATEST = 10**11  # seconds since 1970; whatever is later (or NaN) is no time


def new_call_id() -> str:
    """Make an id for a tool call that came without one, in OpenAI's form."""
    return f"call_{uuid.uuid4().hex[:24]}"


class Assembly:
    """Take chunks in, give the text of each out, and the whole answer at the end."""

    def __init__(self, new_id: Callable[[], str] = new_call_id) -> None:
        self._new_id = new_id
        self.finished = False  # the server said that the answer has ended
        self._head: dict[str, Any] = {}
        self._choices: dict[int, _Choice] = {}
        self._first = 0
        self._usage: dict[str, Any] | None = None

    def feed(self, chunk: Mapping[str, Any]) -> str:
        """Take one chunk (or a whole answer) in and return the first choice's new text."""
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._usage = usage
        text = ""
        choices = chunk.get("choices")
        for position, choice in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(choice, dict):
                text += self._feed_choice(choice, position)
        if not text or not self._head:  # later chunks of text say nothing new about the rest
            self._note_head(chunk)
        return text

    def cut_off(self) -> None:
        """Take the answer as ended by its length."""
        self._choices[self._first].finish_reason = "length"

    @property
    def has_choices(self) -> bool:
        """Tell whether what came looks like an answer at all."""
        return bool(self._choices)

    @property
    def begun(self) -> bool:
        """Tell whether anything of an answer has come."""
        return any(choice.said_something for choice in self._choices.values())

    @property
    def broken_off(self) -> bool:
        """Tell whether the server said that it could not bring the answer to its end."""
        return any(choice.finish_reason in BROKEN_OFF for choice in self._choices.values())

    @property
    def closed(self) -> bool:
        """Tell whether nothing has come after the server's word that the answer has ended.

        Some servers say so in every piece: their word is worth nothing until a piece has none.
        """
        return not self.torn and all(choice.closed for choice in self._choices.values())

    @property
    def promises_end(self) -> bool:
        """Tell whether the pieces have a place in which the server says that the answer ends."""
        return any(choice.promises_end for choice in self._choices.values())

    @property
    def torn(self) -> bool:
        """Tell whether a tool call stopped in the middle of its arguments."""
        return any(choice.calls.torn for choice in self._choices.values())

    def completion(
        self, request_id: str | None = None, left_out: tuple[str, ...] = ()
    ) -> ChatCompletion:
        """Return the answer as far as it has come."""
        if not self._choices:
            raise APIResponseValidationError(
                "The server's answer has no choices.", request_id=request_id
            )
        data = dict(self._head)
        created = data.get("created", 0)
        data["created"] = int(created if 0 < created < LATEST else time.time())
        data["choices"] = [
            choice.result(index, self._new_id) for index, choice in sorted(self._choices.items())
        ]
        data |= {"usage": _usage(self._usage), "left_out": left_out}
        return read(ChatCompletion, Answer(data, request_id))

    def _feed_choice(self, choice: Mapping[str, Any], position: int) -> str:
        index = choice.get("index")
        if not isinstance(index, int):
            index = position
        if index not in self._choices:
            self._choices[index] = _Choice()
            self._first = min(self._choices)
        text = self._choices[index].feed(choice)
        self.finished = self.finished or bool(self._choices[index].finish_reason)
        return text if index == self._first else ""

    def _note_head(self, chunk: Mapping[str, Any]) -> None:
        for name, kind in HEAD.items():
            value = chunk.get(name)
            if value is not None and isinstance(value, kind):
                self._head.setdefault(name, value)


class _Choice:
    """One choice under construction."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.promises_end = False
        self.closed = False
        self.calls = Calls()
        self._was_open = False
        self._thoughts = Thoughts()
        self._half = ""  # of a character that the server has cut in two
        self._pieces: dict[str, list[str]] = {}
        self._others: dict[str, Any] = {}
        self._logprobs: dict[str, Any] | None = None

    @property
    def said_something(self) -> bool:
        return bool(self._pieces or self.calls or self.finish_reason)

    def feed(self, choice: Mapping[str, Any]) -> str:
        reason = choice.get("finish_reason", "")
        if reason:
            self.finish_reason = str(reason)
        else:
            self._was_open = True
            self.promises_end = self.promises_end or reason is None
        if isinstance(choice.get("logprobs"), dict):
            self._logprobs = _merged(self._logprobs, choice["logprobs"])
        delta = choice.get("delta")
        if not delta:
            message = choice.get("message")
            # Some servers repeat the whole message beside the deltas.
            delta = message if not (self._pieces or self.calls) else None
        if self.finish_reason and (reason or _says_something(delta)):
            self.closed = bool(reason) and (self._was_open or not _says_something(delta))
        return self._delta(delta) if isinstance(delta, dict) else ""

    def _delta(self, delta: Mapping[str, Any]) -> str:
        added = ""
        for name, value in delta.items():
            if value is None:
                continue
            if name == "content":
                added = self._words(_as_text(value))
            elif name == "tool_calls":
                self.calls.feed(_dicts(value))
            elif name == "function_call" and not delta.get("tool_calls"):
                self.calls.feed_legacy(value)
            else:
                self._other(name, value)
        return added

    def _words(self, piece: str) -> str:
        if self._half or HALVES.search(piece):
            piece = self._joined(piece)
        if not self._thoughts.words_only:
            thoughts, piece = self._thoughts.feed(piece)
            self._add("reasoning_content", thoughts)
        self._add("content", piece)
        return piece

    def _joined(self, piece: str) -> str:
        """Return a piece whose halves of characters are whole ones; a last half waits."""
        whole = (self._half + piece).encode("utf-16-le", "surrogatepass")
        text = whole.decode("utf-16-le", "surrogatepass")
        self._half = text[-1:] if FIRST_HALF.fullmatch(text[-1:]) else ""
        return HALVES.sub("\ufffd", text.removesuffix(self._half))

    def _other(self, name: str, value: Any) -> None:
        if isinstance(value, str) and name != "role":
            self._add(name, value)
        elif isinstance(value, list) and isinstance(self._others.get(name), list):
            self._others[name] = [*self._others[name], *value]
        elif isinstance(value, dict):
            self._others[name] = _merged(self._others.get(name), value)
        else:
            self._others[name] = value

    def _add(self, name: str, piece: str) -> None:
        if piece:
            self._pieces.setdefault(name, []).append(piece)

    def result(self, index: int, new_id: Callable[[], str]) -> dict[str, Any]:
        message = self._others | {name: "".join(parts) for name, parts in self._pieces.items()}
        if self._thoughts.rest:
            message["content"] = message.get("content", "") + self._thoughts.rest
        message["role"] = "assistant"
        message["tool_calls"] = self.calls.result(new_id)
        return {
            "index": index,
            "message": message,
            "finish_reason": self.finish_reason,
            "logprobs": self._logprobs,
        }


def _says_something(delta: Any) -> bool:
    return isinstance(delta, dict) and any(delta[name] for name in delta if name != "role")


def _usage(usage: dict[str, Any] | None) -> CompletionUsage | None:
    """Read the counts; counts that cannot be are no reason to lose the answer."""
    if usage is None:
        return None
    try:
        read = CompletionUsage.model_validate(usage)
    except ValidationError:
        return None
    counts = (read.prompt_tokens, read.completion_tokens)
    return read if all(0 <= count <= MOST_TOKENS for count in counts) else None


def _dicts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _as_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in _dicts(content) if isinstance(part.get("text"), str))


def _merged(old: Any, new: dict[str, Any]) -> dict[str, Any]:
    """Join two pieces of one object: texts and lists grow, the rest is replaced."""
    if not isinstance(old, dict):
        return dict(new)
    joined = dict(old)
    for name, value in new.items():
        before = joined.get(name)
        if isinstance(value, list) and isinstance(before, list):
            joined[name] = [*before, *value]
        elif isinstance(value, str) and isinstance(before, str) and name in GROWING:
            joined[name] = before + value
        else:
            joined[name] = value
    return joined


GROWING = frozenset({"data", "transcript"})
