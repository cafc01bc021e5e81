"""New messages enter the full-text index together, at the end of the commit that stores them.

FTS5 writes what it gathered at every savepoint, and each write of a group has one.
"""

STATEMENTS = (
    "create table message_unindexed (thread text, seq bigint, unique (thread, seq))",
    "drop trigger message_added",
    """create trigger message_added after insert on message
    when new.role in ('user', 'assistant') begin
        insert or ignore into message_unindexed (thread, seq) values (new.thread, new.seq);
    end""",
)
