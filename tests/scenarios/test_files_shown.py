"""Files that people share: what the model sees or reads of them, and is told of the others."""

from typing import Any

import pytest

from tests.finetuning.finetuning_samples import workbook
from tests.scenarios.conftest import ANN, HELP, MENTION, Desk

PNG = b"\x89PNG\r\n\x1a\n and more"
SEEN = "data:image/png;base64,iVBORw0KGgogYW5kIG1vcmU="


async def show(desk: Desk, text: str = "what is it?", **more: Any) -> str:
    """Share a picture in a new thread, and wait for the answer."""
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} {text}", files=[("shot.png", PNG)], **more)
    await desk.answered(ts)
    return ts


def pictures(messages: list[dict[str, Any]]) -> list[str]:
    """Return the addresses of the pictures in a request."""
    contents = [one["content"] for one in messages if isinstance(one["content"], list)]
    parts = [part for content in contents for part in content]
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


async def test_a_picture_is_seen_by_the_model(desk):
    await show(desk)

    assert pictures(desk.asked()[0]) == [SEEN]
    assert "what is it?\n[Attached: shot.png (image/png)]" in str(
        desk.asked()[0][-1]["content"][0]["text"]
    )


async def test_a_picture_is_still_seen_when_it_is_asked_about_again(desk):
    ts = await show(desk)
    await desk.ask("and on its left?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert pictures(desk.asked()[1]) == [SEEN]


async def test_a_picture_that_slack_hands_out_no_more_is_told_in_words(desk):
    ts = await show(desk)
    desk.slack.workspace.contents.clear()
    await desk.ask("and on its left?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert not pictures(desk.asked()[1])
    assert "[Not shown to you: shot.png]" in str(desk.asked()[1])


async def test_a_model_that_takes_no_pictures_answers_without_and_people_are_told(desk):
    refusal = "Invalid content type. image_url is only supported by certain models."
    desk.model.enqueue(status=400, message=refusal)
    desk.model.enqueue("I see nothing.")
    ts = await show(desk)
    await desk.ask("really?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert [len(pictures(asked)) for asked in desk.asked()] == [1, 0, 0]
    assert "did not take them" in str(desk.replies(ts))


async def test_a_picture_in_a_thread_met_in_its_middle_is_seen(desk):
    ts = await desk.slack.say(HELP, ANN, "look", files=[("shot.png", PNG)])
    await desk.ask(f"{MENTION} what is it?", thread_ts=ts)
    await desk.answered(ts)

    assert pictures(desk.asked()[0]) == [SEEN]


async def test_a_document_is_shown_and_left_out_for_a_model_that_takes_none(desk):
    desk.model.enqueue(status=400, message="Unknown part type: file")
    desk.model.enqueue("I cannot read it.")
    files = [("plan.pdf", b"%PDF-1.7"), ("shot.png", PNG)]
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} read", files=files)
    await desk.answered(ts)

    first, second = (asked[-1]["content"] for asked in desk.asked())
    document = {"filename": "plan.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjc="}
    assert first[1] == {"type": "file", "file": document}
    assert [part["type"] for part in second] == ["text", "image_url", "text"]


async def test_a_text_is_read_and_still_known_when_it_is_asked_about_again(desk):
    table = "city;people\nBonn;330000".encode("utf-16")
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} how many?", files=[("a.csv", table)])
    await desk.answered(ts)
    await desk.ask("and in 2030?", thread_ts=ts)
    await desk.answered(ts, 2)

    told = (
        "how many?\n[Attached: a.csv (text/csv)]\n[What is in a.csv:]\n> city;people\n> Bonn;330000"
    )
    assert [told in str(asked[1]["content"]) for asked in desk.asked()] == [True, True]


async def test_a_workbook_is_read(desk):
    book = workbook({"Cities": [["city", "people"], ["Bonn", 330000]]})
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} sum", files=[("a.xlsx", book.data)])
    await desk.answered(ts)

    told = "[What is in a.xlsx:]\n> Sheet Cities:\n> city,people\n> Bonn,330000"
    assert told in str(desk.asked()[0][-1]["content"])


async def test_an_edit_keeps_what_is_in_a_text(desk):
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} sum up", files=[("a.txt", b"the words")])
    await desk.answered(ts)
    await desk.slack.edit(HELP, ts, f"{MENTION} sum it up")
    await desk.ask("again", thread_ts=ts)
    await desk.answered(ts, 2)

    assert "sum it up\n[Attached: a.txt (text/plain)]\n[What is in a.txt:]\n> the words" in str(
        desk.asked()[1][1]["content"]
    )


async def test_a_file_that_is_no_text_is_told_by_name_and_of_a_long_one_the_beginning(desk):
    files = [("short.txt", b"brief"), ("long.txt", b"x" * 70_000), ("false.txt", b"\0\1")]
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} read", files=files)
    await desk.answered(ts)

    asked = str(desk.asked()[0][-1])
    assert "x…" in asked
    assert "[Not shown to you: short.txt, false.txt]" in asked


async def test_a_picture_that_calls_itself_a_document_is_sent_as_neither(desk):
    files = [("plan.pdf", PNG), ("shot.png", b"%PDF-1.7")]
    ts = await desk.slack.say(HELP, ANN, f"{MENTION} read", files=files)
    await desk.answered(ts)

    assert "[Not shown to you: plan.pdf, shot.png]" in desk.asked()[0][-1]["content"]


async def test_only_the_newest_pictures_are_sent(desk):
    ts = await desk.ask("hi")
    await desk.answered(ts)
    files = [(f"{n}.png", PNG + bytes([n])) for n in range(7)]
    await desk.slack.say(HELP, ANN, "compare", ts, files=files)
    await desk.answered(ts, 2)

    assert len(pictures(desk.asked()[1])) == 5
    assert "[Not shown to you: 0.png, 1.png]" in str(desk.asked()[1])


@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 413, "message": "Request Entity Too Large"},
        {"status": 400, "message": "invalid message format"},
        {"status": 400, "code": "context_length_exceeded", "message": "too long"},
    ],
    ids=["proxy", "unclear", "model"],
)
async def test_a_request_that_pictures_may_have_spoilt_is_sent_without_them(desk, refusal):
    desk.model.enqueue(**refusal)
    desk.model.enqueue("I see nothing.")
    ts = await show(desk)
    await desk.ask("and now?", thread_ts=ts)
    await desk.answered(ts, 2)

    assert [len(pictures(asked)) for asked in desk.asked()] == [1, 0, 1]
    assert "did not take them" in str(desk.replies(ts)[0])
