"""/ai moderate as people use it: free, for members, scores as a table."""

import pytest

from bot.commands.moderation import judged
from bot.openai.moderations import Moderation
from tests.commands.conftest import ANN, HELP

BEN = "U0BEN"


async def test_a_harmful_text_is_told_with_its_scores(counter):
    seen = await counter.run("/ai moderate I will kill you, idiot", user=BEN)

    assert "Harmful: " in seen.text
    assert "violence" in seen.text
    assert "harassment" in seen.text
    assert "more categories near 0" in seen.text


async def test_a_harmless_text_is_told_with_the_highest_scores(counter):
    seen = await counter.run("/ai moderate What a nice day")

    assert "Nothing harmful in the text that you gave" in seen.text


async def test_all_categories_are_shown_when_asked_for(counter):
    seen = await counter.run("/ai moderate What a nice day --all")

    assert "sexual/minors" in seen.text
    assert "self-harm/instructions" in seen.text


async def test_a_message_with_its_picture_is_judged_from_its_menu(counter):
    ts = await counter.slack.say(HELP, ANN, "you idiot", files=[("a&b.png", b"\x89PNG\r\n\x1a\n")])
    await counter.slack.shortcut(ANN, "command.ai.moderate", HELP, ts)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    sent = counter.model.requests[-1].json["input"]
    assert "Harmful: harassment in this message and a&amp;b.png" in counter.last().text
    assert [part["type"] for part in sent] == ["text", "image_url"]
    assert sent[1]["image_url"]["url"].startswith("data:image/png;base64,")


async def test_the_newest_message_of_a_thread_is_judged(counter):
    ts = await counter.ask("hello")
    await counter.answered(ts)

    seen = await counter.write("!moderate", ts)

    assert "in the newest message of this thread" in seen.text


async def test_a_given_text_leaves_the_pictures_of_the_thread_alone(counter):
    ts = await counter.slack.say(HELP, ANN, "look", files=[("a.png", b"x")])

    await counter.write("<@U0BOT> !moderate good morning", ts)

    assert counter.model.requests[-1].json["input"] == "good morning"


async def test_without_anything_a_form_asks(counter):
    await counter.slack.command("/ai moderate", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    await counter.slack.submit(ANN, {"text": {"input": "you idiot"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "Harmful: harassment" in counter.last().text


async def test_guests_may_not(counter):
    seen = await counter.run("/ai moderate hello", user="U0GIA")

    assert "Guests" in seen.text


async def test_a_host_without_moderation_is_told_in_a_sentence(counter):
    counter.model.switches.lack("moderations", status=501)

    seen = await counter.run("/ai moderate hello")

    assert "This server has no moderation" in seen.text
    assert "OPENAI_CREDENTIALS" in seen.text


@pytest.mark.parametrize(
    ("categories", "verdict"),
    [
        ({}, "Something harmful, of no category that is told, in the text"),
        ({"violence": True}, "Harmful: violence in the text"),
    ],
)
def test_what_is_flagged_without_scores_is_harmful(categories, verdict):
    found = Moderation(flagged=True, categories=categories)

    assert judged(found, ["the text"], "small", everything=False).title == verdict
