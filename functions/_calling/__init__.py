"""One call, from the model's text to the result: checked, approved, written down, run in time."""
