"""Full-text search in SQLite's FTS5 index, quick however many messages other channels hold.

The channel is a word of the index, so only its own messages are visited, newest first. Plain
words are looked up first: a prefix makes FTS5 gather every message that has it, and ranking
(bm25) counts them all.

Chinese, Japanese and Thai put no blanks between words, and Arabic, Hebrew and Korean write small
words onto others; FTS5 takes what stands between two blanks for one word. Words of such scripts
(letters without capitals) are looked for inside of the newest messages instead.
"""

import json
import re
import unicodedata
from collections.abc import Sequence

from storage.engine import Connection, Row

# None of these may look at every message: a test asks for their plans.
LAST = "select coalesce(max(place), 0) from message where place is not null"
PLACE = """update message set place = $1 + u.n
    from message_unindexed u where u.thread = message.thread and u.seq = message.seq"""
ADD = """insert into message_text (rowid, channel, words)
    select place, channel, content from message where place > $1 order by place"""
CANDIDATES = 10  # times the limit: how many messages with any of the words are looked at
LOOKED = 5_000  # messages of a channel in which is looked for what stands inside of words
PAIRS = 16  # of letters that count


def search(connection: Connection, scope: str, words: tuple[str, ...], limit: int) -> list[Row]:
    """Find messages with all words, else with all in some form; then those with some of them.

    The first alone would not do: whoever asks the same once more has said all the words.
    """
    exact = [f'"{word}"' for word in words]
    begun = " AND ".join(f'"{_stem(word)}"*' for word in words)
    is_of_one_case = any(map(_is_of_one_case, words))
    if is_of_one_case:
        found = _containing(connection, scope, words, len(words), limit)
    else:
        found = _matching(connection, scope, " AND ".join(exact), limit)
    found = found or _matching(connection, scope, begun, limit)
    if len(found) >= limit:
        return found
    if is_of_one_case:
        pairs = [pair for word in words for pair in _pairs(word)][:PAIRS]
        some = _containing(connection, scope, pairs, (len(pairs) + 1) // 2, limit)
    else:
        candidates = _matching(connection, scope, " OR ".join(exact), limit * CANDIDATES)
        some = _with_most(words, candidates)
    return list(dict.fromkeys([*found, *some]))[:limit]


def is_behind(connection: Connection) -> bool:
    """Tell whether messages are stored that the index does not have yet."""
    return bool(connection.execute("select 1 from message_unindexed limit 1"))


def index(connection: Connection) -> None:
    """Add the messages that are new, all in one go, for FTS5 is slow to begin."""
    ((last,),) = connection.execute(LAST)
    connection.execute(PLACE, last)
    connection.execute(ADD, last)
    connection.execute("delete from message_unindexed")


def merge(connection: Connection, pages: int) -> bool:
    """Merge a part of the index, which drops deleted words; False if nothing was left to do."""
    ((before,),) = connection.execute("select total_changes()")
    connection.execute("insert into message_text (message_text, rank) values ('merge', $1)", pages)
    ((after,),) = connection.execute("select total_changes()")
    return bool(after - before > 1)  # the statement itself counts as one


def _stem(word: str) -> str:
    """Leave an ending off, in whatever language: "deploying" is to find "deployed"."""
    return word[: len(word) - min(len(word) // 3, 3)] if len(word) > 4 else word


def _is_of_one_case(word: str) -> bool:
    return not word.isascii() and any(unicodedata.category(letter) == "Lo" for letter in word)


def _pairs(word: str) -> list[str]:
    """Return the pairs of letters of a word that may be several; a word with capitals is one."""
    if not _is_of_one_case(word):
        return [word]
    return [word[place : place + 2] for place in range(max(len(word) - 1, 1))]


def _containing(
    connection: Connection, scope: str, parts: Sequence[str], least: int, limit: int
) -> list[Row]:
    """Find messages with so many of the parts anywhere in them, those with the most first."""
    return connection.execute(
        """select thread, slack_ts, user_id, name, content, created from (
            select m.*, (select count(*) from json_each($5) where m.content like value) as found
            from message_text t join message m on m.place = t.rowid
            where message_text match $1 and m.thread >= $2 and m.thread < $3
            order by t.rowid desc limit $4
        ) where found >= $6 order by found desc, place desc limit $7""",
        f'channel : "{_word_of(scope)}"',
        *_threads(scope),
        LOOKED,
        json.dumps([f"%{part}%" for part in parts]),
        least,
        limit,
    )


def _word_of(scope: str) -> str:
    """Return the word of the index that stands for a channel."""
    return "".join(re.findall(r"\w", scope))


def _threads(scope: str) -> tuple[str, str]:
    """Return the names between which those of a channel's threads stand."""
    return scope, scope[:-1] + chr(ord(scope[-1]) + 1)


def _matching(connection: Connection, scope: str, terms: str, limit: int) -> list[Row]:
    """Run a query in the index's own language; its words are quoted, none is an operator."""
    return connection.execute(
        """select m.thread, m.slack_ts, m.user_id, m.name, m.content, m.created
        from message_text t join message m on m.place = t.rowid
        where message_text match $1 and m.thread >= $2 and m.thread < $3
        order by t.rowid desc limit $4""",
        f'channel : "{_word_of(scope)}" AND words : ({terms})',
        *_threads(scope),
        limit,
    )


def _with_most(words: tuple[str, ...], rows: list[Row]) -> list[Row]:
    wanted = {word.casefold() for word in words}
    return sorted(rows, key=lambda row: -sum(word in row[4].casefold() for word in wanted))
