"""What Slack sends: parsed, stored, and only then acknowledged."""
