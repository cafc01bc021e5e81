"""A model server that costs next to nothing: the same words for everybody, in a fixed pace."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.questions import LAST_WORD, Question
from bench.wire import Connection, Request, chunk

MARK = re.compile(rb"#q(\d+)#")


@dataclass(frozen=True, slots=True)
class Speech:
    """How the model speaks: seconds to the first token, seconds between tokens, tokens."""

    first: float
    gap: float
    tokens: int

    @property
    def seconds(self) -> float:
        """Give the time of one answer."""
        return self.first + self.gap * (self.tokens - 1)

    def words(self) -> list[str]:
        """Give the tokens; the last one is known by everybody."""
        return [f"word{n} " for n in range(1, self.tokens)] + [LAST_WORD]


class LeanModel:
    """Answers chat completions; `find` gives the question that a request belongs to."""

    def __init__(self, find: Callable[[int], Question | None]) -> None:
        self.find = find
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self.set(Speech(0.0, 0.0, 5))

    def set(self, speech: Speech) -> None:
        """Choose the pace; what is sent is made ready here."""
        self.speech = speech
        deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": word} for word in speech.words()]
        self._packets = [event(delta, None) for delta in deltas]
        self._packets[1] = self._packets[0] + self._packets[1]
        del self._packets[0]
        self._end = event({}, "stop")
        self._usage = chunk(b"data: %b\n\n" % json.dumps(shell([]) | {"usage": USAGE}).encode())
        self._done = chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"

    async def start(self) -> None:
        """Open a port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", 0, backlog=2048)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Close the port."""
        if self._server:
            self._server.close()

    def _connect(self) -> Connection:
        self.connections += 1
        return Connection(self._serve)

    def _serve(self, connection: Connection, request: Request) -> None:
        if not request.target.endswith("/chat/completions"):
            connection.reply(json.dumps({"object": "list", "data": []}).encode())
            return
        question = None
        if marks := MARK.findall(request.body):
            question = self.find(int(marks[-1]))
        if question:
            question.asked = question.asked or time.monotonic()
            question.request_bytes = len(request.body)
        Answer(self, connection, question, with_usage=b"include_usage" in request.body).begin()

    def packets(self, *, with_usage: bool) -> list[bytes]:
        """Give what is written, one packet for each token; the last carries the end too."""
        end = self._end + (self._usage if with_usage else b"") + self._done
        return [*self._packets[:-1], self._packets[-1] + end]


class Answer:
    """One answer on its way: a timer that writes a packet and sets itself again."""

    def __init__(
        self,
        model: LeanModel,
        connection: Connection,
        question: Question | None,
        *,
        with_usage: bool,
    ) -> None:
        self.speech = model.speech
        self.connection = connection
        self.question = question
        self.packets = model.packets(with_usage=with_usage)
        self.loop = asyncio.get_running_loop()
        self.due = self.loop.time() + self.speech.first
        self.place = 0

    def begin(self) -> None:
        """Send the head at once and the first token in its time."""
        self.connection.begin_stream()
        if self.speech.first:
            self.loop.call_at(self.due, self.step)
        else:
            self.step()

    def step(self) -> None:
        """Write all tokens that are due."""
        last = len(self.packets) - 1
        while True:
            self.note(self.place == 0, self.place == last)
            self.connection.write(self.packets[self.place])
            self.place += 1
            if self.place > last:
                return
            self.due += self.speech.gap
            if self.due > self.loop.time():
                self.loop.call_at(self.due, self.step)
                return

    def note(self, first: bool, last: bool) -> None:
        """Write down when the first and the last token were sent."""
        if self.question and first:
            self.question.first_token = time.monotonic()
        if self.question and last:
            self.question.last_token = time.monotonic()


USAGE = {"prompt_tokens": 100, "completion_tokens": 41, "total_tokens": 141}


def shell(choices: list[dict[str, object]]) -> dict[str, object]:
    """Give a chunk of a stream."""
    return {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1_767_225_600,
        "model": "bench",
        "choices": choices,
    }


def event(delta: dict[str, object], finish: str | None) -> bytes:
    """Give one event, ready to be written."""
    choice: dict[str, object] = {"index": 0, "delta": delta, "finish_reason": finish}
    return chunk(b"data: %b\n\n" % json.dumps(shell([choice])).encode())
