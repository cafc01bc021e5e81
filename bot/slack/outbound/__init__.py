"""What people see: a greeting, the reply of a turn, posts made once, answers to commands."""
