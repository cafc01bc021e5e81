"""Chat completions: asked, streamed, put together, and adapted to what a server understands."""
