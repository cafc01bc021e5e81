"""The stand-in's choice of functions, and what it fills into their arguments."""

from typing import Any

import pytest

from tests.playground.asking import TEXT, TOOLS, ask, calls, tool


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("What time is it?", "current_time", {}),
        ("<@U0BOT> what time is it in Tokyo?", "current_time", {"zone": "Asia/Tokyo"}),
        ("the current time in Europe/Berlin please", "current_time", {"zone": "Europe/Berlin"}),
        ("What is 17 * 23?", "calculate", {"expression": "17 * 23"}),
        ("what is 12 plus 7 times 3?", "calculate", {"expression": "12 + 7 * 3"}),
        ("What is 12.5% of 2,480?", "calculate", {"expression": "12.5 / 100 * 2480"}),
        ("calculate (3+4)*2^3", "calculate", {"expression": "(3+4)*2^3"}),
        ("calculate sqrt(2)", "calculate", {"expression": "sqrt(2)"}),
        ("what is 2 * max(3, 5) - 1?", "calculate", {"expression": "2 * max(3, 5) - 1"}),
        ("What is the square root of 2?", "calculate", {"expression": "sqrt(2)"}),
        ("and what time is it in New York?", "current_time", {"zone": "America/New_York"}),
        ("what day is it today?", "current_time", {}),
        ("What's the date in Tokyo?", "current_time", {"zone": "Asia/Tokyo"}),
        ("search for messages with 'deploy'", "search_messages", {"query": "deploy"}),
        ("search for invoices", "search_messages", {"query": "invoices"}),
        ("search for invoices\n[Attached: a.txt (text/plain)]\n[What is in a.txt:]\n> 6 * 7",
         "search_messages", {"query": "invoices"}),
        ("search for messages about lunch", "search_messages", {"query": "lunch"}),
        ("what did we say about the release?", "search_messages", {"query": "the release"}),
        ("who is <@U0ANN>?", "find_user", {"name": "U0ANN"}),
        ("Who is Ben Miller?", "find_user", {"name": "Ben Miller"}),
        ("how many working days are there between 2026-01-05 and 2026-01-31?", "working_days",
         {"start": "2026-01-05", "end": "2026-01-31"}),
        ("what is the state of ticket A-1?", "ticket_state", {"ticket": "A-1"}),
        ("and ticket number 4711?", "ticket_state", {"ticket": "4711"}),
        ("roll two dice with 20 sides", "roll_dice", {"sides": 20, "count": 2}),
        ("set the light in the living room to level 30, blinking", "set_light",
         {"room": "living_room", "level": 30, "blinking": True}),
        ("set_light room=kitchen level=5", "set_light", {"room": "kitchen", "level": 5}),
        ('set_light {"room": "hall", "level": 7}', "set_light", {"room": "hall", "level": 7}),
    ],
)  # fmt: skip
def test_function_is_picked_by_the_words_of_the_message(text, name, arguments):
    assert calls(ask(text)) == [(name, arguments)]


NUMBER = {"type": "integer"}
THEIRS = [
    tool("place_order", "Place an order in the shop.", ("item",), item=TEXT, count=NUMBER),
    tool("slow_lookup", "Look a word up slowly.", ("word",), word=TEXT),
    tool("restart_server", "Restart a server.", ("name",), name=TEXT),
    tool("deploy", "Deploy a service.", ("service", "place"), service=TEXT,
         place={"enum": ["staging", "production"]}),
    tool("add", "Add two numbers.", ("a", "b"), a=NUMBER, b=NUMBER),
    tool("convert_money", "Convert money.", ("amount", "source", "target"), amount=NUMBER,
         source=TEXT, target=TEXT),
    tool("send_email", "Send an e-mail.", ("to", "subject", "body"), to=TEXT, subject=TEXT,
         body=TEXT),
    tool("create_ticket", "Create a ticket.", ("title",), title=TEXT),
    tool("set_reminder", "Set a reminder.", ("text", "minutes"), text=TEXT, minutes=NUMBER),
    tool("refund", "Refund an order.", ("order_id",), order_id=TEXT, reason=TEXT),
    tool("pay_back", "Pay money back.", ("order", "amount"), order=TEXT,
         amount={"type": "number"}),
    tool("random_number", "Give a random number.", low=NUMBER, high=NUMBER),
    tool("pick_one", "Pick one option.", ("options",), options={"type": "array", "items": TEXT}),
    tool("sleepy", "Sleep a while.", ("seconds",), seconds=NUMBER),
    tool("release_notes", "Give the notes of a release.", ("version",), version=TEXT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("please place an order for 3 apples", "place_order", {"item": "apples", "count": 3}),
        ("order a laptop", "place_order", {"item": "laptop"}),
        ("look up the word tree slowly", "slow_lookup", {"word": "tree"}),
        ("restart the server web-1", "restart_server", {"name": "web-1"}),
        ("deploy the billing service to staging", "deploy",
         {"service": "billing", "place": "staging"}),
        ("add 2 and 3", "add", {"a": 2, "b": 3}),
        ("convert 100 EUR to USD", "convert_money",
         {"amount": 100, "source": "EUR", "target": "USD"}),
        ('send an email to bob@example.com with subject "Hi" and body "See you"', "send_email",
         {"to": "bob@example.com", "subject": "Hi", "body": "See you"}),
        ("create a ticket: the coffee machine leaks", "create_ticket",
         {"title": "the coffee machine leaks"}),
        ("create ticket title: Lamp is broken", "create_ticket", {"title": "Lamp is broken"}),
        ("remind me in 10 minutes to call mom", "set_reminder",
         {"text": "call mom", "minutes": 10}),
        ("refund order 1234 because it broke", "refund",
         {"order_id": "1234", "reason": "it broke"}),
        ("pay back order 77 amount 12.5", "pay_back", {"order": "77", "amount": 12.5}),
        ("a random number between 5 and 10", "random_number", {"low": 5, "high": 10}),
        ("pick one of pizza, pasta and salad", "pick_one",
         {"options": ["pizza", "pasta", "salad"]}),
        ("sleep for 3 seconds", "sleepy", {"seconds": 3}),
        ("release notes for 1.2.3", "release_notes", {"version": "1.2.3"}),
    ],
)  # fmt: skip
def test_a_new_function_is_called_with_what_a_sentence_says(text, name, arguments):
    assert calls(ask(text, tools=[*TOOLS, *THEIRS])) == [(name, arguments)]


@pytest.mark.parametrize(
    "schema", [{"enum": []}, {"anyOf": [True]}, {"$ref": "#/properties/colour"}]
)
def test_a_parameter_that_says_little_is_left_out(schema):
    assert calls(ask("paint it", tools=[tool("paint", "Paint a wall.", colour=schema)])) == [
        ("paint", {})
    ]


def test_two_questions_give_two_calls_in_one_round():
    found = calls(ask("What's 2+2 and what time is it in Oslo and in New York?"))

    assert [name for name, _ in found] == ["calculate", "current_time", "current_time"]
    assert found[2][1] == {"zone": "America/New_York"}


def called(*names: str) -> list[Any]:
    asked = [{"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}}
             for name in names]  # fmt: skip
    told = [{"role": "tool", "tool_call_id": name, "content": "1"} for name in names]
    return [{"role": "assistant", "content": None, "tool_calls": asked}, *told]


def test_two_calls_the_older_way_keep_their_own_results():
    told: list[Any] = []
    for expression, result in (("2+3", "five"), ("4*5", "twenty")):
        call = {"name": "calculate", "arguments": f'{{"expression": "{expression}"}}'}
        told += [
            {"role": "assistant", "function_call": call},
            {"role": "function", "name": "calculate", "content": result},
        ]

    text = ask("calculate 2+3 and 4*5", more=told).text

    assert text.index("2+3") < text.index("five") < text.index("4*5") < text.index("twenty")


@pytest.mark.parametrize("words", ["and in Lima?", "And Lima?", "how about Lima?", "now in Lima"])
def test_a_follow_up_means_the_function_that_its_words_fit(words):
    asked = {"role": "user", "content": words}

    found = ask("What time is it in Tokyo, and 2+2?", more=[*called("current_time", "calculate"),
                {"role": "assistant", "content": "Noon, and 4."}, asked])  # fmt: skip

    assert calls(found) == [("current_time", {"zone": "America/Lima"})]


def test_missing_argument_is_asked_for():
    answer = ask("switch the kitchen light")

    assert not answer.calls
    assert "*level*" in answer.text


@pytest.mark.parametrize(
    ("question", "reply", "name", "arguments"),
    [
        ("find the user", "Ben", "find_user", {"name": "Ben"}),
        ("switch the kitchen light", "30", "set_light", {"room": "kitchen", "level": 30}),
        ("count the working days from 2026-01-05 on", "until 2026-01-31", "working_days",
         {"start": "2026-01-05", "end": "2026-01-31"}),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_taken_from_the_reply(question, reply, name, arguments):
    asked = ask(question).text
    more = [{"role": "assistant", "content": asked}, {"role": "user", "content": reply}]

    assert calls(ask(question, more=more)) == [(name, arguments)]
