"""The conversation as the rules see it."""

import re
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 80
ONLY_ONE = re.compile(r"People in it[^:]*: ([^,()]+) \(\w+\)\.")
FILES = re.compile(r"\[Attached[^\]:]*: ([^\]]+)\]")
NOTES = re.compile(  # on files, and what is in them: words of nobody here
    r"\n?\[(?:Attached|What is in|Not shown to you)\b[^\]\n]*\](?:\n>.*)*"
)
MENTION_OF_BOT = re.compile(r"^\s*<@[UW]\w+>[,:]?\s*")


@dataclass(frozen=True, slots=True)
class Result:
    """What a function gave back to a call."""

    name: str
    arguments: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said; the name is empty where only one person speaks."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said so far.

    `users` are the texts of the person who asks, oldest first, and the last of them is the
    question; `said` has everybody's words. `rounds` counts the rounds of calls since the question
    and `results` holds what they gave. With the question came `images` and `files`, by their names.
    """

    users: tuple[str, ...]
    said: tuple[Said, ...]
    answers: tuple[str, ...]
    results: tuple[Result, ...]
    rounds: int
    called: tuple[str, ...]
    images: int
    files: str = ""

    @property
    def question(self) -> str:
        """Give what was said last."""
        return self.users[-1] if self.users else ""

    @property
    def earlier(self) -> tuple[str, ...]:
        """Give what the user said before."""
        return self.users[:-1]


def read(messages: list[dict[str, Any]]) -> Talk:
    """Read a conversation from the messages of a request."""
    asked = [n for n, message in enumerate(messages) if message["role"] == "user"]
    said = [spoken(messages[n], instructions(messages)) for n in asked]
    start = asked[-1] + 1 if asked else 0
    answers = [text_of(m) for m in messages[:start] if m["role"] == "assistant"]
    calls = [call for message in messages for call in calls_of(message)]
    rounds = [n for n, m in enumerate(messages) if n >= start and calls_of(m)]
    return Talk(
        users=tuple(one.text for one in said if one.name == said[-1].name),
        said=tuple(said),
        answers=tuple(text for text in answers if text),
        results=tuple(results_of(messages[start:])),
        rounds=len(rounds),
        called=tuple(name for _, name, _ in calls),
        images=count_images(messages[asked[-1]]) if asked else 0,
        files=", ".join(FILES.findall(text_of(messages[asked[-1]]))) if asked else "",
    )


def instructions(messages: list[dict[str, Any]]) -> str:
    """Give what the bot's makers say."""
    return " ".join(text_of(m) for m in messages if m["role"] in ("system", "developer"))


def spoken(message: dict[str, Any], known: str) -> Said:
    """Part the speaker from the words.

    The name stands in the message's field, before a colon if the instructions know it too, or in
    the instructions alone where nobody else takes part.
    """
    text = MENTION_OF_BOT.sub("", NOTES.sub("", text_of(message))).strip()
    name, colon, rest = text.partition(": ")
    if colon and len(name) <= LONGEST_NAME and "\n" not in name and f"{name} (" in known:
        return Said(name, MENTION_OF_BOT.sub("", rest).strip())
    only = ONLY_ONE.search(known)
    return Said(message.get("name") or (only[1] if only else ""), text)


def text_of(message: dict[str, Any]) -> str:
    """Give the text of a message, whatever the form of its content."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(part["text"] for part in content if part.get("type") == "text")


def count_images(message: dict[str, Any]) -> int:
    """Count the pictures of a message."""
    content = message.get("content")
    if not isinstance(content, list):
        return 0
    return sum(part.get("type") == "image_url" for part in content)


def calls_of(message: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Give id, name and arguments of each call in a message."""
    if call := message.get("function_call"):
        return [(call["name"], call["name"], call["arguments"])]
    functions = ((c["id"], c.get("function") or {}) for c in message.get("tool_calls") or ())
    return [(id_, f.get("name", ""), f.get("arguments", "")) for id_, f in functions]


def results_of(messages: list[dict[str, Any]]) -> list[Result]:
    """Match results with the calls they answer."""
    calls: dict[str, tuple[str, str]] = {}  # of one name the last, where calls have no ids
    found = []
    for message in messages:
        calls |= {id_: (name, text) for id_, name, text in calls_of(message)}
        if message["role"] in ("tool", "function"):
            name, arguments = calls.get(message.get("tool_call_id") or message["name"], ("", ""))
            found.append(Result(name, arguments, text_of(message)))
    return found
