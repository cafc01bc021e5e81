"""`/ai` itself: help, status, the connection, the audit."""
