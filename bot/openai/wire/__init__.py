"""Bytes and requests: the connection, its limits and retries, and what a server's refusal means."""
