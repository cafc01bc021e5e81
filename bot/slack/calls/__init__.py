"""Calls to Slack: one client, one write budget, posts of unknown fate looked up."""
