"""Error words in plain sentences, for the person at the page."""

from playground.slack.refusal import Refusal

_SENTENCES = {
    "already_reacted": "You have reacted with this emoji already.",
    "cant_delete_message": "Only its author or an admin can delete this message.",
    "cant_update_message": "Only its author can edit this message.",
    "channel_not_found": "This channel is gone.",
    "element_not_found": "This button is no longer there.",
    "message_not_found": "This message is gone.",
    "model_not_started": "The model's server did not start: another program has its port.",
    "no_text": "There is nothing to send.",
    "not_in_channel": "You are not a member of this channel.",
    "thread_not_found": "This thread is gone.",
    "unknown_command": "The app has no such command.",
    "view_not_found": "This dialog is no longer open.",
}


def sentence(refusal: Refusal) -> str:
    """Say what went wrong."""
    said = _SENTENCES.get(refusal.word)
    return said or f"The local Slack refused: {refusal.word}."
