"""`/ai image`: pictures made, changed and varied."""
