"""`/ai edit` and `/ai summarize`."""
