"""What people are told beside answers: what a command brought, a greeting, what is wrong."""
