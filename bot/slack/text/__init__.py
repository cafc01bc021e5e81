"""Texts as Slack shows them: pure functions from a model's Markdown to Slack's."""
