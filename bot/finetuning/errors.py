"""Failures of a whole dataset; what is wrong with one row is a finding instead."""


class DatasetError(Exception):
    """A failure whose text says what happened and what to do."""


class ReadError(DatasetError):
    """Report that a file holds no rows that we could read."""
