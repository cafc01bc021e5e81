"""The work of `calculate`: expressions read and worked out on exact numbers."""
