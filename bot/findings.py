"""A finding: what was looked at, whether it is well, and what to do if it is not.

`doctor` prints findings; `run` refuses to start, or logs what may pass, with the same sentences.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check."""

    subject: str
    ok: bool
    text: str
