"""`/ai-finetunes` and `/ai jsonl`: training data, jobs and what comes of them.

A process that only follows jobs imports `watching` alone, and not the commands.
"""
