"""HTTP functions: a URL, a method and a JSON Schema instead of Python, registered while running.

Nobody vouches for what such a function reaches: arguments are held against the schema, the
address against the guard, and what comes back is bounded text.
"""
