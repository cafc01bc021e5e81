"""Try out functions without Slack and without a model, for those who write them.

from functions import testing
from weather import forecast

async def test_forecast_knows_the_city() -> None:
    result = await testing.call(forecast, {"city": "Berlin"})

    assert result.ok
    assert "Berlin" in result.text
"""

import difflib
import json
import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from functions._context import ApprovalRequest, Context, FoundMessage, FoundPerson, GivenFile, User
from functions._declaring.declared import declare
from functions._declaring.function import Function
from functions._ledger import Line, State
from functions._registry import Registry
from functions._results.files import File
from functions._results.result import Result

ANN = User(id="U0ANN", name="Ann", tz="Europe/Berlin")
ADMIN = User(id="U0ADMIN", name="Ada", tz="Europe/Berlin", is_admin=True)


Person = FoundPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(FoundMessage):
    """A message for `FakeMessages`."""

    thread_ts: str = "1.0"
    created: int = 0
    name: str | None = "Bob"
    user: str | None = "U0BOB"


@dataclass(slots=True)
class FakeMessages:
    """Messages of one channel that can be searched by a part of their text."""

    messages: Sequence[Message] = ()

    async def search(
        self, team: str, channel: str, query: str, limit: int
    ) -> Sequence[FoundMessage]:
        """Return the messages that contain the query."""
        return [one for one in self.messages if query.casefold() in one.text.casefold()][:limit]


@dataclass(slots=True)
class FakePeople:
    """People who can be found by id or by a part of their name."""

    people: Sequence[Person] = ()

    async def find(self, team: str, query: str, limit: int) -> Sequence[FoundPerson]:
        """Return the people who have this id or whose name contains the query."""
        word = query.casefold()
        return [
            one
            for one in self.people
            if one.id == query or word in f"{one.name} {one.real_name}".casefold()
        ][:limit]


def _sent(file: File) -> GivenFile:
    """Return a file as people would have sent it."""

    async def read() -> bytes:
        return file.data

    kind = file.mimetype or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return GivenFile(file.name, kind, len(file.data), read)


@dataclass(slots=True)
class FakeLedger:
    """A call ledger in memory; hand in lines to play what was there before a restart."""

    lines: dict[str, Line] = field(default_factory=dict)

    async def begin(self, line: Line) -> Line | None:
        """Write the line, or return the one that already stands under its id."""
        earlier = self.lines.get(line.id)
        if earlier is None:
            self.lines[line.id] = line
        return earlier

    async def earlier(self, id: str) -> Line | None:
        """Return the line that stands under an id, if any."""
        return self.lines.get(id)

    async def end(self, id: str, state: State, result: str, files: tuple[File, ...] = ()) -> None:
        """Note how the call ended."""
        self.lines[id] = replace(self.lines[id], state=state, result=result, files=files)


@dataclass(slots=True)
class Progress:
    """Keep what a function reported on its way."""

    texts: list[str] = field(default_factory=list)

    async def __call__(self, text: str) -> None:
        """Keep one line."""
        self.texts.append(text)


class Answers:
    """Answer questions of `context.ask` with these texts, one after the other, then not at all."""

    def __init__(self, *texts: str) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self._texts = list(texts)

    async def ask(self, question: str, options: Sequence[str]) -> str | None:
        """Keep the question, and give the next answer, which must be one of the options."""
        self.asked.append((question, tuple(options)))
        answer = self._texts.pop(0) if self._texts else None
        known = list(map(str, options))
        if known and answer is not None and answer not in known:
            raise ValueError(f"{answer!r} is no answer to {question!r}: {', '.join(known)}")
        return answer


class Approves:
    """Approve every call, or refuse each with a sentence; `requests` keeps what was asked."""

    def __init__(self, refusal: str | None = None) -> None:
        self.requests: list[ApprovalRequest] = []
        self._refusal = refusal

    def knows(self, call_id: str) -> bool:
        """Tell whether this call has been asked about."""
        return any(request.call_id == call_id for request in self.requests)

    async def refusal(self, request: ApprovalRequest) -> str | None:
        """Keep the request and decide."""
        self.requests.append(request)
        return self._refusal


def fake_context(
    *,
    user: User = ANN,
    messages: Iterable[Message] = (),
    people: Iterable[Person] = (),
    files: Iterable[File] = (),
    event: str = "E1",
    **fields: Any,
) -> Context:
    """Return the context of a call that Ann made in a channel; any field can be given."""
    given = {"team": "T0LOCAL", "channel": "C0GENERAL", "thread": "1.0", **fields}
    return Context(
        user=user,
        messages=FakeMessages(tuple(messages)),
        people=FakePeople(tuple(people)),
        files=tuple(map(_sent, files)),
        **given,
    ).for_call(event, 0, 0)


async def call(
    function: Function[..., Any],
    arguments: Mapping[str, Any] | str = "",
    context: Context | None = None,
) -> Result:
    """Call a function as the model would: with JSON, checked, in its time, as its text result."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return await Registry([function]).call(function.rules.name, text, context or fake_context())


def schema(function: Function[..., Any]) -> dict[str, Any]:
    """Return what the model is shown of a function: name, description, parameters."""
    shown: dict[str, Any] = declare(function).tool["function"]
    return shown


def snapshot(function: Function[..., Any], file: str | Path) -> None:
    """Compare what the model is shown with the copy in a file; without one, write it.

    Raises:
        AssertionError: it is shown otherwise; the text tells the difference.
    """
    shown = json.dumps(schema(function), indent=2, ensure_ascii=False) + "\n"
    path = Path(file)
    if not path.exists():
        path.write_text(shown, "utf-8")
    kept = path.read_text("utf-8")
    if kept != shown:
        head = f"{function.rules.name} is not shown as in {path}; remove the file if that is meant."
        lines = difflib.unified_diff(
            kept.splitlines(), shown.splitlines(), "kept", "now", lineterm=""
        )
        raise AssertionError("\n".join((head, *lines)))
