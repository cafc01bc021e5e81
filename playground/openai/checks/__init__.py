"""Refuse what OpenAI refuses, in its words: pure checks of request bodies."""
