from storage import Storage
from storage.records import Registration, SwitchedOff

WEATHER = Registration("T1", "weather", "http", '{"url": "https://a.test"}', "U1")


async def test_registered_function_is_kept_replaced_and_removed(storage: Storage) -> None:
    await storage.registrations.save(WEATHER)
    await storage.registrations.save(Registration("T1", "weather", "http", "{}", "U2"))

    [kept] = await storage.registrations.all()
    assert (kept.body, kept.user) == ("{}", "U2")
    assert await storage.registrations.remove("T1", "weather")
    assert not await storage.registrations.remove("T1", "weather")
    assert await storage.registrations.all() == []


async def test_a_registration_is_amended_only_where_nobody_has_changed_it(storage: Storage) -> None:
    await storage.registrations.save(WEATHER)

    assert await storage.registrations.amend("T1", "weather", WEATHER.body, "new")
    assert not await storage.registrations.amend("T1", "weather", WEATHER.body, "newer")
    assert [one.body for one in await storage.registrations.all()] == ["new"]


async def test_switch_holds_until_it_is_taken_back(storage: Storage) -> None:
    for channel in ("", "C1"):
        await storage.registrations.switch_off(SwitchedOff("T1", channel, "weather", "U1"))

    assert await storage.registrations.switch_on("T1", "", "weather")
    assert not await storage.registrations.switch_on("T1", "", "weather")
    assert [one.channel for one in await storage.registrations.switched_off()] == ["C1"]


async def test_every_change_counts(storage: Storage) -> None:
    store = storage.registrations
    seen = [await store.version()]

    for change in (
        store.save(WEATHER),
        store.switch_off(SwitchedOff("T1", "", "weather", "U1")),
        store.switch_on("T1", "", "weather"),
        store.remove("T1", "weather"),
        storage.retention.forget_team("T1"),
    ):
        await change
        seen.append(await store.version())

    assert seen == sorted(set(seen))


async def test_forgotten_team_leaves_no_registration(storage: Storage) -> None:
    other = Registration("T2", "weather", "http", "{}", "U1")
    for one in (WEATHER, other):
        await storage.registrations.save(one)
        await storage.registrations.switch_off(SwitchedOff(one.team, "", "weather", "U1"))

    await storage.retention.forget_team("T1")

    assert [one.team for one in await storage.registrations.all()] == ["T2"]
    assert [one.team for one in await storage.registrations.switched_off()] == ["T2"]


async def test_function_of_a_forgotten_person_stays_without_the_name(storage: Storage) -> None:
    await storage.registrations.save(WEATHER)

    await storage.retention.forget_person("T1", "U1")

    [kept] = await storage.registrations.all()
    assert (kept.name, kept.user) == ("weather", "")
