"""Failures of a whole dataset; what is wrong with one row is a finding instead.

DatasetError
├── ReadError     the file cannot be read as rows at all
└── WriteError    nothing can be written: no row is left, or the file is there already
"""


class DatasetError(Exception):
    """A failure whose text says what happened and what to do."""


class ReadError(DatasetError):
    """Report that a file holds no rows that we could read."""


class WriteError(DatasetError):
    """Report that no file was written, and why."""
