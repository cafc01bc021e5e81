"""What a chat completion answers: OpenAI's object, open to fields and words of later days."""

from typing import Any

from pydantic import Field

from bot.openai.objects import APIObject, APIResult


class FunctionCall(APIObject):
    """Which function the model wants to run; `arguments` is text, hopefully JSON."""

    name: str
    arguments: str


class CustomCall(APIObject):
    """Which custom tool the model wants to run, with free text as input."""

    name: str
    input: str


class ToolCall(APIObject):
    """One request of the model to run something; `id` is never missing and unique."""

    id: str
    type: str = "function"
    function: FunctionCall | None = None
    custom: CustomCall | None = None


class ChatCompletionMessage(APIObject):
    """The answer itself; `content` is None when the model only called tools or refused."""

    role: str = "assistant"
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] = Field(default_factory=list)
    annotations: Any = None
    audio: Any = None


class Choice(APIObject):
    """One of the answers; `finish_reason` is what the server said, to be trusted by nobody."""

    index: int = 0
    message: ChatCompletionMessage
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None


class PromptTokensDetails(APIObject):
    """What the tokens of the question were."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None
    text_tokens: int | None = None
    image_tokens: int | None = None


class CompletionTokensDetails(APIObject):
    """What the tokens of the answer were."""

    reasoning_tokens: int | None = None
    audio_tokens: int | None = None
    text_tokens: int | None = None
    accepted_prediction_tokens: int | None = None
    rejected_prediction_tokens: int | None = None


class CompletionUsage(APIObject):
    """What the request cost, in tokens."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    prompt_tokens_details: PromptTokensDetails | None = None
    completion_tokens_details: CompletionTokensDetails | None = None


class ChatCompletion(APIResult):
    """An answer to a conversation.

    `left_out` names request fields that were not sent because the model or server had refused them
    before (`tools` among them means that the model could not call any).
    """

    id: str = ""
    object: str = "chat.completion"
    created: int = 0
    model: str = ""
    choices: list[Choice]
    usage: CompletionUsage | None = None
    service_tier: str | None = None
    system_fingerprint: str | None = None
    moderation: Any = None
    left_out: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def message(self) -> ChatCompletionMessage:
        """Return the first choice's message."""
        return self.choices[0].message

    @property
    def finish_reason(self) -> str:
        """Return why the answer ended, corrected by what is in it."""
        said = self.choices[0].finish_reason
        if self.message.tool_calls and said not in ("length", "content_filter"):
            return "tool_calls"
        return "tool_calls" if said == "function_call" else said or "stop"
