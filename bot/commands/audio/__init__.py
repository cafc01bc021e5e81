"""`/ai transcribe`, `translate-audio` and `speak`."""
