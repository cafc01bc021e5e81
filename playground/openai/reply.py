"""An answer as OpenAI shapes it: one object, or the chunks of a stream. Pure values."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.openai import tokens
from playground.openai.answer import Answer, Fault, ToolCall
from playground.openai.ids import new_id
from playground.openai.script import words

Chunk = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way to one request."""

    id: str
    created: int
    model: str
    request: dict[str, Any]
    answer: Answer
    prompt_tokens: int

    @property
    def legacy(self) -> bool:
        """Say whether the request speaks of `functions` instead of `tools`."""
        return bool(self.request.get("functions"))

    @property
    def choices(self) -> range:
        """Give the places of the choices that are wanted; all say the same."""
        return range(self.request.get("n") or 1)

    @property
    def options(self) -> dict[str, Any]:
        """Give the stream options."""
        return self.request.get("stream_options") or {}

    def has(self, fault: Fault) -> bool:
        """Say whether this fault was ordered."""
        return fault in self.answer.faults

    def usage(self) -> dict[str, Any]:
        """Count what the answer costs."""
        answer = self.answer
        said = tokens.count(answer.text) + tokens.count(answer.refusal or "")
        said += sum(tokens.count(call.name + call.text) + 4 for call in answer.calls)
        return answer.usage or tokens.usage(self.prompt_tokens, said * len(self.choices))

    def finish_reason(self) -> str:
        """Say why the answer ended; `stop` when a call was forced by name, as OpenAI does."""
        if self.answer.finish_reason:
            return self.answer.finish_reason
        forced = isinstance(self.request.get("tool_choice"), dict)
        if not self.answer.calls or self.has(Fault.FINISH_STOP) or forced:
            return "stop"
        return "function_call" if self.legacy else "tool_calls"

    def function(self, call: ToolCall) -> dict[str, Any]:
        """Give name and arguments of a call."""
        whole = self.has(Fault.DICT_ARGUMENTS)
        return {"name": call.name, "arguments": json.loads(call.text) if whole else call.text}


def completion(reply: Reply) -> dict[str, Any]:
    """Give the whole answer as one object."""
    return {
        "id": reply.id,
        "object": "chat.completion",
        "created": reply.created,
        "model": reply.model,
        "choices": [whole_choice(reply, place) for place in reply.choices],
        "usage": reply.usage(),
        "service_tier": "default",
        "system_fingerprint": "fp_playground",
    }


def whole_choice(reply: Reply, place: int) -> dict[str, Any]:
    """Give one choice of an answer that is not streamed."""
    answer = reply.answer
    message: dict[str, Any] = {
        "role": "assistant",
        "content": answer.text or (None if answer.calls or answer.refusal else ""),
        "refusal": answer.refusal,
        "annotations": [],
    }
    if answer.calls and reply.legacy:
        message["function_call"] = reply.function(answer.calls[0])
    elif answer.calls:
        message["tool_calls"] = [whole_call(reply, call) for call in answer.calls]
    choice: dict[str, Any] = {"index": place, "message": message, "logprobs": None}
    if not reply.has(Fault.NO_FINISH):
        choice["finish_reason"] = reply.finish_reason()
    return choice


def whole_call(reply: Reply, call: ToolCall) -> dict[str, Any]:
    """Give one call of an answer that is not streamed."""
    shown = {"id": call.id or new_id("call_"), "type": "function", "function": reply.function(call)}
    if reply.has(Fault.NO_ID):
        del shown["id"]
    return shown


def chunks(reply: Reply) -> Iterator[Chunk]:
    """Give the answer as chunks: role, text and calls, finish_reason, usage."""
    if reply.has(Fault.EMPTY_CHOICES):
        yield chunk(reply) | {"prompt_filter_results": [{"prompt_index": 0}]}
    for delta in deltas(reply):
        yield from (chunk(reply, choice(place, delta)) for place in reply.choices)
    if not reply.has(Fault.NO_FINISH):
        reason = reply.finish_reason()
        yield from (chunk(reply, choice(place, {}, reason)) for place in reply.choices)
    if reply.options.get("include_usage"):
        yield chunk(reply) | {"usage": reply.usage()}


def deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    """Give what the chunks of a choice add, its finish_reason aside."""
    answer = reply.answer
    if not reply.has(Fault.NO_ROLE):
        yield {"role": "assistant", "content": None if answer.calls else "", "refusal": None}
    yield from ({"content": piece} for piece in answer.pieces)
    yield from ({"refusal": piece} for piece in words(answer.refusal or ""))
    for place, call in enumerate(answer.calls):
        yield from call_deltas(reply, call, place)


def choice(place: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """Wrap a delta."""
    return {"index": place, "delta": delta, "logprobs": None, "finish_reason": finish}


def chunk(reply: Reply, *choices: dict[str, Any]) -> Chunk:
    """Give a chunk with these choices."""
    made: Chunk = {
        "id": reply.id,
        "object": "chat.completion.chunk",
        "created": reply.created,
        "model": reply.model,
        "service_tier": "default",
        "system_fingerprint": "fp_playground",
        "choices": list(choices),
    }
    if reply.options.get("include_usage"):
        made["usage"] = None
    if reply.options.get("include_obfuscation", True):
        made["obfuscation"] = new_id("", random.randint(1, 12))
    return made


def call_deltas(reply: Reply, call: ToolCall, place: int) -> Iterator[dict[str, Any]]:
    """Give the deltas of one call: name first, then its arguments in pieces."""
    pieces = [call.text[n : n + 8] for n in range(0, len(call.text), 8)]
    if reply.legacy:
        yield {"function_call": {"name": call.name, "arguments": ""}}
        yield from ({"function_call": {"arguments": piece}} for piece in pieces)
        return
    head = {
        "index": 0 if reply.has(Fault.SAME_INDEX) else place,
        "id": call.id or new_id("call_"),
        "type": "function",
    }
    for fault, field in ((Fault.NO_INDEX, "index"), (Fault.NO_ID, "id")):
        if reply.has(fault):
            del head[field]
    if reply.has(Fault.WHOLE_CALLS) or reply.has(Fault.DICT_ARGUMENTS):
        yield {"tool_calls": [head | {"function": reply.function(call)}]}
        return
    yield {"tool_calls": [head | {"function": {"name": call.name, "arguments": ""}}]}
    again: dict[str, Any] = {"index": head["index"]} if "index" in head else {}
    named: dict[str, Any] = {}
    if reply.has(Fault.REPEAT_ID):
        again, named = head, {"name": call.name}
    for piece in pieces:
        yield {"tool_calls": [again | {"function": named | {"arguments": piece}}]}
