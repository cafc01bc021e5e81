"""Local servers that stand in for Slack and OpenAI, so that the bot runs without any account."""
