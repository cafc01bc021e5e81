"""Failures that have a sentence for a person, and one that has none yet.

    BotError
    ├── SettingsError    what is missing or wrong in the environment, one line a finding
    └── StartError       Slack, the model or the database refused at start
    TryAgain             nobody need be told: the worker makes another try

The sentence says what happened and what to do; it never carries another exception's text.
"""


class BotError(Exception):
    """A failure whose text is meant for people."""


class SettingsError(BotError):
    """Report every finding about the environment at once."""

    def __init__(self, findings: list[str]) -> None:
        self.findings = findings
        lines = "\n".join(f"  - {finding}" for finding in findings)
        super().__init__(f"The settings need attention:\n{lines}")


class StartError(BotError):
    """Report that something outside refused while the bot was starting."""


class TryAgain(Exception):
    """An answer failed in a way that another try may mend."""
