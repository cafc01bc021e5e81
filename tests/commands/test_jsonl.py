"""/ai jsonl: lines of pasted rows, of a table file, of threads."""

import json

import pytest

from bot.commands.finetunes.jsonl import example_of
from bot.slack.text.mrkdwn import unescape
from bot.slack.workspace.threads import Spoken, linked
from tests.commands.conftest import ANN, HELP
from tests.scenarios.conftest import BEN

ROWS = "prompt,completion\n" + "\n".join(f"question {n},answer {n}" for n in range(11))


def sent(counter) -> list[dict]:
    """Return the lines of the newest file that Ann was given."""
    rooms = counter.slack.workspace.channels.values()
    direct = next(room.id for room in rooms if room.kind == "im" and ANN in room.members)
    files = [file for m in counter.slack.messages(direct) for file in m.get("files") or ()]
    content = counter.slack.workspace.contents[files[-1]["id"]]
    return [json.loads(line) for line in content.splitlines()]


async def test_pasted_rows_become_lines(counter):
    await counter.slack.command("/ai jsonl --ask rows", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))

    await counter.slack.submit(ANN, {"rows": {"input": ROWS}, "system": {"input": "Be brief."}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "11 lines" in counter.last().text
    assert [m["content"] for m in sent(counter)[3]["messages"]] == [
        "Be brief.",
        "question 3",
        "answer 3",
    ]


async def test_the_made_file_can_be_uploaded_at_once(counter):
    seen = await counter.run(f"/ai jsonl {ROWS}")

    await seen.press("Upload to the model's server …")
    await counter.slack.wait(lambda _: "Upload" in counter.last().buttons)
    await counter.last().press("Upload")
    await counter.slack.wait(lambda _: "ready to train with" in counter.last().text)

    assert [file.filename for file in counter.model.files] == ["rows.jsonl"]


@pytest.mark.parametrize(
    "prose",
    ["Please make me data about cats", "Dear Sir,\nI need data, please.\nAnn", "q1,a1\nq2,a2"],
)
async def test_prose_is_refused_with_a_usage_line_and_an_example(counter, prose):
    seen = await counter.run(f"/ai jsonl {prose}")

    for words in ("neither rows nor JSON", "prompt,completion", "/ai jsonl [ROWS...]"):
        assert words in seen.text
    assert not counter.slack.workspace.contents


async def test_a_line_of_json_becomes_a_line(counter):
    seen = await counter.run('/ai jsonl {"prompt": "How?", "completion": "So."}')

    assert "1 line" in seen.text
    assert len(sent(counter)) == 1


async def test_columns_are_told_as_they_are_called(counter):
    table = b"<!channel>,R&D\nHow?,So.\n"
    ts = await counter.slack.say(HELP, ANN, "data", files=[("faq.csv", table)])

    seen = await counter.write("<@U0BOT> !jsonl", ts)

    assert "The columns are '<!channel>', 'R&D'." in unescape(seen.text)
    assert "<!channel>" not in seen.text


async def test_a_table_of_the_thread_becomes_lines(counter):
    ts = await counter.slack.say(HELP, ANN, "data", files=[("faq.csv", ROWS.encode())])

    seen = await counter.write("<@U0BOT> !jsonl", ts)

    assert "faq.jsonl" in seen.text
    assert len(sent(counter)) == 11


async def test_a_thread_becomes_an_example(counter):
    ts = await counter.slack.say(HELP, ANN, "How do I reset it?")
    await counter.slack.say(HELP, BEN, "Hold the button.", thread_ts=ts)
    await counter.slack.say(HELP, BEN, "For five seconds.", thread_ts=ts)
    link = f"https://x.slack.com/archives/{HELP}/p{ts.replace('.', '')}"

    seen = await counter.run(f"/ai jsonl --thread {link} --assistant {BEN}")

    assert "threads.jsonl" in seen.text
    assert sent(counter) == [
        {
            "messages": [
                {"role": "user", "content": "How do I reset it?"},
                {"role": "assistant", "content": "Hold the button.\nFor five seconds."},
            ]
        }
    ]


async def test_a_thread_of_a_channel_that_one_is_not_in_is_refused(counter):
    counter.slack.add_channel("C0SECRET", "secret", "group", [BEN, "U0BOT"])
    ts = await counter.slack.say("C0SECRET", BEN, "The plan?")
    link = f"https://x.slack.com/archives/C0SECRET/p{ts.replace('.', '')}"

    seen = await counter.run(f"/ai jsonl --thread {link} --assistant {BEN}")

    assert "cannot read" in seen.text


async def test_without_anything_the_ways_are_offered(counter):
    seen = await counter.run("/ai jsonl")

    assert seen.buttons == ["Pasted rows …", "Threads …", "A table file …"]


async def test_what_is_no_link_is_told(counter):
    seen = await counter.run("/ai jsonl --thread here")

    assert "no link" in seen.text


def test_an_example_begins_with_a_question_and_ends_with_an_answer():
    said = [Spoken("UBOT", "", "Hello!"), Spoken("U1", "", "Q"), Spoken("UBOT", "", "A")]

    made = example_of([*said, Spoken("U1", "", "thanks")], {"UBOT"}, {})

    assert made == {
        "messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]
    }


def test_the_call_of_the_bot_is_no_part_of_a_question():
    made = example_of(
        [Spoken("U1", "", "<@UBOT> ask <@U2>?"), Spoken("UBOT", "", "ok")], {"UBOT"}, {"U2": "Ben"}
    )

    assert made is not None
    assert made["messages"][0]["content"] == "ask @Ben?"


def test_links_to_replies_name_the_thread():
    link = "https://x.slack.com/archives/C1/p1700000000000200?thread_ts=1700000000.000100&cid=C1"

    assert linked(link) == ("C1", "1700000000.000100")


async def test_here_means_a_thread(counter):
    seen = await counter.run("/ai jsonl --here")

    assert "this is none" in seen.text
    assert not counter.slack.workspace.contents
