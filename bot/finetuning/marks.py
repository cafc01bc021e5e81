"""Separators and stop texts: what completion models need, and chat models do not.

Watches prompts and answers go by and says at the end what they all end with, or which mark would
do, being found nowhere in the texts. It never changes a text.
"""

from collections.abc import Iterator
from unicodedata import category

from bot.finetuning.findings import Problem
from bot.finetuning.options import Format

SEPARATORS = (" ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n")
STOPS = (" END", "\n", "***", "+++", "&&&", "$$$", "@@@", "%%%")
_OLD_STOPS = (" END", "***", "+++", "###", " [END]")
_SENTENCE_ENDS = ".?!…。？！।؟"


class InCommon:
    """Keeps what all prompts and all answers have in common."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._count = 0
        self._spaced = 0
        self._prompt_end: str | None = None
        self._answer_end: str | None = None
        self._separators = list(SEPARATORS)
        self._stops = list(STOPS)

    def see(self, prompt: str, answer: str) -> None:
        """Take in a pair."""
        self._count += 1
        self._spaced += answer[:1].isspace()
        self._prompt_end = _common(self._prompt_end, prompt)
        self._answer_end = _common(self._answer_end, answer)
        if self._form is Format.COMPLETION:
            self._separators = [one for one in self._separators if one not in prompt]
            self._stops = [one for one in self._stops if one not in answer]

    def problems(self, separator: str, stop: str) -> Iterator[Problem]:
        """Say what is missing for a completion model, or too much for a chat model."""
        if self._count < 2:
            return
        if self._form is Format.COMPLETION:
            yield from self._missing(separator, stop)
        else:
            yield from self._needless(separator, stop)

    def _missing(self, separator: str, stop: str) -> Iterator[Problem]:
        if not separator and not _marks(self._prompt_end):
            mark = next(iter(self._separators), "\n\n### =>\n\n")
            text = "the prompts end in nothing that tells where the answer begins."
            fix = f"add a separator that occurs nowhere, --separator {_typed(mark)}."
            yield Problem("no_separator", "prompt", text, fix)
        if not stop and not _marks(self._answer_end):
            mark = next(iter(self._stops), " [END]")
            text = "the answers end in nothing to stop at."
            fix = f"add a stop text that occurs nowhere, --stop {_typed(mark)}."
            yield Problem("no_stop", "completion", text, fix)
        if self._spaced < self._count:
            text = f"{self._count - self._spaced:,} answers do not begin with a space."
            fix = "older completion models learn better with one, --leading-space."
            yield Problem("no_leading_space", "completion", text, fix)

    def _needless(self, separator: str, stop: str) -> Iterator[Problem]:
        ends = (
            ("prompt", self._prompt_end, SEPARATORS[::-1], "separator", separator),
            ("completion", self._answer_end, _OLD_STOPS, "stop", stop),
        )
        for field, end, marks, option, given in ends:
            mark = next((one for one in marks if (end or "").endswith(one)), "")
            if mark and not given:
                said = "answers" if field == "completion" else "prompts"
                text = f"all {said} end with {mark!r}, which chat models do not need."
                fix = f"take it off with --{option} {_typed(mark)}."
                yield Problem("old_marks", field, text, fix)


def _common(end: str | None, text: str) -> str:
    """Return what both end with."""
    if end is None:
        return text[-200:]
    while not text.endswith(end):
        end = end[1:]
    return end


def _marks(end: str | None) -> bool:
    """Tell whether a common end marks anything: a stop of ours, or signs that end no sentence."""
    if not end:
        return False
    last = end.rstrip(" ")[-1:] or "."
    is_of_words = last.isalnum() or last in _SENTENCE_ENDS or category(last).startswith("M")
    return end.endswith(STOPS) or not is_of_words


def _typed(mark: str) -> str:
    """Write a mark as it is typed on a command line."""
    return "'" + mark.replace("\n", "\\n") + "'"
