"""What must hold for an example of each format, checked on its values alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.finetuning import contentchecks, toolchecks
from bot.finetuning.findings import Problem
from bot.finetuning.options import Format
from bot.finetuning.repairs import ROLES
from bot.finetuning.texts import is_simple

_NOT_FOR_THE_GRADER = frozenset(("messages", "tools", "functions", "parallel_tool_calls"))


def check(example: Mapping[str, Any], form: Format) -> Iterator[Problem]:
    """Yield every problem of an example."""
    if form is Format.COMPLETION:
        return _completion(example)
    if form is Format.DPO:
        return _preference(example)
    return _chat(example) if form is Format.CHAT else _reinforcement(example)


def _completion(example: Mapping[str, Any]) -> Iterator[Problem]:
    if not example["completion"].strip():
        yield _empty("completion")
    if not example["prompt"].strip():
        yield Problem("empty_prompt", "prompt", "empty.", "write what is asked, if anything is.")


def _empty(field: str) -> Problem:
    return Problem("empty_answer", field, "empty.", "write the answer to learn, or remove the row.")


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
                yield from contentchecks.content(message, message["role"], f"{path}[{at}]")
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
    yield from contentchecks.images(messages, path)


def _message(message: Mapping[str, Any], path: str, known: set[str]) -> Iterator[Problem]:
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        text = "no role." if role is None else f"{role!r} is not a role of fine-tuning."
        fix = f"use one of {', '.join(sorted(ROLES))}."
        yield Problem("wrong_role", f"{path}.role", text, fix)
        return
    name = message.get("name")
    if name is not None and not isinstance(name, str):
        yield Problem("wrong_message", f"{path}.name", "no text.", "write a text.")
    if role == "function" and not name:
        fix = "name the function that answered."
        yield Problem("wrong_message", f"{path}.name", "the function has no name.", fix)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        fix = "repeat the id of the call."
        yield Problem("broken_call", f"{path}.tool_call_id", "no text.", fix)
    yield from _answer_fields(message, role, path, known)
    yield from contentchecks.content(message, role, path)


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
