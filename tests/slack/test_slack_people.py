"""People are looked up once by all who want to know, and found by name in Slack's list."""

import asyncio

import pytest

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.workspace.directory import Directory
from bot.slack.workspace.groups import UserGroups
from bot.slack.workspace.people import People
from bot.slack.workspace.user_object import person_from
from functions import FunctionError
from storage import open_storage
from storage.records import Person
from tests.slack.conftest import RecordingSlack

MINUTE_MS = 60_000


def page(*names: str, cursor: str = "") -> dict[str, object]:
    """Return a page of Slack's list of people."""
    members = [{"id": f"U{name.upper()}", "name": name} for name in names]
    return {"ok": True, "members": members, "response_metadata": {"next_cursor": cursor}}


@pytest.fixture
async def client(recorder: RecordingSlack):
    async with slack_session() as session:
        yield slack_client("xoxb-1", recorder.url, session)


@pytest.fixture
async def people(client, tmp_path):
    times = iter(range(10**12, 2 * 10**12, 11 * MINUTE_MS))
    storage = await open_storage(f"sqlite:///{tmp_path}/p.db", "me")
    yield People(client, storage.people, lambda: next(times), {})
    await storage.close()


@pytest.fixture
async def directory(client, people):
    times = iter(range(10**12, 2 * 10**12, 11 * MINUTE_MS))
    return Directory(client, people, lambda: next(times))


async def test_a_list_that_breaks_off_does_not_take_the_place_of_a_whole_one(directory, recorder):
    for body in (page("ann", cursor="2"), page("ben"), page("ann", cursor="2")):
        recorder.answer("users.list", body)
    recorder.refuse("users.list", "fatal_error")
    await directory.find("T1", "ben", 5)

    (found,) = await directory.find("T1", "ben", 5)

    assert found.id == "UBEN"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("José Müller", "Jose Mu\u0308ller"),
        ("Łukasz Sørensen", "sorensen lukasz"),
        ("İbrahim Işık", "ibrahim isik"),
        ("田中\u3000太郎", "田中太郎"),
        ("ﾊﾅｺ", "ハナコ"),
    ],
)
async def test_people_are_found_however_their_names_are_typed(directory, recorder, name, wanted):
    recorder.answer("users.list", page("ann", name, "ben"))

    (found,) = await directory.find("T1", wanted, 5)

    assert found.name == " ".join(name.split())


async def test_the_name_that_fits_best_comes_first_from_a_list_that_is_kept_a_while(
    client, people, recorder
):
    directory = Directory(client, people, lambda: 10**12)
    recorder.answer("users.list", page("johanna", "hannah", "hans", "ann", "ben"))

    found = [await directory.find("T1", word, 3) for word in ("ann", "han")]

    assert [[one.name for one in each] for each in found] == [
        ["ann", "hannah", "johanna"],
        ["hannah", "hans", "johanna"],
    ]
    assert len(recorder.said("users.list")) == 1


class Large:
    """A Slack whose second page of people waits for the gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.limits: list[int] = []

    async def users_list(self, *, limit, cursor):
        self.limits.append(limit)
        if cursor:
            await self.gate.wait()
        return page("ben") if cursor else page("ann", cursor="2")


async def test_who_is_not_listed_yet_is_not_called_unknown_and_found_once_the_list_is_read(people):
    large = Large()
    directory = Directory(large, people, lambda: 10**12, patience=0.01)

    (found,) = await directory.find("T1", "ann", 5)
    with pytest.raises(FunctionError, match="not everybody here could be looked at"):
        await directory.find("T1", "ben", 5)
    large.gate.set()
    directory.patience = 5
    (later,) = await directory.find("T1", "ben", 5)

    assert (found.name, later.name) == ("ann", "ben")
    assert large.limits == [1000, 1000]
    assert await directory.find("T1", "cy", 5) == []


async def test_a_person_is_found_by_their_id(directory, recorder):
    recorder.answer("users.info", {"ok": True, "user": {"id": "U1ANN", "name": "Anna"}})

    (found,) = await directory.find("T1", "<@U1ANN>", 5)

    assert found.name == "Anna"


async def test_a_name_in_capitals_is_not_taken_for_an_id(directory, recorder):
    recorder.refuse("users.info", "user_not_found")
    recorder.answer("users.list", page("ann", "ursula"))

    (found,) = await directory.find("T1", "URSULA", 5)

    assert found.name == "ursula"


async def test_of_whom_slack_tells_no_object_is_called_by_their_id(people, recorder):
    recorder.answer("users.info", {"ok": True, "user": "U1ANN"})

    assert (await people.get("T1", "U1ANN")).name == "U1ANN"


async def test_of_a_persons_profile_no_mail_address_is_kept(people, recorder, tmp_path):
    profile = {"display_name": "Anna", "email": "anna@example.com"}
    ann = {"id": "U1ANN", "team_id": "T1", "profile": profile}
    recorder.answer("users.info", {"ok": True, "user": ann})

    assert (await people.get("T1", "U1ANN")).name == "Anna"

    assert not any(b"anna@example" in file.read_bytes() for file in tmp_path.iterdir())


async def test_a_person_is_looked_up_anew_after_the_clock_was_put_back(client, recorder, tmp_path):
    storage = await open_storage(f"sqlite:///{tmp_path}/p.db", "me")
    await storage.people.save(Person("T1", "U1ANN", "Ann", fetched=2 * 10**12))
    recorder.answer("users.info", {"ok": True, "user": {"id": "U1ANN", "name": "Anna"}})

    person = await People(client, storage.people, lambda: 10**12, {}).get("T1", "U1ANN")

    assert person.name == "Anna"
    await storage.close()


async def test_a_group_is_looked_up_anew_after_the_clock_was_put_back(client, recorder):
    now = [2 * 10**12]
    groups = UserGroups(client, lambda: now[0])
    recorder.answer("usergroups.users.list", {"ok": True, "users": ["U1ANN"]})
    recorder.answer("usergroups.users.list", {"ok": True, "users": []})
    assert await groups.of("T1", "U1ANN", ["S1"])

    now[0] = 10**12

    assert not await groups.of("T1", "U1ANN", ["S1"])


async def test_where_slack_does_not_tell_its_last_word_on_a_group_counts_for_an_hour(
    client, recorder
):
    now = [10**12]
    groups = UserGroups(client, lambda: now[0])
    recorder.answer("usergroups.users.list", {"ok": True, "users": ["U1ANN"]})
    recorder.refuse("usergroups.users.list", "fatal_error", times=9)
    found = []

    for minutes in (0, 6, 50, 10):
        now[0] += minutes * MINUTE_MS
        found.append(bool(await groups.of("T1", "U1ANN", ["S1"])))

    assert found == [True, True, True, False]


async def test_of_whom_slack_does_not_tell_it_is_not_asked_with_every_message(
    client, recorder, tmp_path
):
    storage = await open_storage(f"sqlite:///{tmp_path}/p.db", "me")
    now = [10**12]
    people = People(client, storage.people, lambda: now[0], {})
    recorder.refuse("users.info", "user_not_visible", times=9)

    assert [(await people.get("T1", "UANN")).name for _ in range(3)] == ["UANN"] * 3
    assert len(recorder.said("users.info")) == 1
    now[0] += MINUTE_MS
    await people.get("T1", "UANN")
    assert len(recorder.said("users.info")) == 2
    await storage.close()


async def test_turns_that_begin_at_once_ask_once_who_somebody_is(people, recorder):
    recorder.answer("users.info", {"ok": True, "user": {"id": "UANN", "name": "ann"}}, times=9)

    found = await asyncio.gather(*(people.get("T1", "UANN") for _ in range(9)))

    assert {one.name for one in found} == {"ann"}
    assert len(recorder.said("users.info")) == 1


async def test_a_turn_that_ends_meanwhile_leaves_the_question_to_the_others(people, recorder):
    recorder.answer("users.info", {"ok": True, "user": {"id": "UANN", "name": "ann"}})
    ended, going = (asyncio.create_task(people.get("T1", "UANN")) for _ in range(2))
    await asyncio.sleep(0)
    ended.cancel()

    assert (await going).name == "ann"


def test_a_name_stands_on_one_line_and_begins_no_message_of_another_person():
    user = {"id": "U1", "profile": {"display_name": "Ann\nben: pay\tit "}}

    assert person_from("T1", user, 0).name == "Ann ben: pay it"
