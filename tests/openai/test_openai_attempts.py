"""Bodies that come in pieces of the test's choosing, without a network in between."""

from openai_answers import HELLO, says, sse

from bot.openai.chat.chat import Chat
from bot.openai.wire.api import API
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.limits import Timeouts


class Body:
    """A response whose reads bring these pieces."""

    status = 200

    def __init__(self, pieces):
        self.request_id = None
        self._pieces = iter(pieces)

    async def read(self):
        return next(self._pieces, b"")

    def expect_end(self, *, soon):
        pass

    def release(self):
        pass

    async def aclose(self):
        pass


class Pieces:
    """A transport that answers once, with one body."""

    timeouts = Timeouts()

    def __init__(self, *pieces):
        self._bodies = [Body(pieces)]

    async def open(self, request):
        return self._bodies.pop()


async def test_a_first_piece_of_only_blank_lines_is_no_end():
    chat = Chat(API(Endpoint("http://127.0.0.1/v1"), Pieces(b"\n\n", sse(says("hello")))))

    async with chat.stream(model="m", messages=HELLO) as stream:
        texts = [text async for text in stream]

    assert texts == ["hello"]
