"""Every operation against the playground's server, which checks each request as OpenAI does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.wire.chance import Chance
from bot.openai.wire.endpoint import Endpoint
from playground.openai import DEMO_KEY, STANDIN, LocalOpenAI
from playground.openai.cards import ADMIN_KEY

BASE = "gpt-4.1-mini-2025-04-14"
ROW = '{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"n"}]}\n'
ROWS = "".join(ROW % n for n in range(12)).encode()


class Clock:
    """The server's time, which goes on when the client sleeps."""

    now = 1_795_000_000.0  # in November 2026: the models are still there

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def model(clock: Clock) -> AsyncIterator[LocalOpenAI]:
    async with LocalOpenAI(clock=lambda: clock.now) as model:
        yield model


@pytest.fixture
async def client(model: LocalOpenAI, clock: Clock) -> AsyncIterator[OpenAI]:
    endpoint, chance = Endpoint(model.url, DEMO_KEY), Chance(clock.sleep)
    async with OpenAI(endpoint, admin_key=ADMIN_KEY, chance=chance) as client:
        yield client


async def tuned(client: OpenAI, clock: Clock) -> Any:
    """Tune a model to its end."""
    file = await client.files.create(file=("rows.jsonl", ROWS), purpose="fine-tune")
    await client.files.wait_for_processing(file.id)
    job = await client.fine_tuning.jobs.create(
        model=BASE,
        training_file=file.id,
        suffix="desk",
        metadata={"team": "T1"},
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 1}}},
    )
    await clock.sleep(3_600)
    return await client.fine_tuning.jobs.retrieve(job.id)


async def test_files_live_from_upload_to_deletion(client: OpenAI) -> None:
    first = await client.files.create(
        file=("rows.jsonl", ROWS),
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    second = await client.files.create(file=("rows2.jsonl", ROWS), purpose="fine-tune")

    listed = [file.id async for file in client.files.list(limit=1, purpose="fine-tune")]

    assert listed == [second.id, first.id]
    assert (await client.files.content(first.id)).content == ROWS
    assert (await client.files.delete(first.id)).deleted
    with pytest.raises(errors.NotFoundError) as caught:
        await client.files.retrieve(first.id)
    assert not isinstance(caught.value, errors.OperationNotFoundError)


async def test_a_file_goes_up_in_parts(client: OpenAI) -> None:
    client.uploads._part_size = 100

    upload = await client.uploads.upload_file_chunked(
        file=("rows.jsonl", ROWS), purpose="fine-tune"
    )

    assert upload.file is not None
    assert (await client.files.content(upload.file.id)).content == ROWS


async def test_a_job_runs_to_its_end(client: OpenAI, clock: Clock) -> None:
    job = await tuned(client, clock)

    assert job.status == "succeeded"
    jobs = client.fine_tuning.jobs
    assert [one.id async for one in jobs.list(metadata={"team": "T1"})] == [job.id]
    assert [one.id async for one in jobs.list(metadata="null")] == []
    events = [event async for event in jobs.list_events(job.id, limit=2)]
    assert any(event.type == "metrics" for event in events)
    checkpoints = [one async for one in jobs.checkpoints.list(job.id)]
    assert checkpoints[0].metrics.train_loss is not None
    name = checkpoints[0].fine_tuned_model_checkpoint
    permissions = client.fine_tuning.checkpoints.permissions
    (made,) = await permissions.create(name, project_ids=["proj_1"])
    assert [one.id async for one in permissions.list(name, order="ascending")] == [made.id]
    assert (await permissions.delete(name, made.id)).deleted
    assert (await client.models.delete(job.fine_tuned_model)).deleted


async def test_a_job_that_is_done_cannot_be_commanded(client: OpenAI, clock: Clock) -> None:
    job = await tuned(client, clock)

    for command in (
        client.fine_tuning.jobs.cancel,
        client.fine_tuning.jobs.pause,
        client.fine_tuning.jobs.resume,
    ):
        with pytest.raises(errors.APIStatusError):
            await command(job.id)


async def test_prompts_go_on(client: OpenAI) -> None:
    completion = await client.completions.create(
        model=f"{STANDIN}-base",
        prompt=["Once", "Twice"],
        max_tokens=8,
        temperature=0,
        n=1,
        best_of=2,
        echo=True,
        logprobs=2,
        stop=["\n"],
        seed=1,
    )
    async with client.completions.stream(model=f"{STANDIN}-base", prompt="Once") as stream:
        pieces = [piece async for piece in stream]

    assert len(completion.choices) == 2
    assert completion.choices[0].logprobs is not None
    assert pieces[-1].usage is not None


async def test_texts_are_measured_judged_and_edited(client: OpenAI) -> None:
    models = {model.id async for model in listed(client)}
    embedder = next(name for name in sorted(models) if name.startswith("text-embedding-3"))
    plain = await client.embeddings.create(model=embedder, input=["a", "b"], dimensions=8)
    packed = await client.embeddings.create(
        model=embedder, input="a", dimensions=8, encoding_format="base64"
    )
    judged = await client.moderations.create(
        input=[
            {"type": "text", "text": "a"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        ]
    )
    edited = await client.edits.create(model=STANDIN, input="teh", instruction="Fix it")

    assert plain.data[0].embedding == pytest.approx(packed.data[0].embedding, abs=1e-6)
    assert judged.results[0].flagged is False
    assert edited.text


async def listed(client: OpenAI) -> AsyncIterator[Any]:
    for model in await client.models.list():
        yield model


async def test_pictures_are_made_edited_and_varied(client: OpenAI) -> None:
    made = await client.images.generate(prompt="a cat", model="gpt-image-2", size="1024x1024", n=2)
    picture = made.data[0].content
    async with client.images.generate_stream(
        prompt="a cat", model="gpt-image-2", partial_images=2
    ) as stream:
        seen = [event.is_final async for event in stream]
    edited = await client.images.edit(
        prompt="a hat",
        model="gpt-image-2",
        image=[picture, picture],
        mask=picture,
        output_format="webp",
    )
    async with client.images.edit_stream(
        prompt="a hat", model="gpt-image-2", image=picture, partial_images=1
    ) as stream:
        watched = [event.is_final async for event in stream]
    varied = await client.images.create_variation(
        image=picture, model=f"{STANDIN}-variations", size="256x256", response_format="b64_json"
    )

    assert (len(made.data), picture[1:4]) == (2, b"PNG")
    assert (seen, watched) == ([False, False, True], [False, True])
    assert edited.data[0].content[:4] == b"RIFF"
    assert varied.data[0].content


async def test_words_become_sound_and_words_again(client: OpenAI) -> None:
    spoken = await client.audio.speech.create(
        model="gpt-4o-mini-tts", input="Good morning", voice="alloy", response_format="wav"
    )
    async with client.audio.speech.stream(
        model="gpt-4o-mini-tts", input="Good morning", voice="alloy", stream_format="sse"
    ) as audio:
        streamed = b"".join([piece async for piece in audio])
    clip = ("clip.wav", spoken.content)
    verbose = await client.audio.transcriptions.create(
        file=clip,
        model="whisper-1",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    srt = await client.audio.transcriptions.create(
        file=clip, model="whisper-1", response_format="srt"
    )
    async with client.audio.transcriptions.stream(file=clip, model="gpt-4o-transcribe") as stream:
        pieces = [event async for event in stream]
    english = await client.audio.translations.create(file=clip, model="whisper-1")

    assert streamed
    assert audio.usage is not None
    assert verbose.words
    assert "-->" in srt.text
    assert (pieces[-1].text, pieces[-1].is_final) == ("".join(p.delta or "" for p in pieces), True)
    assert english.text


async def test_speakers_are_told_apart(client: OpenAI) -> None:
    spoken = await client.audio.speech.create(
        model="gpt-4o-mini-tts", input="Good morning", voice="alloy", response_format="wav"
    )

    told = await client.audio.transcriptions.create(
        file=("clip.wav", spoken.content),
        model="gpt-4o-transcribe-diarize",
        response_format="diarized_json",
        chunking_strategy={"type": "server_vad", "threshold": 0.5},
        known_speaker_names=["Ann"],
        known_speaker_references=["data:audio/wav;base64,AAAA"],
    )

    assert told.segments
    assert told.segments[0].speaker


async def test_stored_chats_are_found_again(client: OpenAI) -> None:
    made = await client.chat.create(
        model=STANDIN,
        messages=[{"role": "user", "content": "hello"}],
        store=True,
        metadata={"team": "T1"},
    )
    stored = client.chat

    found = [one.id async for one in stored.list(metadata={"team": "T1"}, model=STANDIN)]
    messages = [one.content async for one in stored.messages.list(made.id)]
    changed = await stored.update(made.id, metadata={"team": "T2"})

    assert (found, messages, changed.metadata) == ([made.id], ["hello"], {"team": "T2"})
    assert (await stored.retrieve(made.id)).message.content == made.message.content
    assert (await stored.delete(made.id)).deleted


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_files_says_so(
    model: LocalOpenAI, client: OpenAI, status: int
) -> None:
    model.switches.lack("files", status=status)

    with pytest.raises(errors.OperationNotFoundError):
        await client.files.list()
    with pytest.raises(errors.OperationNotFoundError):
        await client.files.retrieve("file-1")


async def test_tuning_that_is_closed_says_so(model: LocalOpenAI, client: OpenAI) -> None:
    model.switches.tuning = False
    file = await client.files.create(file=("rows.jsonl", ROWS), purpose="fine-tune")
    await client.files.wait_for_processing(file.id)

    with pytest.raises(errors.PermissionDeniedError):
        await client.fine_tuning.jobs.create(model=BASE, training_file=file.id)


async def test_graders_are_looked_at_and_tried(client: OpenAI) -> None:
    grader: Any = {
        "type": "text_similarity",
        "name": "close",
        "input": "{{sample.output_text}}",
        "reference": "{{item.answer}}",
        "evaluation_metric": "fuzzy_match",
    }
    graders = client.fine_tuning.alpha.graders

    looked = await graders.validate(grader=grader)
    tried = await graders.run(grader=grader, model_sample="Paris", item={"answer": "Paris"})

    assert looked.grader == grader
    assert tried.reward == 1.0
    assert tried.metadata is not None
    assert tried.metadata["name"] == "close"


async def test_one_model_is_looked_at(client: OpenAI) -> None:
    assert (await client.models.retrieve(BASE)).id == BASE


async def test_an_upload_is_given_up(client: OpenAI) -> None:
    upload = await client.uploads.create(
        filename="rows.jsonl", purpose="fine-tune", bytes=len(ROWS), mime_type="text/jsonl"
    )
    part = await client.uploads.parts.create(upload.id, ("rows.jsonl", ROWS))

    given_up = await client.uploads.cancel(upload.id)

    assert (part.upload_id, given_up.status) == (upload.id, "cancelled")
