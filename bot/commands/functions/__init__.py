"""`/ai-functions`: what the model may call, looked at, tried, switched off, added."""
