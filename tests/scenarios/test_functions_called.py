"""The model calls functions on the way to its answer."""

from tests.scenarios.conftest import BEN, HELP


def results(desk, request: int) -> list[str]:
    """Return what the functions told the model before this request."""
    return [m["content"] for m in desk.asked()[request] if m["role"] == "tool"]


async def test_a_function_is_called_and_its_result_answered(desk):
    desk.model.enqueue(calls=[("calculate", {"expression": "2 ** 100"})])
    desk.model.enqueue("It is large.")

    assert await desk.answer("2 to the 100?") == "It is large."
    assert "1267650600228229401496703205376" in results(desk, 1)[0]


async def test_a_call_is_shown_as_a_task_card(desk):
    desk.model.enqueue(calls=[("calculate", {"expression": "1 + 1"})])
    desk.model.enqueue("Two.")
    ts = await desk.ask("1 + 1?")
    await desk.answered(ts)

    (reply,) = desk.replies(ts)
    tasks = [part for part in reply["parts"] if part["type"] == "task"]
    assert [task["status"] for task in tasks] == ["complete"]


async def test_calls_of_one_round_are_all_answered(desk):
    desk.model.enqueue(
        calls=[("calculate", {"expression": "1 + 1"}), ("calculate", {"expression": "5 - 4"})]
    )
    desk.model.enqueue("Two and one.")

    await desk.answer("both?")

    assert results(desk, 1) == ["2 (exact)", "1 (exact)"]


async def test_that_a_model_says_nothing_after_its_calls_is_told_below_what_it_said_before(desk):
    desk.model.enqueue("Let me see.", calls=[("current_time", {})])
    desk.model.enqueue("")
    ts = await desk.ask("time?")

    assert await desk.answered(ts) == ["Let me see."]
    assert "said nothing more after its function calls" in str(desk.replies(ts)[0]["blocks"])


async def test_where_a_model_says_nothing_but_calls_nobody_is_told_to_ask_the_same_again(desk):
    desk.model.enqueue(calls=[("current_time", {})])
    desk.model.enqueue("")

    assert "Please ask what came of them" in await desk.answer("time?")


async def test_a_made_up_function_is_never_run_and_the_model_is_told(desk):
    desk.model.enqueue(calls=[("check_output", {"args": ["id"]})])
    desk.model.enqueue("I cannot do that.")

    assert await desk.answer("run id") == "I cannot do that."
    assert "no function" in results(desk, 1)[0]


async def test_wrong_arguments_are_told_to_the_model_which_may_try_again(desk):
    desk.model.enqueue(calls=[("calculate", {"formula": "1 + 1"})])
    desk.model.enqueue(calls=[("calculate", {"expression": "1 + 1"})])
    desk.model.enqueue("Two.")

    assert await desk.answer("1 + 1?") == "Two."
    assert "formula" in results(desk, 1)[0]


async def test_rounds_are_bounded(stage):
    await stage.start(CHAT_ROUNDS="2")
    for _ in range(3):
        stage.model.enqueue(calls=[("current_time", {})])

    said = await stage.answer("for ever?")

    assert "as often as one turn allows" in said
    assert stage.model.requests[-1].json["tool_choice"] == "none"


async def test_after_a_turn_with_calls_the_thread_goes_on(desk):
    desk.model.enqueue(calls=[("calculate", {"expression": "6 * 7"})])
    desk.model.enqueue("42.")
    ts = await desk.ask("6 * 7?")
    await desk.answered(ts)
    desk.model.enqueue("Yes.")
    await desk.ask("sure?", thread_ts=ts)
    await desk.answered(ts, 2)

    roles = [m["role"] for m in desk.asked()[-1]]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


async def test_a_function_can_be_forced_by_a_setting(stage):
    await stage.start(CHAT_TOOL_CHOICE="current_time")
    stage.model.enqueue(calls=[("current_time", {})])
    stage.model.enqueue("Late.")

    await stage.answer("hi")

    asked = [request.json for request in stage.model.requests if request.json]
    forced = [request.get("tool_choice") for request in asked]
    assert forced == [{"type": "function", "function": {"name": "current_time"}}, None]


async def test_a_server_that_only_knows_functions_is_served(stage):
    await stage.start(CHAT_TOOLS="functions")
    stage.model.enqueue(calls=[("calculate", {"expression": "1 + 1"})])
    stage.model.enqueue("Two.")

    assert await stage.answer("1 + 1?") == "Two."
    assert "functions" in stage.model.requests[0].json
    assert "tools" not in stage.model.requests[0].json
    assert stage.asked()[1][-1]["role"] == "function"


async def test_a_file_in_a_folder_of_the_setting_is_a_function(stage, tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "greet.py").write_text(
        "from functions import function\n\n\n"
        "@function\n"
        "def greet(name: str) -> str:\n"
        '    """Greet a person."""\n'
        '    return f"Ahoy {name}"\n'
    )
    await stage.start(FUNCTIONS=str(folder))
    stage.model.enqueue(calls=[("greet", {"name": "Ann"})])
    stage.model.enqueue("Greeted.")

    await stage.answer("greet me")

    assert "Ahoy Ann" in results(stage, 1)[0]


async def test_search_messages_finds_what_was_said_in_the_channel(desk):
    await desk.answer("the blue key is in the drawer")
    desk.model.enqueue(calls=[("search_messages", {"query": "blue key"})])
    desk.model.enqueue("In the drawer.")

    await desk.answer("where is it?")

    assert "drawer" in results(desk, -1)[0]


async def test_search_messages_does_not_find_the_question_itself(desk):
    desk.model.enqueue(calls=[("search_messages", {"query": "blue key"})])
    desk.model.enqueue("Nobody said.")

    await desk.answer("where is the blue key?")

    assert "Nothing was found" in results(desk, 1)[0]


async def test_search_messages_finds_what_was_said_though_others_have_asked_for_it(desk):
    await desk.answer("our release plan: freeze on Tuesday")
    await desk.answer("tell me the release plan")
    await desk.slack.say(HELP, BEN, "the plan is to ship on Friday")
    desk.model.enqueue(calls=[("search_messages", {"query": "the release plan"})])
    desk.model.enqueue("Freeze on Tuesday.")

    await desk.answer("search for the release plan")

    (told,) = results(desk, -1)
    places = [told.index(words) for words in ("tell me", "freeze on Tuesday", "ship on Friday")]
    assert places[0] < min(places[1:])
    assert "search for" not in told


async def test_find_user_says_who_somebody_is(desk):
    desk.model.enqueue(calls=[("find_user", {"who": "ben"})])
    desk.model.enqueue("Ben is an engineer.")

    await desk.answer("who is Ben?")

    assert "Engineer" in results(desk, 1)[0]


async def test_arguments_nested_without_end_fail_the_call_and_not_the_answer(desk):
    nested = '{"expression": ' + "[" * 5000 + "]" * 5000 + "}"
    desk.model.enqueue(calls=[("calculate", nested)])
    desk.model.enqueue("I could not calculate that.")

    assert await desk.answer("calculate") == "I could not calculate that."


async def test_a_forced_function_that_is_not_on_offer_is_not_asked_for(stage):
    await stage.start(CHAT_TOOL_CHOICE="no_such_function")
    stage.model.enqueue("Answered all the same.")

    assert await stage.answer("hi") == "Answered all the same."


async def test_progress_is_shown_in_the_task_card_while_the_function_runs(stage, tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "slow.py").write_text(
        "import asyncio\nfrom pathlib import Path\n\nfrom functions import Context, function\n\n\n"
        "@function\n"
        "async def slow(context: Context) -> str:\n"
        '    """Take a while."""\n'
        '    await context.progress("half of it")\n'
        f'    while not Path("{tmp_path}/go").exists():\n'
        "        await asyncio.sleep(0.01)\n"
        '    return "done"\n'
    )
    await stage.start(FUNCTIONS=str(folder))
    stage.model.enqueue(calls=[("slow", {})])
    stage.model.enqueue("Ready.")
    ts = await stage.ask("slowly")

    def titles(_):
        parts = [part for reply in stage.replies(ts) for part in reply.get("parts", ())]
        return [part["title"] for part in parts if part["type"] == "task"]

    await stage.slack.wait(lambda s: titles(s) == ["Slow: half of it"])
    (tmp_path / "go").touch()
    assert (await stage.answered(ts))[-1] == "Ready."
    assert titles(stage.slack) == ["Slow"]


async def test_the_database_has_who_said_what_which_calls_there_were_and_their_tokens(desk):
    took = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
    desk.model.enqueue(calls=[("calculate", {"expression": "6 * 7"})], usage=took)
    desk.model.enqueue("It is 42.", usage=took)

    await desk.answer("how much?")
    await desk.slack.wait(lambda _: not desk.bot.worker.running)

    told = "select role, user_id, content, tool_calls is not null, tokens from message order by seq"
    rows = await desk.bot.storage.engine.read(lambda database: database.execute(told))
    assert [tuple(row) for row in rows] == [
        ("user", "U0ANN", "how much?", 0, None),
        ("assistant", None, "", 1, 3),
        ("tool", None, "42 (exact)", 0, None),
        ("assistant", None, "It is 42.", 0, 3),
    ]
