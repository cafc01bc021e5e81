"""The desk is tested at work: with a running bot and the commands that come with it."""

from tests.commands.conftest import counter, environment, model, slack, stage

__all__ = ["counter", "environment", "model", "slack", "stage"]
