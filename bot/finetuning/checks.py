"""What must hold for an example of each format, checked on its values alone."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.finetuning import toolchecks
from bot.finetuning.findings import Problem
from bot.finetuning.options import Format
from bot.finetuning.repairs import ROLES
from bot.finetuning.texts import is_simple

_NOT_FOR_THE_GRADER = frozenset(("messages", "tools", "functions", "parallel_tool_calls"))

_MOST_IMAGES = 10
_LARGEST_IMAGE = 10_000_000
_DATA = re.compile(r"data:image/(png|jpe?g|webp|gif);base64,")
_WEB = re.compile(r"https?://[^\s/]+")


def check(example: Mapping[str, Any], form: Format) -> Iterator[Problem]:
    """Yield every problem of an example."""
    if form is Format.COMPLETION:
        return _completion(example)
    if form is Format.DPO:
        return _preference(example)
    return _chat(example) if form is Format.CHAT else _reinforcement(example)


def _completion(example: Mapping[str, Any]) -> Iterator[Problem]:
    if not example["completion"].strip():
        fix = "write the answer to learn, or remove the row."
        yield Problem("empty_answer", "completion", "empty.", fix)
    if not example["prompt"].strip():
        yield Problem("empty_prompt", "prompt", "empty.", "write what is asked, if anything is.")


def _chat(example: Mapping[str, Any]) -> Iterator[Problem]:
    messages = example.get("messages")
    yield from _messages(messages, "messages", example)
    yield from _tools(example, "")
    if not isinstance(messages, list) or not messages:
        return
    roles = [message.get("role") for message in messages if isinstance(message, dict)]
    if "assistant" not in roles:
        fix = "add the answer; for data without answers choose --format reinforcement."
        yield Problem("no_answer", "messages", "no message of the assistant.", fix)
    elif roles[-1] != "assistant":
        fix = "end with an answer of the assistant."
        yield Problem("unfinished", "messages", "nothing is learnt from the last ones.", fix)
    if "assistant" in roles and not any(map(_trained, messages)):
        fix = "give weight 1 to an answer to learn, or remove the row."
        yield Problem("nothing_trained", "messages", "every answer has weight 0.", fix)
    if "user" not in roles and "assistant" in roles:
        fix = "add what is asked, if anything is."
        yield Problem("empty_prompt", "messages", "no message of the user.", fix)


def _trained(message: Any) -> bool:
    """Tell whether a message is an answer that is learnt, or has a weight that is no weight."""
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return False
    weight = message.get("weight", 1)
    return type(weight) is not int or weight != 0


def _reinforcement(example: Mapping[str, Any]) -> Iterator[Problem]:
    messages = example.get("messages")
    yield from _messages(messages, "messages", example)
    yield from _tools(example, "")
    yield from _ends_with_user(messages, "messages")
    if all(example[field] is None for field in example.keys() - _NOT_FOR_THE_GRADER):
        fix = "add a field such as reference, which the grader reads as {{item.reference}}."
        yield Problem("no_reference", "", "nothing for a grader to compare with.", fix)


def _ends_with_user(messages: Any, field: str) -> Iterator[Problem]:
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, dict) and last.get("role") != "user":
        fix = "end with the message of the user that is to be answered."
        text = f"the last message is of role {last.get('role')!r}."
        yield Problem("wrong_ending", field, text, fix)


def _preference(example: Mapping[str, Any]) -> Iterator[Problem]:
    given = example.get("input")
    if isinstance(given, dict):
        messages = given.get("messages")
        yield from _messages(messages, "input.messages", given)
        yield from _tools(given, "input.")
        yield from _ends_with_user(messages, "input.messages")
        yield from _text_only(messages, "input.messages")
        yield from _one_turn(messages)
    else:
        fix = 'write "input": {"messages": [...]}.'
        yield Problem("missing_field", "input", "not there, or no object.", fix)
    outputs = [example.get("preferred_output"), example.get("non_preferred_output")]
    for field, output in zip(("preferred_output", "non_preferred_output"), outputs, strict=True):
        yield from _output(output, field, given if isinstance(given, dict) else {})
    if outputs[0] is not None and outputs[0] == outputs[1]:
        fix = "give two different outputs, or remove the row."
        yield Problem("same_outputs", "preferred_output", "both outputs are the same.", fix)


def _output(output: Any, field: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    one = output[0] if isinstance(output, list) and len(output) == 1 else None
    fix = 'write [{"role": "assistant", "content": ...}].'
    if output is None:
        yield Problem("missing_field", field, "not there, or null.", fix)
    elif not isinstance(one, dict):
        yield Problem("wrong_message", field, "not one message in a list.", fix)
    elif one.get("role") != "assistant":
        text = f"role {one.get('role')!r} where only the assistant speaks."
        yield Problem("wrong_role", f"{field}[0].role", text, 'write "assistant".')
    else:
        yield from _messages(output, field, given)
        yield from _text_only(output, field)


def _text_only(messages: Any, path: str) -> Iterator[Problem]:
    for at, message in enumerate(messages if isinstance(messages, list) else ()):
        content = message.get("content") if isinstance(message, dict) else None
        parts = content if isinstance(content, list) else ()
        if any(isinstance(part, dict) and part.get("type") != "text" for part in parts):
            text = "preference data takes text only."
            yield Problem("wrong_content", f"{path}[{at}].content", text, "leave the image out.")


def _one_turn(messages: Any) -> Iterator[Problem]:
    listed = messages if isinstance(messages, list) else ()
    roles = [one.get("role") for one in listed if isinstance(one, dict)]
    if "assistant" in roles or roles.count("user") > 1:
        text = "more than one turn; preference data is documented for one."
        yield Problem("many_turns", "input.messages", text, "keep the last question only.")


def _tools(holder: Mapping[str, Any], path: str) -> Iterator[Problem]:
    for field in ("tools", "functions"):
        if field in holder:
            yield from toolchecks.tools(holder[field], f"{path}{field}")
    if type(holder.get("parallel_tool_calls", True)) is not bool:
        field = f"{path}parallel_tool_calls"
        yield Problem("wrong_tools", field, "not true or false.", "write true or false.")


def _messages(messages: Any, path: str, holder: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(messages, list) or not messages:
        code = "missing_field" if messages is None else "wrong_message"
        fix = 'write [{"role": "user", "content": ...}, ...].'
        yield Problem(code, path, "no list of messages.", fix)
        return
    if all(map(is_simple, messages)):
        for at, message in enumerate(messages):
            if not message["content"].strip():
                yield from content(message, message["role"], f"{path}[{at}]")
        return
    known = toolchecks.declared(holder)
    for at, message in enumerate(messages):
        if isinstance(message, dict):
            yield from _message(message, f"{path}[{at}]", known)
        else:
            fix = 'write {"role": ..., "content": ...}.'
            yield Problem("wrong_message", f"{path}[{at}]", "no object.", fix)
    yield from toolchecks.answered(messages, path)
    yield from toolchecks.returned(messages, path)
    yield from images(messages, path)


def _message(message: Mapping[str, Any], path: str, known: set[str]) -> Iterator[Problem]:
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        text = "no role." if role is None else f"{role!r} is not a role of fine-tuning."
        fix = f"use one of {', '.join(sorted(ROLES))}."
        yield Problem("wrong_role", f"{path}.role", text, fix)
        return
    for field in ("name", "refusal"):
        if not isinstance(message.get(field), str | None):
            yield Problem("wrong_message", f"{path}.{field}", "no text.", "write a text.")
    if role == "function" and not message.get("name"):
        fix = "name the function that answered."
        yield Problem("wrong_message", f"{path}.name", "the function has no name.", fix)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        fix = "repeat the id of the call."
        yield Problem("broken_call", f"{path}.tool_call_id", "no text.", fix)
    yield from _answer_fields(message, role, path, known)
    yield from content(message, role, path)


def _answer_fields(
    message: Mapping[str, Any], role: str, path: str, known: set[str]
) -> Iterator[Problem]:
    if role == "assistant":
        yield from toolchecks.calls(message, path, known)
        weight = message.get("weight", 1)
        if type(weight) is not int or weight not in (0, 1):
            text = f"{weight!r} is not 0 or 1."
            yield Problem("wrong_weight", f"{path}.weight", text, "write 0 or 1.")
        return
    for field in ("tool_calls", "function_call"):
        if field in message:
            text = f"a message of role {role!r} cannot call."
            yield Problem("wrong_role", f"{path}.{field}", text, "only the assistant calls.")


def content(message: Mapping[str, Any], role: str, path: str) -> Iterator[Problem]:
    """Check that the content is there, of a kind that the role may have, and not empty."""
    value = message.get("content")
    field = f"{path}.content"
    if isinstance(value, str):
        if not value.strip():
            yield from _empty(message, role, field)
    elif isinstance(value, list):
        yield from _parts(value, role, field)
    elif value is not None:
        yield Problem("wrong_content", field, "no text and no list of parts.", "write a text.")
    elif not _silent(message, role):
        code = "null_field" if "content" in message else "missing_field"
        text = "null." if "content" in message else "not there."
        yield Problem(code, field, text, 'write a text; "" if an empty one is meant.')


def _silent(message: Mapping[str, Any], role: str) -> bool:
    speaks_otherwise = ("tool_calls", "function_call", "refusal")
    return role == "assistant" and any(message.get(field) for field in speaks_otherwise)


def _empty(message: Mapping[str, Any], role: str, field: str) -> Iterator[Problem]:
    if role != "assistant":
        yield Problem("empty_message", field, "empty.", "write a text, or remove the message.")
    elif not _silent(message, role) and message.get("weight") != 0:
        yield Problem("empty_answer", field, "empty.", "write the answer, or remove the row.")


def _parts(parts: Sequence[Any], role: str, field: str) -> Iterator[Problem]:
    if not parts:
        code = "empty_answer" if role == "assistant" else "wrong_content"
        yield Problem(code, field, "a list without parts.", "write a text.")
    for at, part in enumerate(parts):
        here = f"{field}[{at}]"
        kind = part.get("type") if isinstance(part, dict) else None
        key = {"text": "text", "refusal": "refusal"}.get(str(kind))
        if key and not isinstance(part.get(key), str):
            yield Problem("wrong_content", here, f"its {key} is no text.", "write a text.")
        elif kind == "text" and not part["text"].strip():
            code = "empty_answer" if role == "assistant" and len(parts) == 1 else "empty_message"
            yield Problem(code, here, "empty.", "write a text, or remove the part.")
        elif kind == "refusal" and role != "assistant":
            yield Problem("wrong_content", here, "only the assistant refuses.", "write text.")
        elif kind == "image_url":
            yield from _image(part, role, here)
        elif not key:
            text = f"{kind!r} is not a kind of part that fine-tuning takes."
            yield Problem("wrong_content", here, text, "use text, or image_url of the user.")


def _image(part: Mapping[str, Any], role: str, path: str) -> Iterator[Problem]:
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    if role != "user":
        text = f"an image in a message of role {role!r}."
        yield Problem("wrong_image", path, text, "only messages of the user may hold images.")
    if not isinstance(url, str) or not (_DATA.match(url) or _WEB.match(url)):
        fix = "give an http(s) address, or data:image/png;base64,... (jpeg, webp)."
        yield Problem("wrong_image", f"{path}.image_url.url", "no address of an image.", fix)
    elif url.startswith("data:") and not _is_base64(url[url.index(",") + 1 :]):
        text = "the picture's data is no base64."
        yield Problem("wrong_image", f"{path}.image_url.url", text, "encode the file anew.")
    elif url.startswith("data:") and len(url) * 3 // 4 > _LARGEST_IMAGE:
        text = "the image is larger than 10 MB."
        yield Problem("wrong_image", f"{path}.image_url.url", text, "make it smaller.")
    if isinstance(image, dict) and image.get("detail", "auto") not in ("auto", "low", "high"):
        fix = "write auto, low or high."
        yield Problem("wrong_image", f"{path}.image_url.detail", "no level of detail.", fix)


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False


def images(messages: Sequence[Any], path: str) -> Iterator[Problem]:
    """Check that an example holds no more images than the service takes."""
    count = 0
    for message in messages:
        parts = message.get("content") if isinstance(message, dict) else None
        if isinstance(parts, list):
            kinds = [part.get("type") for part in parts if isinstance(part, dict)]
            count += kinds.count("image_url")
    if count > _MOST_IMAGES:
        text = f"{count} images; an example takes {_MOST_IMAGES}."
        yield Problem("wrong_image", path, text, "split the example.")
