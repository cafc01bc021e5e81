"""Full-text search over messages, kept in step by triggers."""

STATEMENTS = (
    "create unique index message_place on message (place) where place is not null",
    # team and channel, the first two parts of a thread's name, as one word of the index
    """alter table message add column channel text generated always as (
        replace(substr(thread, 1, instr(thread, ':')
            + instr(substr(thread, instr(thread, ':') + 1), ':')), ':', '')
    )""",
    """create virtual table message_text using fts5 (
        channel, words, content='', tokenize='unicode61 remove_diacritics 2'
    )""",
    """create trigger message_added after insert on message
    when new.role in ('user', 'assistant') begin
        update message set place = (select coalesce(max(place), 0) + 1 from message
            where place is not null)
            where thread = new.thread and seq = new.seq;
        insert into message_text (rowid, channel, words)
            select place, channel, content from message
            where thread = new.thread and seq = new.seq;
    end""",
    """create trigger message_changed after update of content on message
    when old.place is not null begin
        insert into message_text (message_text, rowid, channel, words)
            values ('delete', old.place, old.channel, old.content);
        insert into message_text (rowid, channel, words)
            values (new.place, new.channel, new.content);
    end""",
    """create trigger message_removed after delete on message
    when old.place is not null begin
        insert into message_text (message_text, rowid, channel, words)
            values ('delete', old.place, old.channel, old.content);
    end""",
)
