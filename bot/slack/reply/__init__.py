"""The answer of one turn, drawn in Slack while it comes into being: start with `reply`."""
