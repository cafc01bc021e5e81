"""What the bot remembers: the inbox, conversations, posts, calls. SQL is spoken only here."""

from storage.errors import Lost, SchemaError, StorageError, StorageInUseError
from storage.facade import Storage, look_into, milliseconds, open_storage
from storage.inbox import Accepted

__all__ = [
    "Accepted",
    "Lost",
    "SchemaError",
    "Storage",
    "StorageError",
    "StorageInUseError",
    "look_into",
    "milliseconds",
    "open_storage",
]
