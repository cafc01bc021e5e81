"""Checks of files on their way in: names, purposes, lifetimes, and the lines of a .jsonl."""

import json
from collections.abc import Iterator
from typing import Any

from playground.openai.checks.shape import choice, nested, whole
from playground.openai.errors import ApiError, bad_request

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
LIFETIMES = (3_600, 2_592_000)
LINE_WISE = {"fine-tune": "Fine-Tuning API", "batch": "Batch API", "evals": "Evals API"}
EXPIRY = nested(
    {"anchor": choice("created_at"), "seconds": whole(*LIFETIMES)}, required=("anchor", "seconds")
)


def check_content(filename: str, purpose: str, data: bytes) -> None:
    """Refuse a file that its purpose cannot use."""
    if not data:
        raise bad_request("File is empty.", "file", "empty_file")
    check_ending(filename, purpose, "file")
    if purpose == "fine-tune":
        for _ in lines_of(data):
            pass


def check_ending(filename: str, purpose: str, param: str) -> None:
    """Refuse a file that is not called as its purpose wants it."""
    if purpose in LINE_WISE and not filename.lower().endswith(".jsonl"):
        text = f"Invalid file format for {LINE_WISE[purpose]}. Must be .jsonl"
        raise bad_request(text, param)


def lines_of(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give number and object of each line; empty lines are skipped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_request("Invalid file format. The file is not valid UTF-8.", "file") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, object_of(line, number)


def object_of(line: str, number: int) -> dict[str, Any]:
    """Give the object of one line, or refuse the file."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise not_a_dictionary(number) from error
    if not isinstance(row, dict):
        raise not_a_dictionary(number)
    return row


def not_a_dictionary(number: int) -> ApiError:
    """Refuse a line that is no JSON object."""
    return bad_request(
        "Expected file to have JSONL format, where every line is a valid JSON dictionary. "
        f"Line {number} is not a dictionary.",
        "file",
    )
