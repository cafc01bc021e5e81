"""Every kind of finding: its code, how grave it is, and what it means.

An error keeps a row out of the written file, for the service would refuse it or the row could
not be read; warnings and notes leave the row in. `docs/datasets.md` shows the same table.
"""

from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_ERRORS = {
    "encoding": "bytes that are no text in the file's encoding",
    "broken_row": "a row that cannot be read: a quote without an end, a wrong count of columns",
    "broken_json": "a line or cell that is no valid JSON",
    "broken_text": "half of a character (a lone surrogate), which no UTF-8 file can hold",
    "cell_error": "a spreadsheet cell with an error, or a formula without a stored value",
    "wrong_shape": "a row of another format than the one asked for",
    "missing_field": "a field that the format needs is not there",
    "null_field": "a field is null where a text is needed; null is not an empty text",
    "not_text": "a number or a truth value where a text is needed",
    "empty_answer": "the answer to learn is empty",
    "wrong_role": "a role that fine-tuning does not know, or in the wrong place",
    "wrong_content": "content of a kind that fine-tuning does not take there",
    "wrong_message": "a message that is no object, or a field of it of the wrong type",
    "no_answer": "no message of the assistant, so there is nothing to learn",
    "nothing_trained": "every answer has weight 0, so there is nothing to learn",
    "wrong_weight": "a weight that is not 0 or 1, or on a message that takes none",
    "broken_call": "a tool call without id or name, or whose arguments are no JSON text",
    "unanswered_call": "a tool call without its answer directly after, or an answer to no call",
    "wrong_tools": "a list of tools that the service would refuse",
    "wrong_image": "an image whose address, kind, size or place fine-tuning does not take",
    "wrong_ending": "the last message is from the wrong side for this format",
    "unwanted": "a row that a person asked to leave out, by its number",
    "old_name": "a field under a name that an older version of the format used",
}
_WARNINGS = {
    "empty_prompt": "the prompt is empty",
    "empty_message": "a message without text",
    "unfinished": "messages after the last answer, from which nothing is learnt",
    "duplicate": "the same example as an earlier one",
    "leak": "the same prompt as in the other file, so validation would measure memory",
    "too_long": "longer than the model's training context; the service cuts the end off",
    "unknown_field": "a field that the format does not have",
    "unknown_tool": "a call of a tool that the example does not declare",
    "same_outputs": "preferred and non-preferred output say the same",
    "many_turns": "more than one turn in a preference example",
    "formatted_cell": "a number or date that the sheet shows in another form than it is stored",
    "lost_text": "a replacement character: an earlier conversion lost text here",
    "too_few": "fewer examples than the service takes (10) or than helps (50)",
    "encoding_guess": "the encoding was guessed",
    "several_sheets": "other sheets hold rows as well",
    "no_separator": "prompts for a completion model do not end in a mark of their own",
    "no_stop": "answers for a completion model end in nothing to stop at",
    "old_marks": "separators or stop texts of completion models in data for a chat model",
    "no_reference": "a reinforcement item with nothing for a grader to compare with",
    "no_validation": "reinforcement needs a validation file",
    "unsplit": "too few different prompts to fill two files",
}
_NOTES = {
    "blank_row": "an empty line or row",
    "extra_column": "a column or field that is not used",
    "conflict": "the same prompt as an earlier example, with another answer",
    "no_leading_space": "answers for a completion model that do not begin with a space",
}

SEVERITIES = MappingProxyType(
    dict.fromkeys(_ERRORS, Severity.ERROR)
    | dict.fromkeys(_WARNINGS, Severity.WARNING)
    | dict.fromkeys(_NOTES, Severity.NOTE)
)
MEANINGS = MappingProxyType(_ERRORS | _WARNINGS | _NOTES)
