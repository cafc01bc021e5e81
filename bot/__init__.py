"""Callboard: a chat bot service for Slack whose model may call your own Python functions."""

__version__ = "0.1.0"
