"""New messages enter the full-text index many at a time, and before a search at the latest.

One by one they took a third of all pages that an answer writes.
"""

STATEMENTS = (
    "drop trigger message_added",
    "drop table message_unindexed",  # which every commit has left empty
    """create table message_unindexed (
        n integer primary key, thread text not null, seq bigint not null
    )""",
    """create trigger message_added after insert on message
    when new.role in ('user', 'assistant') begin
        insert into message_unindexed (thread, seq) values (new.thread, new.seq);
    end""",
)
