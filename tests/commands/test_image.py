"""/ai image as people use it: asked first, shared with the conversation, named and numbered."""

import io
import struct
import zlib

import pytest

from playground.slack import LocalSlack
from tests.commands.conftest import ANN, HELP, Counter, Seen


def png(width: int = 64, height: int = 64) -> bytes:
    """Draw a grey picture."""
    rows = b"".join(b"\0" + b"\x80\x80\x80\xff" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    made = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    made.seek(0, io.SEEK_END)
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        made.write(chunk(kind, data))
    return made.getvalue()


def files(counter: Counter, thread_ts: str | None = None) -> list[str]:
    """Return the names of the files that the bot shared."""
    messages = counter.slack.messages(HELP, thread_ts)
    ours = [one for one in messages if one.get("user") == LocalSlack.bot_user]
    return [file["name"] for one in ours for file in one.get("files") or ()]


async def pictured(counter: Counter, *names: str) -> str:
    """Share pictures and return the thread."""
    given = [(name, png()) for name in names]
    return await counter.slack.say(HELP, ANN, "look", files=given)


async def test_pictures_are_numbered_and_everybody_sees_them(counter):
    seen = await counter.run("/ai image a red fox in the snow --n 3 --size 1024x1024")
    assert "Make 3 pictures" in seen.text
    assert "size 1024x1024" in seen.text

    await seen.press("Make 3")
    await seen.becomes("3 pictures", "Tokens")

    assert files(counter) == [f"a-red-fox-in-the-snow-{place}.png" for place in (1, 2, 3)]


async def test_nothing_is_drawn_before_it_is_confirmed(counter):
    await counter.run("/ai image a red fox")

    assert counter.model.requests == []


async def test_the_word_generate_is_no_part_of_the_prompt(counter):
    seen = await counter.run("/ai image generate a red fox")

    assert "“a red fox”" in seen.text


async def test_every_option_reaches_the_server(counter):
    seen = await counter.run(
        "/ai image a fox --quality high --background opaque --output-format webp "
        "--output-compression 80 --moderation low --complexity low --name fox "
        "--user ann --safety-identifier x"
    )
    await seen.press("Make it")
    await seen.becomes("in this conversation")

    sent = counter.model.requests[-1].json
    assert files(counter) == ["fox.webp"]
    assert (sent["quality"], sent["output_compression"], sent["moderation"]) == ("high", 80, "low")
    assert (sent["complexity"], sent["user"], sent["safety_identifier"]) == ("low", "ann", "x")


async def test_unfinished_pictures_are_shown_as_well(counter):
    seen = await counter.run("/ai image a fox --partial-images 2 --name fox")
    await seen.press("Make it")
    await seen.becomes("in this conversation")

    assert files(counter) == ["fox-unfinished-1-of-2.png", "fox-unfinished-2-of-2.png", "fox.png"]


async def test_options_that_exclude_each_other_are_told_before_the_question(counter):
    seen = await counter.run("/ai image a fox --background transparent --output-format jpeg")

    assert "cannot be transparent in a jpeg" in seen.text


async def test_the_newest_picture_of_a_thread_is_changed_inside_its_mask(counter):
    ts = await pictured(counter, "room.png", "room-mask.png")

    seen = await counter.write("<@U0BOT> !image edit put a cat there --n 2", ts)
    assert "Change `room.png` inside the mask `room-mask.png`" in seen.text
    await seen.press("Change it")
    await seen.becomes("2 pictures")

    sent = counter.model.requests[-1]
    assert files(counter, ts) == ["room-edited-1.png", "room-edited-2.png"]
    assert sent.path.endswith("images/edits")


async def test_the_picture_of_a_message_is_changed_from_its_menu(counter):
    ts = await pictured(counter, "room.png")
    await counter.slack.shortcut(ANN, "command.ai.image.edit", HELP, ts)
    await counter.slack.wait(lambda s: s.view(ANN))

    await counter.slack.submit(ANN, {"prompt": {"input": "more light"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    await counter.last().press("Change it")
    await counter.slack.wait(lambda _: files(counter, ts))

    assert files(counter, ts) == ["room-edited.png"]


async def test_without_a_picture_a_form_asks_for_one(counter):
    await counter.slack.command("/ai image edit more light --n 2", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    view = counter.slack.view(ANN)
    assert "more light" in str(view)

    file = counter.slack.upload(ANN, "room.png", png())
    given = {"pictures": {"input": [file]}, "prompt": {"input": "more light"}, "n": {"input": "2"}}
    await counter.slack.submit(ANN, given)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "2 results" in counter.last().text


async def test_variations_of_a_picture(counter):
    ts = await pictured(counter, "logo.png")
    seen = await counter.write("<@U0BOT> !image vary --n 2 --model stand-in-variations", ts)

    await seen.press("Vary it")
    await seen.becomes("2 pictures")

    assert files(counter, ts) == ["logo-variation-1.png", "logo-variation-2.png"]


async def test_variations_by_address_are_told_as_addresses(counter):
    ts = await pictured(counter, "logo.png")
    line = "<@U0BOT> !image vary --model stand-in-variations --response-format url"
    seen = await counter.write(line, ts)

    await seen.press("Vary it")
    await seen.becomes("/pictures/img-")


async def test_a_server_without_variations_is_told_what_to_do(counter):
    ts = await pictured(counter, "logo.png")
    seen = await counter.write("<@U0BOT> !image vary", ts)

    await seen.press("Vary it")
    await seen.becomes("no model that makes variations", "image edit another one like this")


async def test_a_picture_that_is_no_square_is_refused_before_the_question(counter):
    ts = await counter.slack.say(HELP, ANN, "look", files=[("wide.png", png(64, 32))])

    seen = await counter.write("<@U0BOT> !image vary", ts)

    assert "must be square and is 64x32" in seen.text


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_images_is_told_in_a_sentence(counter, status):
    counter.model.switches.lack("images", status=status)
    seen = await counter.run("/ai image a fox")

    await seen.press("Make it")
    await seen.becomes("This server has no operation for images", "OPENAI_CREDENTIALS")


async def test_only_admins_may(counter):
    seen = await counter.run("/ai image a fox", user="U0BEN")

    assert "Only admins" in seen.text


async def test_where_the_bot_is_no_member_pictures_come_in_direct_messages(counter):
    counter.slack.workspace.channels[HELP].members.remove(LocalSlack.bot_user)
    seen: Seen = await counter.run("/ai image a fox")

    await seen.press("Make it")
    await seen.becomes("in our direct messages")


async def test_help_on_images_finds_them(counter):
    seen = await counter.run("/ai help images")

    assert "/ai image edit" in seen.text
    assert "/ai image vary" in seen.text


async def test_a_markup_guides_the_edit_and_an_animation_is_asked_for(stage):
    await stage.start()
    ts = await stage.slack.say(HELP, ANN, "look", files=[("a.png", png()), ("markup.png", png())])

    seen = await stage.write("!ai image edit a hat there --output-format gif --frame-count 4", ts)

    assert "by the markup `markup.png`" in seen.text
    assert "output format gif" in seen.text


async def test_frames_without_an_animation_are_refused_before_anything_is_sent(counter):
    seen = await counter.run("/ai image a fox --frame-count 4")

    assert "output_format gif" in seen.text
    assert counter.model.requests == []
