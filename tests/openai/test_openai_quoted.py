"""What a server quotes of people's words stays out of the log."""

import json

import pytest
from openai_answers import answers_json, streams

from bot.openai.errors import OpenAIError
from bot.openai.quoted import STRUCK, struck

WORDS = 'Our "merger" with Größe AG\nis planned for the third of May.'
SENT = {"model": "stand-in", "messages": [{"role": "user", "content": WORDS}]}


@pytest.mark.parametrize(
    "quoted",
    [
        WORDS,
        json.dumps(WORDS, ensure_ascii=False),
        "is planned for the third of",
        "our plans: is planned for the third of May.!",
    ],
)
def test_quoted_words_are_left_out(quoted):
    told = struck(f"Input should be a list, input: {quoted}", SENT)

    assert "planned" not in told
    assert "merger" not in told
    assert told.startswith("Input should be a list, input: ")


def test_words_of_the_server_itself_stay():
    said = "The model `stand-in` does not exist: planned for May."

    assert struck(said, SENT) == said


def test_words_in_parts_are_left_out_and_pictures_are_not_looked_at():
    parts = [{"type": "text", "text": "my words"}, {"type": "image_url", "url": "data:xyzxyz"}]

    told = struck("bad: my words data:xyzxyz", {"messages": [{"content": parts}]})

    assert told == f"bad: {STRUCK} data:xyzxyz"


REFUSED = {"detail": [{"loc": ["body", "messages"], "msg": "No list.", "input": WORDS}]}
BROKEN = {"error": {"message": f"No list: {WORDS}", "code": 400}}


@pytest.mark.parametrize(
    "answer", [answers_json(REFUSED, 422), answers_json(BROKEN), streams(BROKEN)]
)
async def test_a_refusal_that_quotes_people_is_logged_without_their_words(server, client, answer):
    server.always = answer

    with pytest.raises(OpenAIError) as refused:
        async with client.chat.stream(model="m", messages=SENT["messages"]) as stream:
            await anext(stream)

    logged = str(refused.value.fields())
    assert "No list" in logged
    assert "planned" not in logged


async def test_a_refused_form_is_logged_without_the_words_in_it(server, client):
    quoting = {"detail": [{"loc": ["body", "n"], "msg": "No number.", "input": {"prompt": WORDS}}]}
    server.answers(answers_json(quoting, 422))

    with pytest.raises(OpenAIError) as refused:
        await client.images.edit(model="m", prompt=WORDS, image=("a.webp", b"RIFF"))

    logged = str(refused.value.fields())
    assert "No number" in logged
    assert "planned" not in logged


async def test_an_answer_to_be_graded_is_not_logged(server, client):
    server.answers(answers_json(BROKEN | {"detail": WORDS}, 400))
    grader = {"type": "string_check", "name": "g", "operation": "eq", "input": "", "reference": ""}

    with pytest.raises(OpenAIError) as refused:
        await client.fine_tuning.alpha.graders.run(
            grader=grader, model_sample=WORDS, item={"asked": "other"}
        )

    assert "planned" not in str(refused.value.fields())


async def test_words_quoted_inside_a_200_are_not_logged(server, client):
    server.always = answers_json(BROKEN)

    with pytest.raises(OpenAIError) as refused:
        await client.images.generate(model="m", prompt=WORDS)

    assert "planned" not in str(refused.value.fields())
