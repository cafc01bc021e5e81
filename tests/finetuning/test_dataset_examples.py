import pytest
from finetuning_samples import (
    assistant,
    chat,
    check,
    choices,
    findings,
    found,
    jsonl,
    source,
    user,
    written,
)

SYSTEM = {"role": "system", "content": "Be brief."}


def test_prompt_and_completion_become_messages(tmp_path):
    row = {"prompt": "a", "completion": "b"}

    assert written(jsonl(row), tmp_path, system="Be brief.") == [
        chat(SYSTEM, user("a"), assistant("b"))
    ]


def test_an_empty_prompt_makes_no_message(tmp_path):
    assert written(jsonl({"prompt": "", "completion": "b"}), tmp_path) == [chat(assistant("b"))]


def test_a_system_text_is_put_before_messages_that_have_none(tmp_path):
    own = chat({"role": "system", "content": "own"}, user("a"), assistant("b"))
    rows = written(jsonl(own, chat(user("a"), assistant("b"))), tmp_path, system="Be brief.")

    assert rows == [own, chat(SYSTEM, user("a"), assistant("b"))]


def test_completion_models_get_prompt_and_completion_alone(tmp_path):
    row = {"prompt": "a", "completion": "b", "id": 3}

    assert written(jsonl(row), tmp_path, format="completion") == [
        {"prompt": "a", "completion": "b"}
    ]
    assert findings(jsonl(row), format="completion")["extra_column"] == [1]


@pytest.mark.parametrize(
    ("row", "form", "code"),
    [
        ({"question": "a", "answer": "b"}, "chat", "missing_field"),
        ({"prompt": "a"}, "chat", "missing_field"),
        ({"completion": "a"}, "chat", "missing_field"),
        ({"prompt": ["a"], "completion": "b"}, "chat", "not_text"),
        ({"prompt": "a", "completion": None}, "completion", "null_field"),
        ({"prompt": "a", "completion": "\n"}, "completion", "empty_answer"),
        (chat(user("a"), assistant("b")), "completion", "wrong_shape"),
        (chat(user("a"), assistant("b")), "dpo", "wrong_shape"),
        ({"input": {}, "preferred_output": []}, "chat", "wrong_shape"),
        ({"input": {}, "preferred_output": []}, "reinforcement", "wrong_shape"),
        ({"answer": "x"}, "reinforcement", "missing_field"),
        ({}, "dpo", "missing_field"),
    ],
)
def test_rows_that_do_not_fit_are_named(row, form, code):
    report = check(jsonl(row), choices(format=form))

    assert found(report)[code][0] == 1
    assert report.kept == 0


def test_a_table_of_choices_becomes_preferences(tmp_path):
    text = "prompt,chosen,rejected\na,good,bad\n"

    rows = written(source(text), tmp_path, format="dpo", system="Be brief.")

    assert rows == [
        {
            "input": {"messages": [SYSTEM, user("a")]},
            "preferred_output": [assistant("good")],
            "non_preferred_output": [assistant("bad")],
        }
    ]


def test_a_table_becomes_reinforcement_items(tmp_path):
    text = "prompt,answer\n1+1?,2\n"

    assert written(source(text), tmp_path, format="reinforcement") == [
        {"messages": [user("1+1?")], "answer": "2"}
    ]


def test_the_format_is_told_from_the_first_row():
    row = {"input": {"messages": [user("a")]}, "preferred_output": [], "non_preferred_output": []}

    report = check(jsonl(row, chat(user("a"), assistant("b"))))

    assert report.form == "dpo"
    assert found(report)["wrong_shape"] == [2]
