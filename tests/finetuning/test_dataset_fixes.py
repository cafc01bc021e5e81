import pytest
from finetuning_samples import (
    assistant,
    chat,
    check,
    choices,
    findings,
    first,
    found,
    jsonl,
    user,
    written,
)

from bot.finetuning.report import diff, lines

ASK = user("hi")
TOOL = {"type": "function", "function": {"name": "f"}}
IMAGE = {"type": "image_url", "image_url": "https://a.b/c"}


def call(arguments):
    function = {"name": "f", "arguments": arguments}
    return {
        "role": "assistant",
        "tool_calls": [{"id": "1", "type": "function", "function": function}],
    }


FIXABLE = [
    ("wrong_role", chat({"role": "Human", "content": "a"}, {"role": "GPT", "content": "b"})),
    ("wrong_role", chat({"role": " User ", "content": "a"}, assistant("b"))),
    ("wrong_weight", chat(ASK, assistant("b", weight=True))),
    ("wrong_weight", chat(user("a", weight=1), assistant("b"))),
    ("broken_call", chat(ASK, call({"a": "ü"}), tools=[TOOL])),
    ("wrong_image", chat(user([IMAGE]), assistant("b"))),
    ("not_text", chat(user(5), assistant("b"))),
    ("unknown_field", chat({**ASK, "id": 7}, assistant("b"), source="x")),
    ("old_name", {"input": {"messages": [ASK]}, "preferred_completion": [assistant("a")],
                  "non_preferred_completion": [assistant("b")]}),
    ("not_text", {"prompt": 1.5, "completion": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "row"), FIXABLE)
def test_loss_free_fixes_are_shown_and_made_only_when_asked(code, row):
    asked = check(jsonl(row), choices(fix=True))
    plain = check(jsonl(row))

    assert first(plain, code).problem.change
    assert not plain.fixed
    assert found(asked).keys() <= {"too_few"}
    assert (asked.kept, asked.fixed) == (1, 1)


def test_fixes_say_the_same(tmp_path):
    row = FIXABLE[4][1]

    (fixed,) = written(jsonl(row), tmp_path, fix=True)

    assert fixed["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"a": "ü"}'


def test_without_being_asked_nothing_is_changed(tmp_path):
    row = chat({**ASK, "id": 7}, assistant(" b "), source="x")

    assert written(jsonl(row), tmp_path) == [row]


def test_a_fix_that_leaves_other_errors_does_not_hide_them():
    row = chat({"role": "Human", "content": "a"}, assistant(""))

    assert "empty_answer" in findings(jsonl(row), fix=True)


def test_the_report_shows_fixes_as_a_diff():
    text = "\n".join(lines(check(jsonl(FIXABLE[1][1]))))

    assert "    -  User \n    + user" in text


@pytest.mark.parametrize(("shown", "others"), [(0, "1-60"), (5, "6-60"), (50, "21-60")])
def test_the_report_names_the_line_of_every_finding(shown, others):
    report = check(jsonl(*[chat(ASK, assistant(""))] * 60, chat(ASK, assistant("b"))))

    told = list(lines(report, shown))

    assert f"  also at lines {others}" in told
    assert "  also at lines 0" not in told


def test_a_diff_shows_the_surroundings_only():
    from bot.finetuning.findings import Change

    shown = list(diff(Change("x" * 500 + "a" + "y" * 500, "x" * 500 + "b" + "y" * 500)))

    assert all(len(line) < 120 for line in shown)
    assert "xa" in shown[0]
    assert "xb" in shown[1]


def test_separators_are_added_for_completion_models_where_they_miss(tmp_path):
    rows = [{"prompt": "a", "completion": "x"}, {"prompt": "b ->", "completion": " y END"}]
    options = {"format": "completion", "separator": " ->", "stop": " END", "leading_space": True}

    assert written(jsonl(*rows), tmp_path, **options) == [
        {"prompt": "a ->", "completion": " x END"},
        {"prompt": "b ->", "completion": " y END"},
    ]


def test_separators_are_taken_off_for_chat_models(tmp_path):
    row = {"prompt": "a\n\n###\n\n", "completion": " x END"}

    (made,) = written(jsonl(row), tmp_path, separator="\n\n###\n\n", stop=" END")

    assert made == chat(user("a"), assistant("x"))


def test_old_separators_are_pointed_out_and_kept(tmp_path):
    rows = [{"prompt": f"{at} ->", "completion": f" {at} END"} for at in "ab"]

    report = check(jsonl(*rows))

    assert {one.problem.field for one in report.findings["old_marks"].shown} == {
        "prompt",
        "completion",
    }
    assert written(jsonl(*rows), tmp_path)[0] == chat(user("a ->"), assistant(" a END"))


def test_a_separator_is_proposed_that_occurs_nowhere():
    rows = [{"prompt": f"{at} -> b", "completion": f"{at}."} for at in "xyz"]

    report = check(jsonl(*rows), choices(format="completion"))

    assert r"--separator '\n\n###\n\n'" in first(report, "no_separator").sentence
    assert "--stop ' END'" in first(report, "no_stop").sentence
    assert "no_leading_space" in found(report)


@pytest.mark.parametrize(("ask", "end"), [("？", "。"), ("؟", "।"), ("ที่", "…")])
def test_the_end_of_a_sentence_is_no_separator_in_any_script(ask, end):
    rows = [{"prompt": f"{at}{ask}", "completion": f" {at}{end}"} for at in "xyz"]

    assert {"no_separator", "no_stop"} <= set(findings(jsonl(*rows), format="completion"))


def test_separators_that_are_there_are_enough():
    rows = [{"prompt": f"{at}\n\n###\n\n", "completion": f" {at}\n"} for at in "xyz"]

    assert set(findings(jsonl(*rows), format="completion")) == {"too_few"}


def test_what_strangers_wrote_does_nothing_to_a_terminal():
    row = chat({**ASK, "\x1b[31m\ud800": 1}, {"role": "\x1b]0;x\x07" * 200, "content": "b"})

    for line in lines(check(jsonl(row))):
        assert line.isprintable()
        assert len(line) < 800
