"""What can go wrong in storage, each with a sentence that says what happened and what to do."""


class StorageError(Exception):
    """The database could not do what was asked; nothing of the failed write was kept."""


class Lost(StorageError):
    """Another owner works on this thread now: stop silently, it is answered elsewhere."""


class StorageInUseError(StorageError):
    """Another process has this database file open."""


class SchemaError(StorageError):
    """The database is one of a newer Callboard than this, or of another program."""
