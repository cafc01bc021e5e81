"""Keep the thoughts apart that some models write before their answer. Pure.

Reasoning models behind servers that do not part them (vLLM without a reasoning parser, LM Studio,
older Ollama) begin the content with `<think>...</think>`. Other servers send the same text as
`reasoning_content`, and so it is kept here.
"""

_OPEN, _CLOSE = "<think>", "</think>"
_OVERLAP = len(_CLOSE) - 1  # characters that may be the beginning of its end


class Thoughts:
    """Take a content in piece by piece and part it; only its beginning can be thoughts.

    `words_only` tells that the rest are words, which need not come by here.
    """

    def __init__(self) -> None:
        self.words_only = False
        self._held = ""  # may yet turn out to be thoughts, or their end
        self._inside = False
        self._over = False

    def feed(self, piece: str) -> tuple[str, str]:
        """Return what of the content so far are thoughts and what are words, each told once."""
        self._held += piece
        if not (self._inside or self._over):
            begun = self._held.lstrip()
            if begun != _OPEN and _OPEN.startswith(begun):
                return "", ""
            if not begun.startswith(_OPEN):
                return "", self._words(self._held)
            self._inside, self._held = True, begun.removeprefix(_OPEN)
        thoughts = self._thoughts() if self._inside else ""
        words = self._held.lstrip() if self._over else ""
        return thoughts, self._words(words) if words else ""

    @property
    def rest(self) -> str:
        """Return what was held back and, as nothing follows, are words."""
        return "" if self._inside or self._over else self._held

    def _thoughts(self) -> str:
        thoughts, end, after = self._held.partition(_CLOSE)
        if end:
            self._inside, self._over, self._held = False, True, after
            return thoughts
        self._held = thoughts[-_OVERLAP:]
        return thoughts[:-_OVERLAP]

    def _words(self, words: str) -> str:
        self._held, self.words_only = "", True
        return words
