"""Functions that no Python stands behind: what admins say of them, held to a schema."""
