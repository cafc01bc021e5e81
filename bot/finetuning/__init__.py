"""Prepare data for fine-tuning: rows of any table in, checked JSON Lines out; no network."""
