"""Write things on request: tables, lists, code, long texts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice

from playground.openai.standin.talk import Talk

LONGEST = 20_000
ESSAY = 30  # sentences
LENGTH = re.compile(r"\b(\d{1,6})[ -]words?\b", re.I)
LONG = re.compile(r"\b(?:long (?:answer|text|story|essay)|essay|story)\b", re.I)
TABLE = re.compile(r"\btable\b", re.I)
LIST = re.compile(
    r"\b(?:list|bullet points?|bullets|steps)\b|\b(?:\d+|three|five|ten) ideas\b", re.I
)
CODE = re.compile(
    r"\b(?:write|show|give|make|need|example)\b.*\b(?:code|script|program|snippet|function)\b"
    r"|\bpython (?:code|script|program|function)\b",
    re.I | re.S,
)
WANTED = re.compile(
    r"^\W*(?:please\s+)?(?:write|make|draw|show me|give me) (?:a|an|some|\d+)\b", re.I
)
ABOUT = re.compile(r"\b(?:about|on|of|for|with)\s+(?:the\s+)?([^?.!,\n]{2,60})", re.I)
COUNT = {"three": 3, "five": 5, "ten": 10}
PLANETS = (
    ("Mercury", "0.39", "0"), ("Venus", "0.72", "0"), ("Earth", "1.00", "1"),
    ("Mars", "1.52", "2"), ("Jupiter", "5.20", "95"), ("Saturn", "9.58", "146"),
    ("Uranus", "19.2", "28"), ("Neptune", "30.1", "16"),
)  # fmt: skip
WAYS = (
    ("A JSON file", "settings and small data that people read", "it is written whole each time"),
    ("SQLite", "one program on one machine", "one writer at a time"),
    ("PostgreSQL", "many programs at once", "a server that somebody looks after"),
)
SENTENCES = (
    "People who work with {0} every day say that the small things decide.",
    "A good start is to write down what is already known about {0}.",
    "Nobody has to understand all of {0} at once.",
    "Ask three colleagues about {0} and you will hear four opinions.",
    "What looks like a detail of {0} often turns out to be the point.",
    "It helps to try one change, look at the result, and only then try the next.",
    "The history of {0} is full of plans that met the real world.",
    "Two weeks later the team looked at {0} again and found it simpler.",
    "So the best advice about {0} is to begin, and to keep notes.",
    "This sentence is here because the stand-in was asked for many words and has no thoughts.",
)
CODES = {
    "fibonacci": "def fibonacci(count: int) -> list[int]:\n    numbers = [0, 1]\n"
    "    while len(numbers) < count:\n        numbers.append(numbers[-1] + numbers[-2])\n"
    "    return numbers[:count]\n\n\nprint(fibonacci(10))",
    "prime": "def primes(limit: int) -> list[int]:\n"
    "    return [n for n in range(2, limit) if all(n % d for d in range(2, int(n**0.5) + 1))]\n\n\n"
    "print(primes(50))",
    "revers": "def reverse(text: str) -> str:\n    return text[::-1]\n\n\n"
    'print(reverse("stressed"))',
    "": 'def greet(name: str) -> str:\n    return f"Hello, {name}!"\n\n\nprint(greet("world"))',
}


def write(talk: Talk) -> str | None:
    """Write what the question asks for; None when it asks for nothing of the kind."""
    text = talk.question
    if (length := LENGTH.search(text)) or LONG.search(text):
        return prose(subject(text), int(length[1])) if length else essay(subject(text))
    if CODE.search(text):
        return code(text)
    if TABLE.search(text):
        return table(talk)
    if LIST.search(text):
        return bullets(talk)
    return None


def subject(text: str) -> str:
    """Say what a text shall be about."""
    match = ABOUT.search(re.sub(r"\bof \d+ words\b", "", LENGTH.sub("", text)))
    return match[1].strip() if match else "this matter"


def prose(about: str, count: int) -> str:
    """Write exactly so many words, in paragraphs."""
    words = (word for one in sentences(about) for word in re.findall(r"\S+\s+", one))
    return "".join(islice(words, min(count, LONGEST))).rstrip(" \n,")


def essay(about: str) -> str:
    """Write a long text that ends with a sentence."""
    return "".join(islice(sentences(about), ESSAY)).rstrip()


def sentences(about: str) -> Iterator[str]:
    """Give sentences without end, each with the white space after it."""
    for number, sentence in enumerate(cycle(SENTENCES), 1):
        yield sentence.format(about) + ("\n\n" if number % 5 == 0 else " ")


def table(talk: Talk) -> str:
    """Draw a table: of planets, of squares, of ways to keep data, or of the conversation."""
    text = talk.question.lower()
    if "planet" in text:
        return grid(("Planet", "Distance (AU)", "Moons"), PLANETS)
    if "compare" in text or "ways to" in text:
        return grid(("Way", "Good for", "Mind that"), WAYS)
    if "square" in text or "number" in text or "multipl" in text:
        rows = [(str(n), str(n * n), str(n**3)) for n in range(1, 11)]
        return grid(("n", "n²", "n³"), rows)
    said = [(str(n), str(len(t.split())), flat(t)) for n, t in enumerate(talk.users, 1)]
    return "Here is our conversation as a table:\n\n" + grid(("#", "Words", "You said"), said)


def grid(heads: tuple[str, ...], rows: Iterable[Sequence[str]]) -> str:
    """Give a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def flat(text: str) -> str:
    """Give a text that fits into a cell."""
    return " ".join(text.split()).replace("|", "/")[:60]


def bullets(talk: Talk) -> str:
    """Write a list: of planets, of the last answer, or of plain advice."""
    text = talk.question.lower()
    if "planet" in text:
        return "\n".join(f"{n}. {planet[0]}" for n, planet in enumerate(PLANETS, 1))
    if re.search(r"\bas a list\b|\bbullet", text) and talk.answers:
        parts = re.split(r"(?<=[.!?])\s+", talk.answers[-1])
        return "\n".join(f"- {part}" for part in parts if part)
    about = subject(talk.question)
    number = next((n for word, n in COUNT.items() if word in text), 0)
    number = number or int((re.search(r"\b(\d{1,2})\b", text) or [0, 5])[1])
    steps = cycle(("Ask what is needed for", "Write down", "Try out", "Measure", "Share"))
    return "\n".join(f"{n}. **{next(steps)}** {about}" for n in range(1, number + 1))


def code(text: str) -> str:
    """Show a small program in a fence."""
    wanted = next(key for key in CODES if key in text.lower())
    return f"Here you are:\n\n```python\n{CODES[wanted]}\n```\n\nCopy it into a file and run it."
