"""The chat completions: ask with a conversation, whole or streamed."""

from collections.abc import Callable
from typing import Unpack

from bot.openai.chat.adapt import Rules
from bot.openai.chat.asking import Asking
from bot.openai.chat.assembly import Assembly
from bot.openai.chat.completion import ChatCompletion
from bot.openai.chat.request import ChatParameters, request_body
from bot.openai.chat.stored import StoredCompletions
from bot.openai.chat.stream import ChatStream, Habits
from bot.openai.errors import APIResponseValidationError, OpenAIError
from bot.openai.wire.api import API, LONGEST_ANSWER, Answer


class Chat(StoredCompletions):
    """Chat completions of one server.

    `learned` holds, by model, what refusals have taught (see `adapt`); hand in what was kept from
    earlier and keep what `on_learned` tells. With `legacy_functions` the server is spoken to with
    `functions` in place of `tools`; callers see no difference.
    """

    def __init__(
        self,
        api: API,
        *,
        learned: dict[str, Rules] | None = None,
        on_learned: Callable[[str, Rules], None] | None = None,
        legacy_functions: bool = False,
    ) -> None:
        super().__init__(api)
        self.learned: dict[str, Rules] = {} if learned is None else learned
        self._on_learned = on_learned
        self._legacy_functions = legacy_functions
        self._habits = Habits()

    async def create(self, **parameters: Unpack[ChatParameters]) -> ChatCompletion:
        """Return the whole answer at once."""
        asking = self._asking(parameters, stream=False)
        while True:
            try:
                return _completion(await self._attempt(asking), asking.left_out)
            except OpenAIError as error:
                await asking.recover(error)

    def stream(self, **parameters: Unpack[ChatParameters]) -> ChatStream:
        """Return the answer as a stream: `async with` it, then iterate over its text."""
        return ChatStream(self._api, self._asking(parameters, stream=True), self._habits)

    async def try_model(self, model: str) -> None:
        """Ask a model for one word: the cheapest proof that address, key and name are right."""
        question = [{"role": "user", "content": "Say ok."}]
        await self.create(model=model, messages=question, max_completion_tokens=16)

    async def _attempt(self, asking: Asking) -> Answer:
        async with self._api.open(asking.ask(), asking.call) as response:
            asking.accepted()
            return self._api.decode(await response.read_all(LONGEST_ANSWER), response)

    def _asking(self, parameters: ChatParameters, *, stream: bool) -> Asking:
        return Asking(
            request_body(parameters, stream=stream),
            self._api.call(),
            self.learned,
            self._on_learned,
            legacy_functions=self._legacy_functions,
            timeout=parameters.get("timeout"),
            longest=self._api.longest,
        )


def _completion(answer: Answer, left_out: tuple[str, ...]) -> ChatCompletion:
    if not isinstance(answer.data, dict):
        raise APIResponseValidationError(
            "The server's answer is no chat completion.", request_id=answer.request_id
        )
    assembly = Assembly()
    assembly.feed(answer.data)
    return assembly.completion(answer.request_id, left_out)
