"""What people see: a greeting, the reply of a turn, posts that are made once, answers to commands."""
