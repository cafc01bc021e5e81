"""/ai-files as people use it: what they see, what the server keeps, what they are asked first."""

import pytest

from tests.commands.conftest import ANN, HELP, MENTION, direct

LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


def keep(counter, name: str, content: bytes = LINE, purpose: str = "fine-tune"):
    """Put a file on the model's server."""
    return counter.model.files.add(name, purpose, content)


def names(counter) -> list[str]:
    return sorted(file.filename for file in counter.model.files)


async def test_files_are_listed_with_their_sizes(counter):
    keep(counter, "train.jsonl", LINE * 100)

    seen = await counter.run("/ai-files list")

    assert "train.jsonl" in seen.text
    assert "8.8 kB" in seen.text
    assert "1 file" in seen.text


async def test_filters_narrow_the_list(counter):
    keep(counter, "train.jsonl")
    keep(counter, "notes.txt", b"hello", "user_data")

    seen = await counter.run("/ai-files list purpose=user_data")

    assert "notes.txt" in seen.text
    assert "train.jsonl" not in seen.text
    assert "1 of 2 files" in seen.text


async def test_a_long_list_is_turned_by_buttons(counter):
    for number in range(30):
        keep(counter, f"part-{number:02}.jsonl")

    seen = await counter.run("/ai-files list --sort name")
    assert "part-11.jsonl" in seen.text
    assert seen.buttons == ["Next ›"]

    await seen.press("Next ›")
    await seen.becomes("part-12.jsonl", "13–24 of 30")
    assert seen.buttons == ["‹ Back", "Next ›"]


async def test_an_info_tells_that_no_job_uses_the_file(counter):
    file = keep(counter, "train.jsonl", LINE * 12)
    seen = await counter.run(f"/ai-files info {file.id}")

    assert "no job" in seen.text
    assert file.id in seen.text


async def test_a_file_of_the_list_is_picked_from_a_menu(counter):
    file = keep(counter, "train.jsonl")
    seen = await counter.run("/ai-files list")

    await seen.pick(f"train.jsonl · {file.id}")
    await counter.slack.wait(lambda _: "no job" in counter.last().text)

    assert "Show the content" in counter.last().buttons


async def test_short_content_is_shown(counter):
    file = keep(counter, "train.jsonl")

    seen = await counter.run(f"/ai-files content {file.id}")

    assert '"role": "assistant"' in seen.text


async def test_an_empty_file_is_told_and_not_framed(counter):
    file = keep(counter, "train.jsonl", b"")

    seen = await counter.run(f"/ai-files content {file.id}")

    assert seen.text == "`train.jsonl` is empty."


async def test_a_file_whose_name_looks_like_markup_is_shown_as_it_is(counter):
    file = keep(counter, "a|b & <c> *bold* :smile:.jsonl")

    info = await counter.run(f"/ai-files info {file.id}")
    asked = await counter.run(f"/ai-files delete {file.id}")

    assert {block["type"] for block in info.message["blocks"]} == {"rich_text", "actions"}
    assert "`a|b &amp; &lt;c&gt; *bold* :smile:.jsonl`" in asked.text


async def test_a_missing_argument_is_answered_with_an_example(counter):
    seen = await counter.run("/ai-files info")

    assert "`FILE` is missing: the file's id." in seen.text
    assert "Usage:  `/ai-files info FILE`\nExample:  `/ai-files info file-abc123`" in seen.text


async def test_long_content_comes_as_a_file_in_direct_messages(counter):
    file = keep(counter, "train.jsonl", LINE * 100)

    seen = await counter.run(f"/ai-files content {file.id}")

    assert "in our direct messages" in seen.text
    [message] = [m for m in counter.slack.messages(direct(counter)) if m.get("files")]
    assert message["files"][0]["name"] == "train.jsonl"


async def test_a_file_is_deleted_only_after_its_name_was_confirmed(counter):
    file = keep(counter, "train.jsonl")
    seen = await counter.run(f"/ai-files delete {file.id}")
    assert "train.jsonl" in seen.text
    assert names(counter) == ["train.jsonl"]

    await seen.press("Delete")
    await seen.becomes("1 file deleted")

    assert names(counter) == []


async def test_cancel_deletes_nothing(counter):
    file = keep(counter, "train.jsonl")
    seen = await counter.run(f"/ai-files delete {file.id}")

    await seen.press("Cancel")
    await seen.becomes("Nothing was done")

    assert names(counter) == ["train.jsonl"]


async def test_a_cleanup_shows_first_and_then_deletes_exactly_that(counter):
    keep(counter, "old.jsonl")
    keep(counter, "notes.txt", b"hello", "user_data")
    seen = await counter.run("/ai-files cleanup --purpose fine-tune")
    assert "nothing is deleted yet" in seen.text

    await seen.press("Delete these 1 …")
    await counter.slack.wait(lambda s: "cannot be undone" in str(s.ephemerals(ANN)[-1]))
    asked = counter.last(ANN)
    await asked.press("Delete 1")
    await asked.becomes("1 file deleted")

    assert names(counter) == ["notes.txt"]


async def test_a_cleanup_of_nothing_in_particular_is_no_slip_to_be_run(counter):
    seen = await counter.run("/ai-files cleanup")

    assert "Say which files" in seen.text
    assert "cleanup --older-than 90d --unused" in seen.text
    assert seen.buttons == []


async def test_the_audit_finds_who_deleted_a_file_among_many(counter):
    files = [keep(counter, f"old-{n}.jsonl") for n in range(20)]
    seen = await counter.run("/ai-files cleanup --purpose fine-tune --delete")
    await seen.press("Delete 20")
    await seen.becomes("20 files deleted")

    for file in files:
        assert "files cleanup" in (await counter.run(f"/ai audit {file.id}")).text


async def test_a_cleanup_asks_again_when_other_files_fit_by_now(counter):
    keep(counter, "old.jsonl")
    seen = await counter.run("/ai-files cleanup --purpose fine-tune --delete")
    keep(counter, "new.jsonl")

    await seen.press("Delete 1")
    await seen.becomes("has changed since you confirmed", "new.jsonl")

    assert len(names(counter)) == 2


async def test_a_bulk_delete_tells_what_failed(counter):
    for number in range(6):
        keep(counter, f"part-{number}.jsonl")
    seen = await counter.run("/ai-files cleanup --purpose fine-tune --delete")
    broken = next(iter(counter.model.files)).id
    counter.model.enqueue(status=400, code="in_use", on=f"DELETE files/{broken}")

    await seen.press("Delete 6")
    await seen.becomes("5 files deleted, 1 not", broken, "in_use")


async def test_a_file_that_is_gone_by_then_counts_as_deleted(counter):
    for number in range(2):
        keep(counter, f"part-{number}.jsonl")
    seen = await counter.run("/ai-files cleanup --purpose fine-tune --delete")
    gone = next(iter(counter.model.files)).id
    text = f"No such File object: {gone}"
    counter.model.enqueue(status=404, message=text, on=f"DELETE files/{gone}")

    await seen.press("Delete 2")
    await seen.becomes("2 files deleted")


async def test_the_newest_file_of_a_thread_is_uploaded(counter):
    ts = await counter.slack.say(HELP, ANN, "our data", files=[("train.jsonl", LINE * 12)])

    seen = await counter.write("<@U0BOT> !files upload --purpose fine-tune", ts)
    assert "train.jsonl" in seen.text
    await seen.press("Upload")
    await seen.becomes("train.jsonl is uploaded")

    assert names(counter) == ["train.jsonl"]
    info = await counter.run(f"/ai-files info {next(iter(counter.model.files)).id}")
    assert info.text.endswith("Uploaded here by:\n  ann")


async def test_a_table_for_fine_tuning_is_warned_of_before_it_is_uploaded(counter):
    ts = await counter.slack.say(HELP, ANN, "data", files=[("t.csv", b"prompt,completion\na,b\n")])
    seen = await counter.write(f"{MENTION} !files upload --purpose fine-tune", ts)

    assert "It stays until deleted." in seen.text
    assert "`!finetunes prepare` makes them of a table" in seen.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [("30d", "30 days"), ("36h", "36 hours"), ("24h", "1 day"), ("90m", "90 min")],
)
async def test_the_time_of_an_upload_is_told_exactly(counter, typed, told):
    ts = await counter.slack.say(HELP, ANN, "data", files=[("t.jsonl", LINE)])
    line = f"{MENTION} !files upload --purpose user_data --expires {typed}"

    assert f"It expires after {told}" in (await counter.write(line, ts)).text


async def test_a_file_goes_when_it_was_said_to(counter):
    ts = await counter.slack.say(HELP, ANN, "data", files=[("t.jsonl", LINE)])
    seen = await counter.write(f"{MENTION} !files upload --purpose user_data --expires 36h", ts)

    await seen.press("Upload")
    await seen.becomes("is uploaded")

    [file] = counter.model.files
    assert file.expires_at - file.created_at == 36 * 3_600


async def test_files_of_a_thread_are_chosen(counter):
    files = [(f"{name}.jsonl", LINE + name.encode()) for name in "abc"]
    ts = await counter.slack.say(HELP, ANN, "our data", files=files)
    seen = await counter.write(f"{MENTION} !files upload", ts)
    await seen.press("Upload files")
    view = await counter.slack.wait(lambda s: s.view(ANN))
    [menu] = [block["element"] for block in view["blocks"] if block.get("block_id") == "files"]
    chosen = [o["value"] for o in menu["options"] if o["text"]["text"][0] in "ac"]

    await counter.slack.submit(ANN, {"files": {"input": chosen}, "purpose": {"input": "user_data"}})
    await counter.slack.wait(lambda _: "Upload" in counter.last().buttons)
    await counter.last().press("Upload")
    await counter.slack.wait(lambda _: names(counter) == ["a.jsonl", "c.jsonl"])


async def test_the_same_content_is_not_uploaded_twice(counter):
    keep(counter, "first.jsonl", LINE * 12)
    ts = await counter.slack.say(HELP, ANN, "our data", files=[("second.jsonl", LINE * 12)])

    seen = await counter.write("<@U0BOT> !files upload --purpose fine-tune", ts)

    assert "is on the server already" in seen.text
    assert "first.jsonl" in seen.text


async def test_the_same_content_is_uploaded_when_told_so(counter):
    keep(counter, "first.jsonl", LINE * 12)
    ts = await counter.slack.say(HELP, ANN, "our data", files=[("second.jsonl", LINE * 12)])

    seen = await counter.write("<@U0BOT> !files upload --purpose fine-tune --anyway", ts)
    await seen.press("Upload")
    await seen.becomes("second.jsonl is uploaded")

    assert names(counter) == ["first.jsonl", "second.jsonl"]


async def test_a_slash_command_uploads_by_a_form(counter):
    await counter.slack.command("/ai-files upload", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "train.jsonl", LINE * 12)

    await counter.slack.submit(ANN, {"files": {"input": [file]}, "purpose": {"input": "fine-tune"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    seen = counter.last(ANN)
    await seen.press("Upload")
    await counter.slack.wait(lambda _: "is uploaded" in counter.last(ANN).text)

    assert names(counter) == ["train.jsonl"]


async def test_a_form_says_what_is_wrong_below_the_input(counter):
    await counter.slack.command("/ai-files upload", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "train.jsonl", LINE * 12)

    delivery = await counter.slack.submit(
        ANN,
        {
            "files": {"input": [file]},
            "purpose": {"input": "fine-tune"},
            "expires": {"input": "90d"},
        },
    )

    assert delivery.answer["errors"] == {"expires": "Must be from 1h to 30d, not 90d."}


async def test_who_filled_in_a_form_gets_back_to_it_with_what_was_filled_in(counter):
    keep(counter, "train.jsonl")
    await counter.slack.command("/ai-files upload", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "again.jsonl", LINE)
    values = {"files": [file], "purpose": "fine-tune", "expires": "36h"}
    await counter.slack.submit(ANN, {name: {"input": value} for name, value in values.items()})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    await counter.last().press("Change it …")
    view = await counter.slack.wait(lambda s: s.view(ANN))
    assert "36h" in str(view["blocks"])
    assert "on the server already" in str(view["blocks"][0])
    assert "Upload `again.jsonl`" in str(view["blocks"][0])

    await counter.slack.submit(ANN, {"anyway": {"input": ["yes"]}})
    await counter.slack.wait(lambda _: "Upload" in counter.last().buttons)


async def test_a_message_shortcut_uploads_the_files_of_a_message(counter):
    ts = await counter.slack.say(HELP, ANN, "our data", files=[("train.jsonl", LINE * 12)])
    await counter.slack.shortcut(ANN, "command.files.upload", HELP, ts)
    await counter.slack.wait(lambda s: s.view(ANN))

    await counter.slack.submit(ANN, {"purpose": {"input": "fine-tune"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    await counter.last(ANN).press("Upload")
    await counter.slack.wait(lambda _: "is uploaded" in counter.last(ANN).text)

    assert names(counter) == ["train.jsonl"]


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_host_without_files_is_told_in_a_sentence(counter, status):
    counter.model.switches.lack("files", status=status)

    seen = await counter.run("/ai-files list")

    assert "This server has no files" in seen.text
    assert "OPENAI_CREDENTIALS" in seen.text


async def test_unused_needs_a_host_with_jobs(counter):
    counter.model.switches.lack("fine_tuning")
    keep(counter, "train.jsonl")

    seen = await counter.run("/ai-files list --unused")

    assert "Ask without `--unused`" in seen.text


async def test_a_file_that_is_not_there_is_told(counter):
    seen = await counter.run("/ai-files info file-nothere")

    assert "knows nothing by this name" in seen.text
