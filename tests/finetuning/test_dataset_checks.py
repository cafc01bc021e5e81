import pytest
from finetuning_samples import assistant, chat, check, choices, findings, first, found, jsonl, user

CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {}}}
REPLY = {"role": "tool", "tool_call_id": "c1", "content": "2"}
ASK = user("1+1?")


def calling(*calls):
    return {"role": "assistant", "tool_calls": list(calls)}


def serious(row, **options):
    """Return the codes of a row without the remark that there are too few examples."""
    return set(findings(jsonl(row), **options)) - {"too_few", "no_validation"}


@pytest.mark.parametrize(
    "row",
    [
        chat(ASK, assistant("2")),
        chat(
            {"role": "system", "content": "s"}, ASK, assistant("2", weight=0), ASK, assistant("3")
        ),
        chat(ASK, calling(CALL), REPLY, assistant("2"), tools=[TOOL]),
        chat(ASK, calling(CALL), tools=[TOOL], parallel_tool_calls=False),
        chat(ASK, {**calling(CALL), "content": None}, tools=[TOOL]),
        chat(ASK, {**calling(CALL), "content": ""}, REPLY, assistant("2"), tools=[TOOL]),
        chat(ASK, {"role": "assistant", "content": None, "refusal": "No."}),
        chat(
            ASK,
            calling(CALL, {**CALL, "id": "c2"}),
            REPLY,
            {**REPLY, "tool_call_id": "c2"},
            assistant("2"),
            tools=[TOOL],
        ),
        chat(
            user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]),
            assistant("a cat"),
        ),
        chat(
            user(
                [{"type": "image_url", "image_url": {"url": "https://a.b/c.png", "detail": "low"}}]
            ),
            assistant([{"type": "text", "text": "a cat"}]),
        ),
        chat(
            ASK,
            {"role": "assistant", "function_call": {"name": "add", "arguments": "{}"}},
            {"role": "function", "name": "add", "content": "2"},
            assistant("2"),
            functions=[{"name": "add"}],
        ),
    ],
)
def test_good_examples_pass(row):
    assert serious(row) == set()


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (chat(), "wrong_message", "messages"),
        ({"messages": "hi"}, "wrong_message", "messages"),
        (chat("hi"), "wrong_message", "messages[0]"),
        (chat(ASK), "no_answer", "messages"),
        (chat(ASK, assistant("2"), ASK), "unfinished", "messages"),
        (chat(assistant("2")), "empty_prompt", "messages"),
        (chat(ASK, assistant(" ")), "empty_answer", "messages[1].content"),
        (chat(user(""), assistant("2")), "empty_message", "messages[0].content"),
        (chat(ASK, assistant(None)), "null_field", "messages[1].content"),
        (chat(ASK, {"role": "assistant"}), "missing_field", "messages[1].content"),
        (chat(ASK, assistant({"a": 1})), "wrong_content", "messages[1].content"),
        (
            chat({"role": "critic", "content": "a"}, assistant("2")),
            "wrong_role",
            "messages[0].role",
        ),
        (chat({"content": "a"}, assistant("2")), "wrong_role", "messages[0].role"),
        (
            chat({"role": ["user"], "content": "a"}, assistant("2")),
            "wrong_role",
            "messages[0].role",
        ),
        (chat(ASK, assistant("2", weight=0)), "nothing_trained", "messages"),
        (chat(ASK, assistant("2", weight=0.5)), "wrong_weight", "messages[1].weight"),
        (chat(user("a", name=1), assistant("2")), "wrong_message", "messages[0].name"),
        (chat(user("a"), assistant("2", refusal=["no"])), "wrong_message", "messages[1].refusal"),
        (
            chat(user("a", tool_calls=[CALL]), assistant("2")),
            "wrong_role",
            "messages[0].tool_calls",
        ),
        (chat(ASK, assistant("2"), extra=1), "unknown_field", "extra"),
        (
            chat(user([{"type": "input_audio"}]), assistant("2")),
            "wrong_content",
            "messages[0].content[0]",
        ),
        (chat(user([]), assistant("2")), "wrong_content", "messages[0].content"),
        (
            chat(ASK, assistant([{"type": "text", "text": " "}])),
            "empty_answer",
            "messages[1].content[0]",
        ),
        (
            chat(ASK, {"role": "function", "name": "add", "content": "2"}, assistant("2")),
            "unanswered_call",
            "messages[1].name",
        ),
        (
            chat(ASK, {"role": "assistant", "function_call": CALL["function"]}, assistant("2")),
            "unanswered_call",
            "messages[1].function_call",
        ),
        (chat(ASK, assistant("2", weight=None)), "null_field", "messages[1].weight"),
        (chat(ASK, assistant("2"), tools=None), "null_field", "tools"),
        (chat(ASK, assistant("2"), tools={}), "wrong_tools", "tools"),
        (chat(ASK, assistant("2"), tools=[{}]), "wrong_tools", "tools[0]"),
        (chat(ASK, assistant("2"), tools=[TOOL, TOOL]), "wrong_tools", "tools[1].name"),
        (chat(ASK, assistant("2"), tools=[TOOL] * 129), "wrong_tools", "tools"),
        (
            chat(ASK, assistant("2"), functions=[{"name": "a b"}]),
            "wrong_tools",
            "functions[0].name",
        ),
        (
            chat(ASK, assistant("2"), functions=[{"name": "add", "parameters": []}]),
            "wrong_tools",
            "functions[0].parameters",
        ),
        (
            chat(ASK, {"role": "function", "content": "2"}, assistant("2")),
            "wrong_message",
            "messages[1].name",
        ),
        (
            chat(user([{"type": "text", "text": 2}]), assistant("2")),
            "wrong_content",
            "messages[0].content[0]",
        ),
        (
            chat(user([{"type": "refusal", "refusal": "No."}]), assistant("2")),
            "wrong_content",
            "messages[0].content[0]",
        ),
        (chat(ASK, assistant("2"), parallel_tool_calls=1), "wrong_tools", "parallel_tool_calls"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(row, code, field):
    report = check(jsonl(row))

    assert field in [one.problem.field for one in report.findings[code].shown], found(report)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ((ASK, calling(CALL), assistant("2")), "unanswered_call"),
        ((ASK, calling(CALL), ASK, REPLY, assistant("2")), "unanswered_call"),
        ((ASK, REPLY, assistant("2")), "unanswered_call"),
        ((ASK, calling(CALL, {**CALL, "id": "c2"}), REPLY, assistant("2")), "unanswered_call"),
        ((ASK, calling(CALL, {**CALL, "id": "c2"}), REPLY), "unanswered_call"),
        ((ASK, calling(CALL, CALL), REPLY, assistant("2")), "broken_call"),
        ((ASK, calling({**CALL, "id": None})), "broken_call"),
        ((ASK, calling({**CALL, "type": "tool"})), "broken_call"),
        (
            (ASK, calling({**CALL, "function": {"name": "add", "arguments": "{a: 1}"}})),
            "broken_call",
        ),
        ((ASK, calling({**CALL, "function": {"name": "add", "arguments": "[1]"}})), "broken_call"),
        ((ASK, calling({**CALL, "function": {"name": "a b", "arguments": "{}"}})), "broken_call"),
        ((ASK, calling({**CALL, "function": None})), "broken_call"),
        ((ASK, calling()), "broken_call"),
        ((ASK, calling("add")), "broken_call"),
        ((ASK, calling({**CALL, "function": {"name": "add", "arguments": {}}})), "broken_call"),
        ((ASK, calling(CALL), {**REPLY, "tool_call_id": None}, assistant("2")), "broken_call"),
        ((ASK, calling({**CALL, "function": {"name": "sub", "arguments": "{}"}})), "unknown_tool"),
    ],
)
def test_broken_tool_calls_are_found(messages, code):
    assert code in serious(chat(*messages, tools=[TOOL]))


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "ftp://a.b/c.png"}},
        {"type": "image_url", "image_url": {"url": "data:text/html;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 13_400_000}},
        {"type": "image_url", "image_url": {"url": "https://a.b/c", "detail": "best"}},
        {"type": "image_url"},
    ],
)
def test_images_that_the_service_drops_are_found(part):
    assert "wrong_image" in serious(chat(user([part]), assistant("a cat")))


def test_images_are_counted_and_belong_to_the_user():
    image = {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}

    assert "wrong_image" in serious(chat(user([image] * 11), assistant("cats")))
    assert "wrong_image" in serious(chat(ASK, assistant([image])))


def preference(**fields):
    return {
        "input": {"messages": [ASK]},
        "preferred_output": [assistant("2")],
        "non_preferred_output": [assistant("3")],
    } | fields


def test_good_preferences_pass_without_being_asked_for():
    report = check(jsonl(preference()))

    assert report.form == "dpo"
    assert set(found(report)) == {"too_few"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"input": None}, "missing_field"),
        ({"input": {"messages": []}}, "wrong_message"),
        ({"input": {"messages": [ASK, assistant("2")]}}, "wrong_ending"),
        ({"input": {"messages": [ASK, assistant("2"), ASK]}}, "many_turns"),
        ({"preferred_output": []}, "wrong_message"),
        ({"preferred_output": [user("2")]}, "wrong_role"),
        ({"preferred_output": [assistant("")]}, "empty_answer"),
        ({"non_preferred_output": [assistant("2")]}, "same_outputs"),
        ({"input": {"messages": [user([{"type": "image_url"}])]}}, "wrong_content"),
        ({"note": 1}, "unknown_field"),
    ],
)
def test_wrong_preferences_are_found(fields, code):
    assert code in serious(preference(**fields), format="dpo")


def test_reinforcement_keeps_what_the_grader_needs(tmp_path):
    from finetuning_samples import written

    row = chat(ASK, answer="2", input="raw", preferred=[1])

    assert written(jsonl(row), tmp_path, format="reinforcement") == [row]


def test_reinforcement_ends_with_the_question_and_needs_validation():
    codes = findings(jsonl(chat(ASK, assistant("2"))), format="reinforcement")

    assert {"wrong_ending", "no_validation"} <= set(codes)


def test_duplicates_and_contradictions_name_the_earlier_line():
    rows = [{"prompt": "A b", "completion": c} for c in ("x", "x", "y")]

    report = check(jsonl(*rows, {"prompt": "a  b ", "completion": "z"}))

    assert found(report)["duplicate"] == [2]
    assert found(report)["conflict"] == [3, 4]
    assert "the same as line 1" in first(report, "duplicate").sentence


def test_duplicates_are_found_whatever_the_order_of_fields():
    turned = {"messages": [{"content": "a", "role": "user"}, {"content": "b", "role": "assistant"}]}

    assert findings(jsonl(chat(user("a"), assistant("b")), turned))["duplicate"] == [2]


def test_long_examples_are_found_and_can_be_left_out():
    rows = [{"prompt": "a", "completion": "word " * at} for at in (50, 500, 50)]
    options = {"limit": 200, "leave_out": frozenset(["too_long", "duplicate"])}

    report = check(jsonl(*rows), choices(**options))

    assert found(report)["too_long"] == [2]
    assert (report.kept, report.left_out) == (1, 2)


def test_only_as_many_tokens_as_are_trained_are_billed():
    report = check(jsonl({"prompt": "a", "completion": "word " * 500}), choices(limit=200))

    assert report.tokens == 200
    assert report.longest > 500


def test_prompts_of_the_other_file_are_found():
    training = check(jsonl({"prompt": "One?", "completion": "1"}))
    rows = [{"prompt": "one? ", "completion": "I"}, {"prompt": "Two?", "completion": "2"}]

    report = check(jsonl(*rows), against=training)

    assert found(report)["leak"] == [1]


@pytest.mark.parametrize(("count", "said"), [(9, True), (49, True), (50, False)])
def test_too_few_examples_are_said(count, said):
    rows = [{"prompt": f"{at}", "completion": "x"} for at in range(count)]

    assert ("too_few" in findings(jsonl(*rows))) is said


def test_what_concerns_the_whole_file_names_no_line():
    [finding] = check(jsonl({"prompt": "a", "completion": "b"})).findings["too_few"].shown

    assert finding.sentence.startswith("1 example;")


def test_rows_can_be_left_out_by_line():
    report = check(jsonl(*[chat(ASK, assistant("2"))] * 3), choices(without=frozenset([1])))

    assert found(report)["unwanted"] == [1]
    assert report.kept == 2


@pytest.mark.parametrize("missing", ["preferred_output", "non_preferred_output"])
def test_a_missing_half_of_a_preference_is_named(missing):
    row = {
        "input": {"messages": [ASK]},
        "preferred_output": [assistant("2")],
        "non_preferred_output": [assistant("3")],
    }
    report = check(jsonl({name: value for name, value in row.items() if name != missing}))

    assert first(report, "missing_field").problem.field == missing


@pytest.mark.parametrize("fields", [{}, {"reference": None}])
def test_an_item_without_anything_to_grade_by_is_named(fields):
    row = {"messages": [ASK], **fields}

    assert findings(jsonl(row), format="reinforcement")["no_reference"] == [1]


def test_a_picture_of_broken_data_is_named():
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,@@"}}

    assert "wrong_image" in serious(chat(user([part]), assistant("2")))
