"""Remember from the conversation: names, facts, what was said first, last and in all."""

import re
from collections.abc import Callable

from playground.openai.standin.talk import Talk

NAME = re.compile(r"\b(?:my name is|i am called|call me)\s+([A-Z][\w'-]*(?: [A-Z][\w'-]*)?)", re.I)
FACT = re.compile(r"\b(my|our)\s+([\w ]{2,40}?)\s+(?:is|are|was)\s+([^?.!\n]+)", re.I)
NOTE = re.compile(r"\bremember(?:\s+that)?[:,]?\s+(.+)", re.I | re.S)
ASKED_FACT = re.compile(
    r"\b(?:what|which|who|where|when)(?:'s|\s+is|\s+are|\s+was)\s+(my|our)\s+([\w ]{2,40}?)"
    r"(?:\s+(?:called|named))?\s*[?.!]*$",
    re.I,
)
ASKED_NAME = re.compile(
    r"\bwho am i\b|\bwhat(?:'s| is) my name\b|\bdo you (?:know|remember) my name", re.I
)


def tell_first(talk: Talk) -> str:
    """Tell what the user said first."""
    if not talk.earlier:
        return "This is the first thing you have said to me here."
    return f"The first thing you said was: “{talk.users[0]}”"


def tell_last(talk: Talk) -> str:
    """Tell what the user said before this."""
    if not talk.earlier:
        return "Nothing before this: it is your first message here."
    return f"Just before this you said: “{talk.earlier[-1]}”"


def tell_own(talk: Talk) -> str:
    """Tell what the stand-in said before this."""
    if not talk.answers:
        return "I have not said anything yet."
    return f"I said: “{talk.answers[-1]}”"


def tell_count(talk: Talk) -> str:
    """Count the messages."""
    number = len(talk.users)
    return f"You have sent me {number} message{'s' * (number != 1)} in this conversation."


def tell_other(talk: Talk) -> str | None:
    """Tell what another person said last."""
    match = re.search(OTHER, talk.question, re.I)
    wanted = match[1].lower() if match else ""
    for one in reversed(talk.said[:-1]):
        if one.name.lower().split(" ")[0] == wanted:
            return f"{one.name} said: “{one.text}”"
    return None


def tell_all(talk: Talk) -> str:
    """Sum up the conversation."""
    if len(talk.said) < 2:
        return "There is nothing to sum up in this conversation yet."
    earlier = enumerate(talk.said[:-1], 1)
    lines = "\n".join(f"{n}. {one.name or 'You'}: {short(one.text)}" for n, one in earlier)
    return f"So far in this conversation:\n\n{lines}"


def tell_name(talk: Talk) -> str:
    """Tell the user's name."""
    if name := known_name(talk.earlier):
        return f"Your name is {name}."
    if named := talk.said[-1].name:
        return f"Your name is {named}: the bot names you to me."
    return "You have not told me your name yet."


def tell_fact(talk: Talk) -> str | None:
    """Tell a fact that the user told."""
    match = ASKED_FACT.search(talk.question)
    if not match:
        return None
    wanted = match[2].strip().lower()
    for text in reversed(talk.earlier):
        for whose, what, value in FACT.findall(text):
            if what.strip().lower() == wanted:
                your = "Your" if whose.lower() == "my" else "Our"
                return f"{your} {wanted} is {value.strip()}. You told me so."
    return f"You have not told me your {wanted} yet."


def keep_name(talk: Talk) -> str | None:
    """Greet somebody who tells a name."""
    name = known_name((talk.question,))
    return f"Nice to meet you, {name}. I will remember it in this thread." if name else None


def keep_fact(talk: Talk) -> str | None:
    """Confirm a fact or a note."""
    if match := NOTE.search(talk.question):
        return f"Noted: {match[1].strip().rstrip('.')}."
    match = FACT.search(talk.question)
    if not match or talk.question.rstrip().endswith("?"):
        return None
    return f"I will remember that your {match[2].strip().lower()} is {match[3].strip()}."


def known_name(texts: tuple[str, ...]) -> str | None:
    """Find the name that was told last."""
    for text in reversed(texts):
        if match := NAME.search(text):
            return match[1]
    return None


def short(text: str) -> str:
    """Cut a message to a line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"


SAID = r"(?:say|said|write|wrote|ask(?:ed)?|tell|told you|mention(?:ed)?|message)"
OTHER = rf"\bwhat (?:did|has) @?(\w+) (?:just |ever )?{SAID}"
RULES: tuple[tuple[str, Callable[[Talk], str | None]], ...] = (
    (rf"\b(?:what|which)\b.*\bi\b.*\b{SAID}\b.*\bfirst", tell_first),
    (r"\bmy first (?:message|question|words)", tell_first),
    (rf"\bfirst\b.*\b(?:thing|message|question)\b.*\bi\b.*\b{SAID}", tell_first),
    (rf"\bwhat (?:did|have|was it) i\b.*\b{SAID}", tell_last),
    (r"\bmy (?:last|previous) (?:message|question)", tell_last),
    (rf"\bwhat (?:did|have) you\b.*\b{SAID}", tell_own),
    (r"\byour last (?:message|answer)|\b(?:repeat|say) that\b", tell_own),
    (OTHER, tell_other),
    (r"\bhow many (?:messages|questions|times)\b", tell_count),
    (
        r"\b(?:summari[sz]e|sum up|recap|what (?:did|have) we (?:talk|discuss|sa)(?!.*\babout\b))",
        tell_all,
    ),
    (ASKED_NAME.pattern, tell_name),
    (ASKED_FACT.pattern, tell_fact),
)


def recall(talk: Talk) -> str | None:
    """Answer a question about the conversation itself."""
    for pattern, tell in RULES:
        if re.search(pattern, talk.question, re.I | re.S) and (answer := tell(talk)):
            return answer
    return None
