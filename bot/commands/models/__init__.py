"""`/ai-models`: the models of the server, tried, compared, chosen."""
