"""Greetings, thanks, help, and what to say when no rule fits."""

import re
from textwrap import dedent

from playground.openai.standin.offers import Offer
from playground.openai.standin.talk import Talk

WHO = re.compile(
    r"\b(?:who|what|which model) are you\b|\bare you (?:a |an )?(?:real|ai|bot|human|model)"
    r"|\byour name\b|\bwho (?:made|built) (?:you|this)\b"
    r"|\bhow (?:do |does )?(?:you|this|it|callboard) works?\b",
    re.I,
)
HELLO = re.compile(r"^\W*(?:hello|hi|hey|good (?:morning|evening|day)|moin|hallo)\b", re.I)
WORDLESS = re.compile(r"^\s*\([^()]*\bmentioned\b[^()]*\)\s*$", re.I)
THANKS = re.compile(r"\b(?:thanks|thank you|thx|cheers)\b", re.I)
HELP = re.compile(
    r"^\W*help\b|\bwhat can (?:you|i) (?:do|ask|try)|\b(?:which|what) functions\b", re.I
)
JOKE = re.compile(r"\bjoke\b", re.I)
IDENTITY = (
    "I am a rule-based stand-in, not a language model: I look for words and answer by simple rules."
)


def chat(talk: Talk, listed: list[Offer]) -> str:
    """Answer small talk; always finds something to say."""
    text = talk.question
    if HELP.search(text):
        return guide(listed)
    if WHO.search(text):
        return f"{IDENTITY} Set OPENAI_BASE_URL and OPENAI_API_KEY to talk to a real model."
    if HELLO.search(text) or WORDLESS.search(text):
        return f"Hello! {IDENTITY} Say *help* to see what I can do."
    if THANKS.search(text):
        return "You are welcome!"
    if JOKE.search(text):
        return "A rule-based bot walks into a bar. It does not match any rule, so it leaves."
    if talk.images:
        arrived = "picture, and it" if talk.images == 1 else f"{talk.images} pictures, and they"
        return f"I got your {arrived} arrived whole. I cannot see, being a stand-in."
    if talk.files:
        return f"I got this: {talk.files}. I cannot read files, being a stand-in, but it arrived."
    return fallback(talk)


def fallback(talk: Talk) -> str:
    """Admit that no rule fits."""
    count = len(talk.question.split())
    if not count:
        return f"You said nothing that I can read. {IDENTITY}"
    return (
        f"I read your {count} word{'s' * (count != 1)}, but none of my rules fits. {IDENTITY} "
        "Say *help* to see what I can do."
    )


def guide(listed: list[Offer]) -> str:
    """Show what can be tried."""
    head = f"{IDENTITY}\n\n"
    if listed:
        names = ", ".join(f"`{offer.name}`" for offer in listed)
        head += f"Functions on offer: {names}. I pick one by the words of your message.\n\n"
    return head + dedent(
        """\
        **Try**
        - What time is it in Tokyo and in Paris?
        - What is 12.5% of 480?
        - My name is Ann. (later: What is my name? What did I say first?)
        - A table of the planets, five ideas for a party, Python code for primes
        - Write 800 words about bridges

        **Orders for testing**
        - `call NAME with {"json": 1}`, more joined by `and`, in a next round after `then`
        - `keep calling NAME`
        - `stream 300 words`, `say "exactly this"`, `say nothing`
        - `be slow`, `wait 5 s`, `0.2 s between words`
        - `fail with 429 rate_limit_exceeded`, `fail 2 times with 503`
        - `cut the stream after 5 words`, `go silent`, `break inside`, `end early`
        - `fault no_done` (no_index, no_id, whole_calls, crlf, comments, split_bytes, junk, ...)"""
    )
