"""Tools of MCP servers as functions (the extra `mcp`), held to what an admin has approved.

What a server says of its tools is a proposal: a tool is known by the hash of its definition when it
was approved, and is off as soon as its server describes it otherwise. The SDK is imported when the
first connection is made.
"""
