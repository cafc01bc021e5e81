"""Orders in a message, for tests and for the curious.

What can be ordered (several may stand in one message; the rest of it is answered as usual):

- `call NAME with {"json": "arguments"}` or `call NAME in Tokyo`: call a function; join calls of
  one round with `and`, put the next round after `then` (`calling` reads them)
- `keep calling NAME with {...}`: call it in every round, without end
- `stream 300 words`, or `say` them: an answer of exactly so many words
- `say "..."`: exactly this text; `say nothing`: an empty answer; `refuse`: a refusal
- `be slow`, `wait 5 s`: take time before the first word; `0.2 s between words`: and between them
- `fail with 429`, `fail with 401 invalid_api_key`: refuse the request with a status and a code
- `fail 2 times with 503`: refuse so often, then answer
- `cut the stream`, `go silent`, `break inside`, `end early`; each takes `after 5 words`
- `fault NAME`: any fault by its name: no_done, no_index, no_id, whole_calls, crlf, comments, ...
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.openai.answer import Fault, ToolCall
from playground.openai.standin.calling import Rounds, read_calls
from playground.openai.standin.offers import Offer

STREAM = re.compile(r"\b(?:stream|say)\s+(\d+)\s+words?\b", re.I)
SAY = re.compile(
    r"\bsay\s+(?:exactly\s+)?[\"“](.*)[\"”]|^say\s+(?!that\b|\d+\s+words?\b)(.+)", re.I | re.S
)
SAY_NOTHING = re.compile(r"\bsay nothing\b", re.I)
REFUSE = re.compile(r"^\s*refuse\b", re.I)
BEFORE = re.compile(r"\bwait\s+(\d+(?:\.\d+)?)\s*s|\b(\d+(?:\.\d+)?)\s*s(?:econds)?\s+before", re.I)
BETWEEN = re.compile(r"\b(\d+(?:\.\d+)?)\s*s(?:econds)?\s+between", re.I)
SLOW = re.compile(r"\bbe (?:very )?slow\b", re.I)
FAIL = re.compile(r"\bfail(?:\s+(\d+)\s+times?|\s+(once))?\s+with\s+(\d{3})(?:\s+([a-z]\w+_\w+))?")
AFTER = re.compile(r"\bafter\s+(\d+)\s+(?:words?|pieces?)", re.I)
FAULT = re.compile(r"\bfaults?\s+((?:[a-z_0-9]+(?:\s*,\s*|\s+and\s+)?)+)", re.I)
BREAKS = (
    (re.compile(r"\bcut the (?:stream|connection|answer)\b", re.I), Fault.CUT),
    (re.compile(r"\bgo silent\b", re.I), Fault.SILENCE),
    (re.compile(r"\bbreak inside\b", re.I), Fault.ERROR_INSIDE),
    (re.compile(r"\bend early\b", re.I), Fault.EOF),
)
SLOW_BEFORE = 3.0
SLOW_BETWEEN = 0.3


@dataclass(frozen=True, slots=True)
class Failure:
    """An order to refuse: with what, and how many times (0 is always)."""

    status: int
    code: str | None
    times: int


@dataclass(frozen=True, slots=True)
class Orders:
    """What a message orders."""

    rounds: Rounds
    endless: bool
    words: int | None
    text: str | None
    refuse: bool
    delay: float
    gap: float | None
    failure: Failure | None
    faults: frozenset[Fault]
    after: int | None
    rest: str
    given: bool

    @property
    def on_the_way(self) -> bool:
        """Tell whether something is to be seen while the answer comes."""
        return self.gap is not None or bool(self.faults)

    def calls(self, done: int) -> tuple[ToolCall, ...]:
        """Give the calls of the next round."""
        if self.endless and self.rounds:
            return self.rounds[min(done, len(self.rounds) - 1)]
        return self.rounds[done] if done < len(self.rounds) else ()


def read_orders(text: str, listed: Sequence[Offer]) -> Orders:
    """Read all orders of a message to which these functions are offered."""
    rounds, endless = read_calls(text, listed)
    count = STREAM.search(text)
    rest = without_orders(text)
    return Orders(
        rounds=rounds,
        endless=endless,
        words=int(count[1]) if count else None,
        text=saying(text),
        refuse=bool(REFUSE.search(text)),
        delay=seconds(BEFORE, text) or (SLOW_BEFORE if SLOW.search(text) else 0.0),
        gap=seconds(BETWEEN, text) or (SLOW_BETWEEN if SLOW.search(text) else None),
        failure=failure(text),
        faults=faults(text),
        after=int(found[1]) if (found := AFTER.search(text)) else None,
        rest=rest,
        given=rest != text,
    )


def without_orders(text: str) -> str:
    """Give what is left to be answered."""
    left = text
    for pattern in (FAIL, BETWEEN, BEFORE, SLOW, AFTER, FAULT, *(one for one, _ in BREAKS)):
        left = pattern.sub("", left)
    if left == text:  # where nothing was ordered, `and in Paris?` follows up
        return text
    return re.sub(r"^(?:[\s,.;:!]|and\b|then\b)+|(?:[\s,;:]|\band|\bthen)+$", "", left)


def saying(text: str) -> str | None:
    """Take the text to be said."""
    if SAY_NOTHING.search(text):
        return ""
    match = SAY.search(without_orders(text))
    return (match[1] or match[2] or "") if match else None


def seconds(pattern: re.Pattern[str], text: str) -> float | None:
    """Take a time."""
    match = pattern.search(text)
    return float(next(filter(None, match.groups()))) if match else None


def failure(text: str) -> Failure | None:
    """Take the refusal to be given."""
    match = FAIL.search(text)
    if not match or not 400 <= int(match[3]) <= 599:
        return None
    times = 1 if match[2] else int(match[1] or 0)
    return Failure(int(match[3]), match[4], times)


def faults(text: str) -> frozenset[Fault]:
    """Take all faults to be made."""
    found = {fault for pattern, fault in BREAKS if pattern.search(text)}
    for match in FAULT.finditer(text):
        found |= {Fault(word) for word in re.split(r"\W+", match[1].lower()) if word in set(Fault)}
    return frozenset(found)
