from bot.slack.answering.toolbox import named_in
from storage.records import Message, ToolCall


def test_calls_of_the_thread_and_results_of_the_turn_decide_what_is_offered() -> None:
    thread = [
        Message("user", "send money", event="e1"),
        Message("assistant", "", event="e1", tool_calls=(ToolCall("a", "wire_money", "{}"),)),
        Message("tool", "sent", event="e1", tool_call_id="a"),
        Message("user", "and now?", event="e2"),
        Message("assistant", "", event="e2", tool_calls=(ToolCall("b", "find_functions", "{}"),)),
        Message("tool", '{"close_account": "Close it."}', event="e2", tool_call_id="b"),
    ]

    named = named_in(thread, "e2")

    assert named == ["wire_money", "find_functions", '{"close_account": "Close it."}']
