"""What goes over one connection to a server, as far as it tells how a call that broke off ended."""

from dataclasses import dataclass

from functions._errors import FunctionError


@dataclass(slots=True)
class Traffic:
    """What is known of the messages that were sent.

    `problem` says why the last one failed, in words; `arrived` counts those that may have reached
    the server; `under_way` are those of which that is not known yet. A connection that nobody
    watches, as to a child process, is one of which nothing is known.
    """

    problem: FunctionError | None = None
    arrived: int = 0
    under_way: int = 0
    is_watched: bool = False

    def is_silent_since(self, arrived: int) -> bool:
        """Tell whether nothing can have reached the server since so many had."""
        return self.is_watched and not self.under_way and self.arrived == arrived
