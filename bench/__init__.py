"""Load and latency of the bot beside a bare relay; see README.md for how to read the table."""
