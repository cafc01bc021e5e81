"""One event to its answer: question, model, functions, reply, and the end in one commit."""
