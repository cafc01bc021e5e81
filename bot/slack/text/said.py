"""What a message says, as Slack tells it. Pure.

The `text` of a long answer of ours is only its beginning: `chat.update` takes no more. The whole
stands in its blocks, as the Markdown that we sent or as what Slack has made of it. Other apps often
speak in blocks or attachments, and leave `text` empty or to notifications; tables that people paste
are blocks, and what they forward is an attachment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import normalize

from bot.slack.text import payload
from bot.slack.text.markdown import CUT, plain
from bot.slack.text.mrkdwn import escape
from bot.slack.text.readable import nameless
from bot.slack.text.shown import shown_of
from storage.records import Shown

_LAID_OUT = frozenset({"header", "section", "table", "data_table", "alert", "card", "container"})
_BESIDE = frozenset({"context", "actions", "image"})  # in our own answers no part of them
_NO_WORDS = ("This content can't be displayed.", "[no preview available]")  # Slack's, for blocks
_ATTACHED = ("pretext", "title", "text")
GONE = ("tombstone", "hidden_by_limit")  # modes of files that nobody can read any more
_EXCERPT = 8_000  # characters
_TOKENS = {
    "user": "<@{user_id}>",
    "channel": "<#{channel_id}>",
    "usergroup": "<!subteam^{usergroup_id}>",
    "broadcast": "<!{range}>",
    "emoji": ":{name}:",
    "date": "<!date^{timestamp}^{format}|{fallback}>",
    "color": "{value}",
}
_LINES = dict.fromkeys(("rich_text", "rich_text_list", "table", "data_table"), "\n")
_BETWEEN = _LINES | {"context": " ", "actions": " "}  # the elements of a block


def words_of(message: Mapping[str, Any]) -> str:
    """Return the words of a message in Slack's writing, what it forwards or attaches quoted."""
    attached = map(_attached, payload.parts(message, "attachments"))
    return "\n".join(part for part in (own_words(message), *attached) if part)


def people_in(message: Mapping[str, Any], bot_user: str) -> list[str]:
    """Return whose names a reader of a message needs: its author's, and those that it speaks of."""
    author = payload.text_in(message, "user")
    others = nameless(words_of(message), bot_user)
    return [author, *others] if author else others


def own_words(message: Mapping[str, Any]) -> str:
    """Return what the author of a message wrote, in Slack's writing, "" for no words."""
    text = payload.text_in(message, "text")
    words = "" if text in _NO_WORDS else text
    blocks = payload.parts(message, "blocks")
    kinds = {str(block.get("type")) for block in blocks}
    if words and not words.endswith(CUT) and kinds.isdisjoint(_LAID_OUT):
        return words
    if "markdown" in kinds:
        markdown = (payload.text_in(one, "text") for one in blocks if one.get("type") == "markdown")
        return plain("\n".join(markdown))
    read = _LAID_OUT | ({"rich_text"} if "rich_text" in kinds else _BESIDE)
    shown = _lines(_words(block) for block in blocks if str(block.get("type")) in read)
    return max(words, shown, key=len) or text


def files_of(message: Mapping[str, Any]) -> str:
    """Say which files came along, and what Slack tells of the words in them; "" for none.

    A model is shown pictures, documents and texts; others it cannot open, and should say so.
    """
    files = _there(message)
    opened = [_name_and_kind(file) for file in files if _shown(file)]
    told = [file for file in files if excerpt(file) and not _shown(file)]
    closed = [_name_and_kind(file) for file in files if not (excerpt(file) or _shown(file))]
    seen = f"[Attached: {', '.join(opened)}]" if opened else ""
    listed = f"[Attached, and not readable to you: {', '.join(closed)}]" if closed else ""
    words = (f"[Attached: {_name_and_kind(file)}]\n{quoted(excerpt(file))}" for file in told)
    return _lines((seen, listed, *words))


def names_in(message: Mapping[str, Any]) -> str:
    """Return what people call the files that came along."""
    return ", ".join(_name(file) for file in _there(message))


def shown_in(message: Mapping[str, Any]) -> tuple[Shown, ...]:
    """Return what a model can be shown of what came along, but for those that Slack tells whole."""
    return tuple(one for file in _there(message) if (one := _shown(file)))


def _shown(file: Mapping[str, Any]) -> Shown | None:
    words = excerpt(file)
    return None if words and not words.endswith(CUT) else shown_of(file)


def _there(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [file for file in files_in(message) if file.get("mode") not in GONE]


def excerpt(file: Mapping[str, Any]) -> str:
    """Return the words in a clip, an e-mail or at the beginning of a snippet, as Slack has them."""
    heard = payload.part(payload.part(file, "transcription"), "preview")
    shown = file.get("preview") if file.get("mode") == "snippet" else ""
    words = str(
        file.get("excerpt") or heard.get("content") or file.get("plain_text") or shown or ""
    )
    is_cut = heard.get("has_more") or (words == shown and file.get("preview_is_truncated"))
    return words[:_EXCERPT] + (CUT if is_cut or len(words) > _EXCERPT else "")


def _name(file: Mapping[str, Any]) -> str:
    return normalize("NFC", payload.text_in(file, "name") or "file")


def _name_and_kind(file: Mapping[str, Any]) -> str:
    return f"{_name(file)} ({file.get('mimetype') or '?'})"


def files_in(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the files of a message, and of what it forwards."""
    forwarded = filter(_is_forwarded, payload.parts(message, "attachments"))
    holders = (message, *forwarded)
    return [file for holder in holders for file in payload.parts(holder, "files")]


def _attached(attachment: Mapping[str, Any]) -> str:
    """Return a forwarded message, or what an app attached, as a quotation; no link's preview."""
    if attachment.get("from_url") and not _is_forwarded(attachment):
        return ""
    pretext, title, text = (payload.text_in(attachment, name) for name in _ATTACHED)
    if title and (link := attachment.get("title_link")):
        title = f"<{link}|{title}>"
    parts = [pretext, title, text, *map(_field, payload.parts(attachment, "fields"))]
    parts.append(own_words({"blocks": attachment.get("blocks")}))
    if not _is_forwarded(attachment):  # there it says where that stands
        parts.append(payload.text_in(attachment, "footer"))
    said = _lines(parts) or _lines(map(_in_blocks, payload.parts(attachment, "message_blocks")))
    said = said or _lines([payload.text_in(attachment, "fallback")])
    author = attachment.get("author_name")
    return quoted(f"{author}: {said}" if author and said else said, "&gt;")


def quoted(text: str, mark: str = ">") -> str:
    """Return text as a quotation, each of its lines marked."""
    return "\n".join(f"{mark} {line}" for line in text.splitlines())


def _is_forwarded(attachment: Mapping[str, Any]) -> bool:
    return bool(attachment.get("is_share") or attachment.get("is_msg_unfurl"))


def _in_blocks(forwarded: Mapping[str, Any]) -> str:
    """Return the words of a forwarded message that has no text."""
    message = forwarded.get("message")
    return own_words(message) if isinstance(message, Mapping) else ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part and part not in _NO_WORDS)


def _field(field: Mapping[str, Any]) -> str:
    return ": ".join(str(field[name]) for name in ("title", "value") if field.get(name))


def _words(part: Any) -> str:
    """Return the words of a block, or of a part of one."""
    if isinstance(part, list):
        return " | ".join(map(_words, part))
    match part:
        case {"type": str(kind)} if kind in _TOKENS:
            return _TOKENS[kind].format_map(defaultdict(str, part))
        case {"type": "mrkdwn", "text": str(written)}:
            return written
        case {"type": "link", "url": str(url), "text": str(words)} if words:
            return f"<{url}|{escape(words)}>"
        case {"type": "button"}:
            return f"<{part['url']}|{_words(part.get('text'))}>" if part.get("url") else ""
        case {"type": "section" | "card" | "container"}:
            lines = [part.get(name) for name in ("title", "subtitle", "text", "body")]
            lines += [*payload.parts(part, "fields"), *payload.parts(part, "child_blocks")]
            return _lines(map(_words, lines))
        case {"type": str(kind), "elements": list(parts)} | {
            "type": str(kind),
            "rows": list(parts),
        }:
            return _BETWEEN.get(kind, "").join(filter(None, map(_words, parts)))
        case {"text": str(words)} | {"text": {"text": str(words)}} | {"url": str(words)}:
            return escape(words)
        case {"title": {"text": str(words)}}:  # of a picture
            return escape(words)
    return ""
