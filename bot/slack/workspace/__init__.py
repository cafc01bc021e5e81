"""What Slack knows and is asked for: people, groups, rights, threads, files."""
