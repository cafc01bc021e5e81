"""What can go wrong in this room; every text is a sentence for whoever reads it.

FunctionError            the root: a function failed on purpose, its text goes to the model
  RetryCall              the arguments were no good, the model should call again
  Broken                 it may have been done all the same, and how it ended is not known
  DeclarationError       a function cannot be offered as it is written; for its author
Refused                  a call is not run at all
"""


class FunctionError(Exception):
    """Tell the model, in plain words, that the function could not do what was asked."""


class RetryCall(FunctionError):
    """Ask the model to call again with better arguments; say what was wrong with these."""


class Broken(FunctionError):
    """Tell how a call broke off; whether it took effect is not known."""


class DeclarationError(FunctionError):
    """Tell an author why a function cannot be registered and what to do about it."""


class Refused(Exception):
    """Tell the model why a call was not run; `note` tells people, in a few words."""

    def __init__(self, text: str, note: str) -> None:
        super().__init__(text)
        self.note = note
