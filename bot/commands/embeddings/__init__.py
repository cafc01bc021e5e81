"""`/ai embed`: vectors of texts."""
