"""What admins did, chose and uploaded is kept; teams are kept apart."""

from storage import Storage
from storage.records import Act, Uploaded


def act(name: str, **more) -> Act:
    about = {"team": "T1", "user": "U1", "channel": "C1", "command": "files delete", "effect": "x"}
    return Act(id=name, **{**about, **more})


async def test_an_act_is_begun_once(storage):
    assert await storage.audit.begin(act("a"))
    assert not await storage.audit.begin(act("a"))


async def test_an_act_tells_how_it_ended(storage):
    await storage.audit.begin(act("a"))
    await storage.audit.end("a", "failed", "no credit")

    found = await storage.audit.get("a")

    assert (found.state, found.detail) == ("failed", "no credit")
    assert found.ended is not None


async def test_the_first_word_on_how_an_act_ended_counts(storage):
    await storage.audit.begin(act("a"))
    await storage.audit.end("a", "done")
    await storage.audit.end("a", "failed", "interrupted")

    found = await storage.audit.get("a")

    assert (found.state, found.detail) == ("done", "")


async def test_the_audit_of_another_team_is_not_shown(storage):
    await storage.audit.begin(act("a"))
    await storage.audit.begin(act("b", team="T2"))

    assert [one.id for one in await storage.audit.recent("T1")] == ["a"]


async def test_a_channels_choice_counts_before_its_teams(storage):
    await storage.choices.save("T1", "model", "big", "U1")
    await storage.choices.save("T1:C1", "model", "small", "U1")

    assert await storage.choices.get("T1", "C1", "model") == "small"
    assert await storage.choices.get("T1", "C2", "model") == "big"
    assert await storage.choices.get("T2", "C1", "model") is None


async def test_a_choice_is_taken_back(storage):
    await storage.choices.save("T1", "model", "big", "U1")
    await storage.choices.save("T1", "model", None, "U1")

    assert await storage.choices.all("T1", "model") == {}


async def test_uploads_are_found_by_content_within_their_account(storage):
    await storage.uploads.save(Uploaded("main", "file-1", "abc", "batch", "a.jsonl", "U1", "T1"))

    assert [one.file for one in await storage.uploads.find("main", "abc")] == ["file-1"]
    assert await storage.uploads.find("other", "abc") == []
    await storage.uploads.forget("main", "file-1")
    assert await storage.uploads.find("main", "abc") == []


async def test_forgetting_a_team_forgets_its_acts_choices_and_uploads(storage):
    await storage.audit.begin(act("a"))
    await storage.choices.save("T1:C1", "model", "small", "U1")
    await storage.choices.save("T10:C1", "model", "small", "U1")
    for n, team in enumerate(("T1", "T10")):
        await storage.uploads.save(
            Uploaded("main", f"file-{n}", "abc", "batch", "a.jsonl", "U1", team)
        )

    await storage.retention.forget_team("T1")

    assert [one.file for one in await storage.uploads.find("main", "abc")] == ["file-1"]
    assert await storage.audit.recent("T1") == []
    assert await storage.choices.all("T1", "model") == {}
    assert await storage.choices.all("T10", "model") == {"T10:C1": "small"}


async def test_newest_calls_are_found_by_an_index(storage: Storage) -> None:
    plan = await storage.engine.read(
        lambda connection: connection.execute(
            "explain query plan select id from call order by started desc limit 5"
        )
    )

    assert "call_started" in str([tuple(row) for row in plan])
