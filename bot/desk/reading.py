"""Read the words of a line into a function's arguments, or say what is wrong and how to mend it.

Pure. Options may stand anywhere: `--name value`, `--name=value` or `name=value`; a flag is `--name`
or `--no-name`. A parameter that takes the rest of the line ends at its closing quote, or where an
option of the command begins; dashes in it that resemble none of the options are text.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from bot.desk.command import Parameter, Sub
from bot.desk.errors import UsageError
from bot.desk.values import code
from bot.desk.words import Word, split

_KEY = re.compile(r"([a-z][a-z0-9_-]*)=(.*)", re.DOTALL)
_OPTION = re.compile(r"--([A-Za-z][\w-]*)(?:=(.*))?", re.DOTALL)
_GENERAL = ("as", "page", "help")
_YES = {"yes", "true", "on", "1"}
_NO = {"no", "false", "off", "0"}
_CLOSE = 0.75  # what a word in a text must have of an option, to be taken for it


@dataclass(slots=True)
class Read:
    """What a line says: values by parameter, the account named, the page, a cry for help."""

    values: dict[str, Any] = field(default_factory=dict)
    account: str = ""
    page: int = 1
    help: bool = False


def near(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that was probably meant."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def read(sub: Sub, line: str) -> Read:
    """Read the line behind the sub-command's name.

    Raises:
        UsageError: it does not fit the signature.
    """
    reader = _Reader(sub, line)
    reader.run()
    return reader.finish()


def check(parameter: Parameter, value: Any) -> Any:
    """Return a given value (text, or a list of texts) as the parameter's type, or raise."""
    if parameter.kind in (int, float) and isinstance(value, str):  # in the digits of any script
        value = "".join(str(int(one)) if one.isdecimal() else one for one in value)
    try:
        return parameter.adapter.validate_python(value)
    except ValidationError as error:
        raise UsageError(_complaint(parameter, value, error)) from None


class _Reader:
    def __init__(self, sub: Sub, line: str) -> None:
        self._sub = sub
        self._line = line
        self._words = split(line)
        self._place = 0
        self._options = [one.option for one in sub.parameters if not one.files]
        self._open = [one for one in sub.parameters if not one.is_option and not one.files]
        self._given: dict[str, Any] = {}
        self._read = Read()

    def run(self) -> None:
        """Take word after word."""
        while self._place < len(self._words):
            word = self._words[self._place]
            if not (self._option(word) or self._pair(word)):
                self._positional(word)

    def finish(self) -> Read:
        """Check what was given against the types, and that nothing is missing."""
        if self._read.help:
            return self._read
        for one in self._sub.parameters:
            if one.name in self._given:
                self._read.values[one.name] = check(one, self._given[one.name])
            elif one.required and not one.files:
                what = one.description.rstrip(".") or one.option
                if what[1:2].islower():
                    what = what[0].lower() + what[1:]
                raise UsageError(f"`{one.placeholder}` is missing: {what}.")
        return self._read

    # Options

    def _parameter(self, name: str) -> Parameter | None:
        """Return a parameter by name; files are shared with the message, not written."""
        one = self._sub.parameter(name)
        if one is not None and one.files:
            text = "Files cannot be named here: share them with the message, or in its thread."
            raise UsageError(text)
        return one

    def _option(self, word: Word) -> bool:
        found = _unquoted(_OPTION, word)
        if found is None:
            return False
        name, value = found[1].lower(), found[2]
        if self._takes_text() and not self._is_option(word):
            return False
        self._place += 1
        if name in _GENERAL:
            self._general(word, name, value)
            return True
        one = self._parameter(name)
        if one is None and name.startswith("no-") and (flag := self._parameter(name[3:])):
            self._put(flag, False)
        elif one is None:
            self._unknown(word, name)
        elif one.is_flag:
            self._put(one, True if value is None else self._truth(one, value))
        else:
            self._put(one, value if value is not None else self._next(word))
        return True

    def _general(self, word: Word, name: str, value: str | None) -> None:
        if name == "help":
            self._read.help = True
            return
        value = value if value is not None else self._next(word)
        if name == "as":
            self._read.account = value
        elif value.isdecimal() and len(value) < 10 and int(value) > 0:
            self._read.page = int(value)
        else:
            raise UsageError("`--page` takes the number of a page.")

    def _pair(self, word: Word) -> bool:
        found = _unquoted(_KEY, word)
        if found is None:
            return False
        name = found[1]
        one = self._parameter(name)
        if one is None:
            meant = near(name, self._options, _CLOSE)
            if meant is None or self._takes_text():
                return False
            fix = self._fixed(word, f"{meant}={found[2]}")
            raise UsageError(f"There is no `{name}` here; did you mean `{meant}`?", fix=fix)
        self._place += 1
        self._put(one, self._truth(one, found[2]) if one.is_flag else found[2])
        return True

    def _takes_text(self) -> bool:
        return bool(self._open and self._open[0].is_text)

    def _unknown(self, word: Word, name: str, cutoff: float = 0.6) -> None:
        meant = self._meant(name, cutoff)
        if not meant:
            raise UsageError(f"There is no option {code(f'--{name}')} here.")
        named = _either([f"--{one}" for one in meant])
        has_text = any(one.is_text for one in self._sub.parameters)
        quotes = " What belongs to the text can stand in quotes." if has_text else ""
        fix = self._fixed(word, "--" + meant[0] + word.text[2 + len(name) :])
        raise UsageError(f"There is no option `--{name}`; did you mean {named}?{quotes}", fix=fix)

    def _meant(self, name: str, cutoff: float) -> list[str]:
        """Return the options that were probably meant, if any.

        An option may be misspelt, or called by the API's longer name (`response-format`), or by
        the words at its beginning or end (`format`), which several may share.
        """
        if longer := [one for one in self._options if name.endswith(f"-{one}")]:
            return longer[:1]
        calls: dict[str, list[str]] = {}
        for option in (*self._options, *_GENERAL):
            for call in _calls(option):
                calls.setdefault(call, []).append(option)
        found = near(name, calls, cutoff)
        return calls[found] if found else []

    def _next(self, word: Word) -> str:
        if self._place >= len(self._words):
            raise UsageError(f"`{word.text}` needs a value behind it.")
        found = self._words[self._place]
        if found.open:
            raise UsageError("A quote was opened and not closed.", fix=self._closed())
        self._place += 1
        return found.text

    def _truth(self, one: Parameter, value: str) -> bool:
        if value.lower() in _YES | _NO:
            return value.lower() in _YES
        raise UsageError(f"`{one.option}` is either yes or no.")

    def _put(self, one: Parameter, value: Any) -> None:
        if one in self._open and not one.is_many:
            self._open.remove(one)
        if one.is_many:
            self._given.setdefault(one.name, []).extend(filter(None, str(value).split(",")))
        elif one.name in self._given:
            raise UsageError(f"`{one.option}` is given twice.")
        else:
            self._given[one.name] = self._chosen(one, value)

    def _chosen(self, one: Parameter, value: Any) -> Any:
        """Refuse a value that is no choice; it stands at the end of the word taken last."""
        if not one.choices or value in one.choices:
            return value
        low = str(value).lower()
        if low in one.choices:
            return low
        meant = near(low, one.choices)
        word = self._words[self._place - 1]
        fix = self._fixed(word, word.text.removesuffix(str(value)) + meant) if meant else ""
        text = f"`{one.option}` must be {_either(one.choices)}, not {code(str(value))}."
        raise UsageError(text, fix=fix)

    # Positions

    def _positional(self, word: Word) -> None:
        name = word.text.lstrip("-").partition("=")[0]
        if word.text[0:1] == "-" and not word.quoted and self._sub.parameter(name):
            fix = self._fixed(word, f"-{word.text}")
            raise UsageError(f"Options begin with two dashes: `--{name}`.", fix=fix)
        if not self._open:
            raise self._too_many()
        one = self._open[0]
        if one.is_text:
            self._text(one, word)
            return
        if word.open:
            raise UsageError("A quote was opened and not closed.", fix=self._closed())
        self._place += 1
        self._put(one, word.text)

    def _too_many(self) -> UsageError:
        """Return the refusal of the words up to the next option, and the line without them."""
        first, *others = self._words[self._place :]
        last = [first, *takewhile(lambda word: not self._is_option(word), others)][-1]
        text = code(self._line[first.start : last.end])
        is_one = "is one word" if first is last else "are some words"
        fix = f"{self._line[: first.start]} {self._line[last.end :]}"
        return UsageError(f"{text} {is_one} too many.", fix=" ".join(fix.split()))

    def _text(self, one: Parameter, word: Word) -> None:
        """Take text as it was written: a quoted word, or everything up to the next option."""
        self._open.pop(0)
        if word.quoted and not word.open:
            self._place += 1
            self._given[one.name] = word.text
            return
        end = len(self._line)
        while self._place < len(self._words):
            if self._is_option(self._words[self._place]):
                end = self._words[self._place].start
                break
            self._place += 1
        self._given[one.name] = self._line[word.start : end].strip()

    def _is_option(self, word: Word) -> bool:
        found = _unquoted(_OPTION, word)
        if found is None:
            return False
        name = found[1].lower()
        if name in _GENERAL or self._parameter(name.removeprefix("no-")) is not None:
            return True
        if self._meant(name, _CLOSE):
            self._unknown(word, name, _CLOSE)  # a misspelt option and not a part of the text
        return False

    # Mending

    def _fixed(self, word: Word, instead: str) -> str:
        return " ".join((self._line[: word.start] + instead + self._line[word.end :]).split())

    def _closed(self) -> str:
        return self._line.rstrip() + '"' if '"' in self._line else ""


def _unquoted(pattern: re.Pattern[str], word: Word) -> re.Match[str] | None:
    """Match a whole word; one that stood in quotes is text and nothing else."""
    return None if word.quoted else pattern.fullmatch(word.text)


def _calls(option: str) -> set[str]:
    """Return what an option may be called: its name, and the words at its beginning or end."""
    words = option.split("-")
    ends = range(1, len(words))
    return {option, *("-".join(words[:n]) for n in ends), *("-".join(words[n:]) for n in ends)}


def _either(choices: Sequence[str]) -> str:
    named = [f"`{one}`" for one in choices]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"


_SENTENCES = {
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
}
_PLAINER = {
    "Input should be": "must be",
    "String should": "must",
    "List should": "must",
    "Dictionary should": "must",
    "Value should": "must",
    "it must": "must",
    "less than or equal to": "at most",
    "greater than or equal to": "at least",
}


def _complaint(parameter: Parameter, value: Any, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=True)[0]
    text = _SENTENCES.get(first["type"])
    if text is None:
        text = first["msg"].removeprefix("Value error, ").rstrip(".")
        for said, better in _PLAINER.items():
            text = text.replace(said, better)
        text = text[:1].lower() + text[1:]
    shown = value if isinstance(value, str) else ", ".join(map(str, value or []))
    return f"`{parameter.option}` {text}, not {code(shown, 100)}."
