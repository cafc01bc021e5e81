"""`/ai-finetunes` and `/ai jsonl`: training data, jobs and what comes of them.

A process that only follows jobs imports `board` alone, and not the commands.
"""
