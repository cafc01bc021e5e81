"""Texts: a model's Markdown as Slack shows it, Slack's messages as people read them. All pure."""
