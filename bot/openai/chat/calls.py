"""Put tool calls together from the pieces of a stream. Pure.

OpenAI names the call with `index` in each piece, and gives `id` and `name` once. Others leave out
the index or the id, give the same index or id to several calls, repeat id and name in each piece,
or send the arguments whole, as text or as an object. The rules:

1. A piece belongs to the call with its `index`; without one, to the call with its `id`; without
   either, or when nothing fits and it has no name, to the last call.
2. It begins a new call instead when it brings a name and either another id than that call has, or
   that call's arguments are whole already, or another name than that call has, too late or too
   loosely tied to it to be the rest of that name. A call repeated as it is counts once.
3. In the result ids are unique, made up where missing; arguments are always text. What else a
   piece has (Gemini's `extra_content`) is kept.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KNOWN = frozenset({"index", "id", "type", "function", "custom"})


@dataclass(slots=True)
class _Call:
    """One call under construction."""

    index: int | None
    id: str = ""
    name: str = ""
    custom: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def whole(self) -> bool:
        return not self.custom and _is_object(self.text)

    def said(self, id: str, name: str, arguments: Any) -> bool:
        """Tell whether this is the same call once more."""
        named = bool(id) and id == self.id and name == self.name
        return named and self.text == arguments and self.whole


class Calls:
    """The tool calls of one answer."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    @property
    def torn(self) -> bool:
        """Tell whether the last call's arguments are not (yet) whole."""
        return bool(self._calls) and not (self._calls[-1].custom or self._calls[-1].whole)

    def feed(self, pieces: Iterable[Mapping[str, Any]]) -> None:
        """Take in the `tool_calls` of one delta."""
        for piece in pieces:
            function = piece.get("function") or piece.get("custom") or piece
            if isinstance(function, dict):
                custom = "custom" in piece or piece.get("type") == "custom"
                index = piece.get("index") if isinstance(piece.get("index"), int) else None
                call = self._piece(index, _text(piece.get("id")), function, custom)
                if function is not piece:
                    call.extra |= {name: piece[name] for name in piece.keys() - KNOWN}

    def feed_legacy(self, function_call: Any) -> None:
        """Take in the `function_call` of one delta."""
        if isinstance(function_call, dict):
            self._piece(0, "", function_call, False)

    def result(self, new_id: Callable[[], str]) -> list[dict[str, Any]]:
        """Return the calls as OpenAI writes them, those without a name left out."""
        results: list[dict[str, Any]] = []
        used: set[str] = set()
        for call in self._calls:
            if call.name:
                id = call.id if call.id and call.id not in used else new_id()
                used.add(id)
                results.append(_result(call, id))
        return results

    def _piece(
        self, index: int | None, id: str, function: Mapping[str, Any], custom: bool
    ) -> _Call:
        """Take one piece in and return its call."""
        name = _text(function.get("name"))
        arguments = function.get("arguments", function.get("input"))
        call = self._of(index, id, name)
        if call is not None and call.said(id, name, arguments):
            return call
        if call is None or _begins(call, index, id, name):
            call = _Call(index, custom=custom)
            self._calls.append(call)
        call.id = call.id or id
        if name != call.name:
            call.name += name
        _add_arguments(call, arguments)
        return call

    def _of(self, index: int | None, id: str, name: str) -> _Call | None:
        """Find the call that a piece speaks of: the last one that fits."""
        for call in reversed(self._calls):
            if index is not None:
                if call.index == index:
                    return call
            elif not id or call.id == id:
                return call
        return self._calls[-1] if self._calls and index is None and not name else None


def _begins(call: _Call, index: int | None, id: str, name: str) -> bool:
    if not name:
        return False
    if (id and call.id and id != call.id) or call.whole:
        return True
    loose = index is None and not id
    return name != call.name and (bool(call.pieces) or loose)


def _add_arguments(call: _Call, arguments: Any) -> None:
    if isinstance(arguments, str):
        if arguments:
            call.pieces.append(arguments)
    elif arguments is not None:
        call.pieces = [json.dumps(arguments, ensure_ascii=False)]


def _result(call: _Call, id: str) -> dict[str, Any]:
    if call.custom:
        custom = {"name": call.name, "input": call.text}
        return call.extra | {"id": id, "type": "custom", "custom": custom}
    function = {"name": call.name, "arguments": call.text if call.text.strip() else "{}"}
    return call.extra | {"id": id, "type": "function", "function": function}


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
