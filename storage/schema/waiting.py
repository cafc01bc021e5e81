"""The threads that wait for an owner; while one has a thread, its row changes no index."""

STATEMENTS = (
    "drop index thread_waiting",
    "create index thread_waiting on thread (id) where pending > 0 and owner is null",
)
