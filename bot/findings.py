"""A finding: what was looked at, whether it is well, and what to do if it is not.

`doctor` prints findings; `run` refuses to start with the same sentences, or logs what may pass.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check; `passing` says that trouble may be gone in a moment."""

    subject: str
    ok: bool
    text: str
    passing: bool = False
