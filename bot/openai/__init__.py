"""A REST client for OpenAI and for servers that speak its API; nothing in here knows the bot."""
