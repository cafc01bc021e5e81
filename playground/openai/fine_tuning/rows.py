"""Check the rows of a training file as OpenAI does before it trains, and learn from them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.openai import moderating
from playground.openai.checks.messages import check_messages
from playground.openai.checks.shape import anything, array, check_object, text
from playground.openai.checks.tools import check_tools
from playground.openai.checks.uploaded import lines_of
from playground.openai.errors import ApiError, bad_request
from playground.openai.tokens import count, count_prompt

LEAST_EXAMPLES = 10
EXAMPLE_LIMIT = 65_536
UNSAFE_SHARE = 0.2
MODERATED = 1_000
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
PARTS = ("text", "image_url", "refusal")
Row = dict[str, Any]


class RowsError(Exception):
    """A file that cannot be trained on; `code` and `text` become the job's error."""

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass(slots=True)
class Dataset:
    """What a file holds: how much there is to train, and what is to be answered to what."""

    examples: int = 0
    tokens: int = 0
    unsafe: int = 0
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """One row, reduced to what matters."""

    prompt: str
    answer: str
    tokens: int


def read_rows(data: bytes, method: str, *, chats: bool, least: int = LEAST_EXAMPLES) -> Dataset:
    """Check all rows and give what they hold, or raise the first thing that is wrong."""
    reader = reader_for(method, chats=chats)
    dataset = Dataset()
    for number, row in lines_of(data):
        try:
            example = reader(row)
        except ApiError as error:
            raise RowsError(f"Invalid file format. Line {number}: {error.message}") from error
        dataset.examples += 1
        dataset.tokens += min(example.tokens, EXAMPLE_LIMIT)
        if dataset.examples <= MODERATED:
            dataset.unsafe += moderating.is_flagged(f"{example.prompt}\n{example.answer}")
        if example.answer:
            dataset.answers[key_of(example.prompt)] = example.answer
    if dataset.examples < least:
        raise RowsError(
            f"file has {dataset.examples} example(s), but must have at least {least} examples",
            code="invalid_n_examples",
        )
    if dataset.unsafe > UNSAFE_SHARE * min(dataset.examples, MODERATED):
        raise RowsError(
            "file was blocked by our moderation system because it contains too many examples "
            "that violate the usage policies"
        )
    return dataset


def key_of(prompt: str) -> str:
    """Give the form under which a prompt is recognised again."""
    return " ".join(prompt.casefold().split())


def reader_for(method: str, *, chats: bool) -> Callable[[Row], Example]:
    """Choose how rows are read."""
    if not chats:
        return completion_row
    return {"supervised": chat_row, "dpo": preference_row, "reinforcement": graded_row}[method]


def completion_row(row: Row) -> Example:
    """Read a row of prompt and completion."""
    if "messages" in row:
        raise bad_request("the row is in the chat format, but the model takes prompt/completion.")
    check_object(row, {"prompt": text(), "completion": text(least=1)}, ("prompt", "completion"))
    prompt, answer = row["prompt"], row["completion"]
    return Example(prompt, answer, count(prompt) + count(answer))


def chat_row(row: Row) -> Example:
    """Read a conversation that ends with the assistant."""
    if "prompt" in row:
        raise bad_request(
            "the row is in the prompt/completion format, but the model takes chat messages."
        )
    known = ("messages", "tools", "parallel_tool_calls", "functions")
    check_object(row, dict.fromkeys(known, anything), ("messages",))
    messages = plain_messages(row["messages"])
    said = [message for message in row["messages"] if message["role"] == "assistant"]
    if not said:
        raise bad_request("Example has no assistant message.", "messages")
    if row["messages"][-1]["role"] != "assistant":
        raise bad_request("The last message must be from the assistant.", "messages")
    if all(message.get("weight") == 0 for message in said):
        raise bad_request("At least one assistant message must have weight 1.", "messages")
    check_tools({name: row.get(name) for name in ("tools", "functions")})
    tokens = count_prompt({"messages": messages, "tools": row.get("tools")})
    return Example(asked(messages), spoken(messages[-1]), tokens)


def preference_row(row: Row) -> Example:
    """Read an input with a preferred and another answer."""
    outputs = ("preferred_output", "non_preferred_output")
    rule = array(anything, 1, 1)
    given = {"input": check_input, outputs[0]: rule, outputs[1]: rule}
    check_object(row, given, tuple(given))
    for name in outputs:
        plain_messages(row[name])
        if row[name][0]["role"] != "assistant":
            raise bad_request(f"{name}[0].role must be 'assistant'.", name)
    messages = row["input"]["messages"]
    shown = [*messages, *row[outputs[0]], *row[outputs[1]]]
    return Example(asked(messages), spoken(row[outputs[0]][0]), count_prompt({"messages": shown}))


def check_input(value: Any, param: str) -> None:
    """Check the input of a preference: it ends with what the user asks."""
    known = ("messages", "tools", "parallel_tool_calls")
    check_object(value, dict.fromkeys(known, anything), ("messages",), param)
    plain_messages(value["messages"])
    if value["messages"][-1]["role"] != "user":
        raise bad_request("The last input message must be from the user.", f"{param}.messages")


def graded_row(row: Row) -> Example:
    """Read a prompt whose answers a grader judges; further keys are the grader's."""
    if "messages" not in row:
        raise bad_request("Missing required parameter: 'messages'.", "messages")
    messages = plain_messages(row["messages"])
    if messages[-1]["role"] != "user":
        raise bad_request("The last message must be from the user.", "messages")
    check_tools({"tools": row.get("tools") or None})
    return Example(asked(messages), "", count_prompt({"messages": messages}))


def plain_messages(messages: Any) -> list[Row]:
    """Check messages, and give them as a chat request has them: without weights."""
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise bad_request("'messages' must be an array of objects.", "messages")
    for place, message in enumerate(messages):
        check_trainable(message, f"messages[{place}]")
    plain = [{k: v for k, v in message.items() if k != "weight"} for message in messages]
    check_messages(plain)
    return plain


def check_trainable(message: Row, param: str) -> None:
    """Check what only training refuses: weights in the wrong place, sounds and files."""
    if message.get("role") not in ROLES:
        raise bad_request(f"{param}.role: unexpected role {message.get('role')!r}.", param)
    weight = message.get("weight")
    if weight is not None and (message["role"] != "assistant" or weight not in (0, 1)):
        raise bad_request(f"{param}.weight must be 0 or 1, on assistant messages only.", param)
    content = message.get("content")
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and part.get("type") not in PARTS:
            raise bad_request(f"{param}.content: {part.get('type')!r} cannot be trained on.", param)


def asked(messages: list[Row]) -> str:
    """Give what the user said last."""
    said = [message for message in messages if message["role"] == "user"]
    return spoken(said[-1]) if said else ""


def spoken(message: Row) -> str:
    """Give the text of a message."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""
