"""The desk: how a command is declared, read, asked for, run and answered.

No command stands here; those are in `bot.commands`. `desk` takes an invocation and makes a
`request` of it, which goes all the way to the answer; `run` runs its order: `catalogue` finds what
a line means, `reading` reads its words into the function's arguments, `blocks` draws what it
returned, `confirmations` asks before an act, `forms` makes a modal of the signature, `guide` makes
help of it.
"""
