"""The schema, a file for each step that `storage.migrations` takes.

Notes on the shape. `thread` is inbox counter and lock in one row, so that "an event came" and
"I am done here" meet on that row and no wake-up is lost. A thread's messages lie side by side
(`without rowid`), which makes reading a history four times as fast. `place` numbers the
messages for the full-text index, which needs an integer; triggers keep both in step, but for new
messages, which wait for a search or until there are many of them.
"""
