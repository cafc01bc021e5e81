"""What people are told of a failure, where it depends on more than its kind."""

import pytest

from bot.openai.errors import InsufficientQuotaError, OpenAIError, RateLimitError
from bot.slack.explain import advice


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RateLimitError("x", headers={"retry-after": "5400"}), "a pause of 90 minutes"),
        (RateLimitError("x", headers={"retry-after": "7300"}), "a pause of 3 hours"),
        (RateLimitError("x", headers={"retry-after": "200000"}), "a pause of 3 days"),
        (RateLimitError("x", headers={"retry-after": "1e300"}), "a pause of more than a year"),
        (RateLimitError("x", headers={"retry-after": "20"}), "in a minute"),
        (RateLimitError("x"), "in a minute"),
        (InsufficientQuotaError("x", headers={"retry-after": "5400"}), "credit"),
    ],
)
def test_a_long_limit_is_told_with_its_length(error: OpenAIError, told: str) -> None:
    assert told in advice(error, "m")


def test_a_program_that_was_changed_while_it_runs_is_to_be_started_again() -> None:
    assert "start me again" in advice(ModuleNotFoundError("No module named 'bot.new'"), "m")
