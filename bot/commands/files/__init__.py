"""`/ai-files`: the files of the model's server."""
