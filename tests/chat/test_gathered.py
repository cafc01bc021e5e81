"""A turn that waited for people is stored around others, and read in one piece."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.window import LOST_RESULT, WAITING_RESULT, gathered, repair
from storage.records import Message, ToolCall


def said(event: str, role: str = "user", **fields) -> Message:
    return Message(role, role, event, **fields)


def asking(event: str) -> Message:
    return said(event, "assistant", tool_calls=(ToolCall(f"call-{event}", "pay", "{}"),))


def result(event: str) -> Message:
    return said(event, "tool", tool_call_id=f"call-{event}")


def test_a_turn_stands_where_it_began():
    stored = [said("a"), asking("a"), said("b"), said("b", "assistant"), result("a")]

    assert gathered(stored, ()) == [
        said("a"), asking("a"), result("a"), said("b"), said("b", "assistant")
    ]  # fmt: skip


def test_a_call_that_still_waits_says_so():
    placed = repair(gathered([said("a"), asking("a"), said("b")], {"a"}))

    assert [m.content for m in placed if m.role == "tool"] == [WAITING_RESULT]


def test_messages_of_no_turn_stay_where_they_are():
    stored = [said(""), said("a"), said(""), said("a", "assistant")]

    assert [m.event for m in gathered(stored, ())] == ["", "a", "a", ""]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.sets(st.sampled_from("abc")))
def test_nothing_is_lost_and_no_result_is_made_up_for_what_waits(events, waiting):
    makers = [said, asking, result]
    seen: dict[str, int] = {}
    stored = []
    for event in events:
        step = seen.setdefault(event, 0)
        seen[event] += 1
        stored.append(makers[min(step, 2)](event))

    placed = gathered(stored, waiting)

    assert all(message in placed for message in stored)
    lost = [m for m in repair(placed) if m.content == LOST_RESULT]
    assert not any(m.tool_call_id == f"call-{event}" for m in lost for event in waiting)
