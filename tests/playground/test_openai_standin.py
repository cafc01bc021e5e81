"""The stand-in's rules: telling results, remembering, writing, orders."""

import json
import time

import pytest

from playground.openai.answer import Fault
from playground.openai.standin.answering import StandIn
from playground.openai.standin.phrasing import brief
from tests.playground.asking import ask, calls


def test_result_is_phrased_and_no_function_called_again():
    call = {"id": "c1", "type": "function",
            "function": {"name": "calculate", "arguments": '{"expression": "17*23"}'}}  # fmt: skip
    more = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "391"},
    ]

    answer = ask("What is 17*23?", more=more)

    assert not answer.calls
    assert answer.text.startswith("391")


def test_the_longest_message_that_slack_takes_does_not_hold_the_demo_up():
    began = time.process_time()

    assert not ask("<" * 40_000).calls
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ('["drawn", "[file dot.png]"]', "drawn, [file dot.png]"),
        ("true", "True"),
        ("calculate was not run: an admin has switched it off.", "it did not work"),
        ('There is no function "x".', "it did not work"),
        ('{"error": "no such ticket"}', "it did not work: no such ticket"),
        ("dice failed: There is no d7.", "it did not work: dice failed: There is no d7."),
        ("dice failed unexpectedly (reference 1ebf9282).", "it did not work"),
        ('{"day": null, "total": 18}', "- **day**: none\n- **total**: 18"),
    ],
)
def test_results_and_failures_are_told_in_words(result, said):
    call = {"id": "c1", "type": "function", "function": {"name": "roll_dice", "arguments": "{}"}}
    more = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": result},
    ]

    assert said in ask("roll the dice", more=more).text


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("Ben Okafor (U0BEN), Ann Vries (U0ANN)", "Ben Okafor: who am I?"),
        ("Ben Okafor (U0BEN)", "who am I?"),
    ],
)
def test_whom_the_bot_names_is_known_by_name(people, words):
    system = {"role": "system", "content": f"People in it (name, Slack user id): {people}."}
    asked = {"role": "user", "content": words}

    answer = StandIn().respond({"messages": [system, asked]})

    assert "Your name is Ben Okafor" in answer.text


def test_long_arguments_are_not_repeated_whole():
    arguments = '{"note": "%s"}' % ("long " * 700)
    call = {"id": "c1", "type": "function", "function": {"name": "note", "arguments": arguments}}
    more = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "kept"},
    ]

    answer = ask("note this down", more=more)

    assert answer.text.startswith("kept")
    assert len(answer.text) < 200


def test_nothing_is_called_when_calls_are_forbidden():
    assert not ask("What time is it?", tool_choice="none").calls


def test_required_call_is_made_whatever_was_said():
    answer = ask("set it brightly", tool_choice="required")

    assert len(answer.calls) == 1


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("My name is Ann.", "And now?", "What is my name?"), "Ann"),
        (("The owl flies.", "It sleeps.", "What did I say first?"), "The owl flies."),
        (("The owl flies.", "It sleeps.", "What did I just say?"), "It sleeps."),
        (("Our launch date is May 5.", "What is our launch date?"), "May 5"),
        (("One.", "Two.", "How many messages did I send?"), "3"),
        (("One.", "Two.", "Please summarize."), "1. You: One."),
        (("One.", "What did you say?"), "Fine."),
    ],
)
def test_conversation_is_remembered(texts, said):
    assert said in ask(*texts).text


@pytest.mark.parametrize("count", [1, 300, 800])
def test_long_answers_have_exactly_the_ordered_words(count):
    assert len(ask(f"write {count} words about bridges").text.split()) == count
    assert len(ask(f"stream {count} words").text.split()) == count


def test_a_long_answer_ends_with_a_sentence():
    assert ask("write me a long answer about tea").text.endswith(".")


def test_tables_lists_and_code_are_written():
    assert "| Mars |" in ask("Draw a table of the planets").text
    assert ask("five ideas for a party").text.startswith("1. ")
    assert "```python" in ask("show me code for primes").text


def test_ordered_calls_go_round_by_round():
    text = 'call a with {"x": [1, {"y": 2}]} and call b {"z": "w"} then call c with raw {bad'
    answer = ask(text)

    assert calls(answer) == [("a", {"x": [1, {"y": 2}]}), ("b", {"z": "w"})]


@pytest.mark.parametrize(
    ("text", "names", "later"),
    [
        ("call current_time in Tokyo and calculate 2+2", ["current_time", "calculate"], []),
        ("call calculate 2+2, current_time in Tokyo", ["calculate", "current_time"], []),
        ("Please call `roll_dice` and also `current_time`.", ["roll_dice", "current_time"], []),
        ('call current_time with {"zone": "UTC"} and find_user with {"name": "Ann"}',
         ["current_time", "find_user"], []),
        ("call roll_dice, then current_time and calculate 1+1", ["roll_dice"],
         ["current_time", "calculate"]),
        ("call current_time and tell me a joke", ["current_time"], []),
        ("call me and my friends later", [], []),
    ],
)  # fmt: skip
def test_one_call_orders_several_functions(text, names, later):
    first = ask(text)
    made = [{"id": f"c{n}", "type": "function", "function": {"name": c.name, "arguments": c.text}}
            for n, c in enumerate(first.calls)]  # fmt: skip
    told = [{"role": "tool", "tool_call_id": call["id"], "content": "1"} for call in made]
    asked = {"role": "assistant", "content": None, "tool_calls": made}

    then = ask(text, more=[asked, *told]) if made else first

    assert [name for name, _ in calls(first)] == names
    assert [name for name, _ in calls(then)] == later


def test_ordered_calls_take_their_arguments_from_their_own_words():
    found = calls(ask("call current_time in Tokyo and calculate 17 * 23 and current_time in Oslo"))

    assert found == [
        ("current_time", {"zone": "Asia/Tokyo"}),
        ("calculate", {"expression": "17 * 23"}),
        ("current_time", {"zone": "Europe/Oslo"}),
    ]


@pytest.mark.parametrize("words", ["how do you work?", "Explain how you work", "who made you?"])
def test_who_asks_how_it_works_is_told_and_nothing_is_calculated(words):
    answer = ask(words)

    assert not answer.calls
    assert "rule-based stand-in" in answer.text


@pytest.mark.parametrize("order", ["stream 30 words", "say 30 words"])
def test_so_many_words_are_said_as_ordered(order):
    assert len(ask(order).text.split()) == 30


def test_orders_set_pace_and_faults_and_leave_the_rest_to_be_answered():
    answer = ask("wait 5 s, 0.2 s between words, cut the stream after 7 words and tell me a joke")

    assert (answer.delay, answer.gap, answer.after) == (5.0, 0.2, 7)
    assert answer.faults == {Fault.CUT}
    assert "walks into a bar" in answer.text


@pytest.mark.parametrize("order", ["be slow", "cut the stream after 5 words", "go silent"])
def test_trouble_on_the_way_has_an_answer_in_which_it_is_seen(order):
    assert len(ask(order).text.split()) > 50


def test_ordered_failures_end_after_the_ordered_number():
    standin = StandIn()
    request = {"messages": [{"role": "user", "content": "fail 2 times with 503, then say hello"}]}

    statuses = [standin.respond(request).error for _ in range(3)]

    assert [error and error.status for error in statuses] == [503, 503, None]


def test_every_fault_can_be_ordered_by_name():
    for fault in Fault:
        assert ask(f"fault {fault}").faults == {fault}


def test_json_form_is_kept():
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}},
              "required": ["n"]}  # fmt: skip
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}

    assert json.loads(ask("a number", response_format=form).text) == {"n": 3}


def test_functions_on_offer_are_named_to_whoever_asks():
    assert "`roll_dice`" in ask("<@U0BOT> which functions can you call?").text


def test_stand_in_says_what_it_is_and_what_can_be_tried():
    assert "stand-in" in ask("Are you a real model?").text
    assert "current_time" in ask("help").text


def test_people_are_told_apart_by_their_names():
    messages = [
        {"role": "system", "content": "People in it: Ann Vries (U0ANN), Ben Okafor (U0BEN)."},
        {"role": "user", "content": "Ann Vries: my name is Annie"},
        {"role": "user", "content": "Ben Okafor: note: ships sail"},
        {"role": "user", "content": "Ann Vries: what did I say first?"},
    ]

    mine = StandIn().respond({"messages": messages}).text
    messages[-1]["content"] = "Ann Vries: What did Ben say?"
    his = StandIn().respond({"messages": messages}).text

    assert mine == "The first thing you said was: “my name is Annie”"
    assert his == "Ben Okafor said: “note: ships sail”"


def test_rows_in_a_short_result_are_told_in_words():
    people = json.dumps({"people": [{"name": "Ann Vries", "time_zone": "Europe/Berlin"}]})

    assert brief(people) == "people name Ann Vries, time zone Europe/Berlin"
