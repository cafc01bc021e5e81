from openai_answers import HELLO, says, streams, answers_json, whole

async def test_stream(server, client):
    server.answers(streams(*says("a","b")))
    async with client.chat.stream(model="m", messages=HELLO) as s:
        pieces=[x async for x in s]
    assert "".join(pieces)=="ab"
    assert s.completion.usage.prompt_tokens==3
async def test_whole(server, client):
    server.answers(answers_json(whole()))
    c = await client.chat.create(model="m", messages=HELLO)
    assert c.message.content=="hi"
