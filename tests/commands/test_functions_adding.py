"""Adding HTTP functions from Slack, through the front door: form, review, use, change, removal."""

import json

import pytest
import pytest_asyncio

from tests.commands.conftest import ANN, HELP
from tests.commands.functions_api import SCHEMA, filled, serving

SECRET = "s3cr3t-of-the-tickets"


@pytest_asyncio.fixture
async def api():
    async with serving() as server:
        yield server


@pytest_asyncio.fixture
async def counter(stage, api):
    await stage.start(FUNCTION_HOSTS=f"{api.url},*", FUNCTION_SECRET_TICKETS=SECRET)
    return stage


async def fill(counter, line: str, values: dict):
    """Open the form of a line, fill it in, and return what comes of it."""
    await counter.slack.command(f"/ai-functions {line}", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    return await submitted(counter, values)


async def submitted(counter, values: dict):
    before = str(counter.slack.ephemerals(ANN))
    delivery = await counter.slack.submit(ANN, values)
    assert not (delivery.answer or {}).get("errors"), delivery.answer
    await counter.slack.wait(lambda s: str(s.ephemerals(ANN)) != before)
    return counter.last(ANN)


async def add(counter, api, path: str = "/tickets/{number}", **more):
    seen = await fill(counter, "add", filled(api.url + path, **more))
    await seen.press("Save it")
    return await seen.becomes("is added")


async def test_what_is_added_is_called_by_the_model_with_the_next_message(counter, api):
    await add(counter, api)
    counter.model.enqueue(calls=[("find_ticket", {"number": 7})])
    counter.model.enqueue("It is open.")

    assert await counter.answer("what about ticket 7?") == "It is open."

    assert [(method, path) for method, path, _, _ in api.requests] == [("GET", "/tickets/7")]
    calls = await counter.run("/ai-functions calls find_ticket")
    assert '"number": 7' in calls.text


async def test_the_review_shows_what_the_model_will_see_and_where_it_goes(counter, api):
    seen = await fill(counter, "add", filled(api.url + "/tickets/{number}", secret="tickets"))

    for words in (
        "Find a ticket by its number.",
        '"minimum": 1',
        f"GET {api.url}/tickets/{{number}}",
        "FUNCTION_SECRET_TICKETS",
        "reads",
        "members",
        "approval: never",
    ):
        assert words in seen.text
    assert seen.buttons == ["Save it", "Change it …", "Cancel"]
    assert SECRET not in str(counter.slack.calls)


async def test_nothing_is_saved_before_the_review(counter, api):
    seen = await fill(counter, "add", filled(api.url + "/tickets/{number}"))
    await seen.press("Cancel")
    await seen.becomes("Nothing was done")

    assert "find_ticket" not in (await counter.run("/ai-functions list")).text


async def test_the_form_comes_back_filled_in_to_be_changed(counter, api):
    seen = await fill(counter, "add", filled(api.url + "/tickets/{number}", title="Tickets"))
    await seen.press("Change it …")
    await counter.slack.wait(lambda s: s.view(ANN))
    blocks = {one.get("block_id"): one for one in counter.slack.view(ANN)["blocks"]}

    assert blocks["url"]["element"]["initial_value"] == api.url + "/tickets/{number}"
    assert json.loads(blocks["schema"]["element"]["initial_value"]) == SCHEMA

    values = filled(api.url + "/tickets/{number}", description="Look a ticket up.")
    again = await submitted(counter, values)
    assert "Look a ticket up." in again.text
    assert "Tickets" not in again.text


async def test_a_secret_goes_to_the_server_and_nowhere_else(counter, api):
    await add(counter, api, secret="tickets", header="X-Api-Key")

    seen = await counter.run('/ai-functions test find_ticket {"number": 7}')

    assert api.requests[-1][2]["X-Api-Key"] == SECRET
    assert '"state":"open"' in seen.text
    assert SECRET not in str(counter.slack.calls)


async def test_a_secret_that_is_not_set_is_told_before_saving(counter, api):
    line = f'add find_it --url {api.url}/tickets/1 --description "Find it." --secret other'

    seen = await counter.run(f"/ai-functions {line}")

    assert "FUNCTION_SECRET_OTHER` is not set" in seen.text


async def test_a_schema_is_taken_from_a_file(counter, api):
    await counter.slack.command("/ai-functions add", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "schema.json", json.dumps(SCHEMA).encode())

    values = filled(api.url + "/tickets/{number}", schema=None, schema_file=[file])
    seen = await submitted(counter, values)

    assert '"minimum": 1' in seen.text


async def test_a_schema_is_taken_from_an_address(counter, api):
    api.documents["schema.json"] = json.dumps(SCHEMA)

    values = filled(
        api.url + "/tickets/{number}", schema=None, schema_url=f"{api.url}/documents/schema.json"
    )
    seen = await fill(counter, "add", values)

    assert '"minimum": 1' in seen.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://169.254.169.254/latest", "is not of the open internet"),
        ("https://10.0.0.7/", "is not of the open internet"),
        ("https://[::1]/", "is not of the open internet"),
        ("https://localhost/", "is not of the open internet"),
        ("http://example.com/", "only https on port 443"),
        ("https://user:pw@example.com/", "no user"),
        ("https://2130706433/", "neither a name nor an address"),
        ("https://example.com/../x", "a step such as .."),
        ("https://example.com/{other}", "for which there is no parameter"),
    ],
)
async def test_an_address_that_must_not_be_is_refused_at_saving(counter, url, words):
    seen = await fill(counter, "add", filled(url))

    assert words in seen.text
    assert seen.buttons == ["Change it …"]


async def test_what_is_refused_is_put_right_without_typing_it_again(counter, api):
    seen = await fill(counter, "add", filled("https://10.0.0.7/", schema=None))
    await seen.press("Change it …")
    await counter.slack.wait(lambda s: s.view(ANN))
    view = counter.slack.view(ANN)

    assert "is not of the open internet" in str(view["blocks"][0])
    again = await submitted(counter, filled(api.url + "/tickets/{number}"))
    assert "Save it" in again.buttons


async def test_a_wrong_schema_is_refused_by_the_word(counter, api):
    schema = {"type": "object", "properties": {"number": {"type": "integer", "minimun": 1}}}

    seen = await fill(counter, "add", filled(api.url + "/x", schema=json.dumps(schema)))

    assert "minimun" in seen.text


async def test_a_form_speaks_of_a_schema_that_stays_only_where_there_is_one(counter):
    await counter.slack.command("/ai-functions add weather --url https://example.com", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))

    assert "stays as it is" not in json.dumps(counter.slack.view(ANN))


async def test_a_schema_that_is_no_json_is_told_below_its_input(counter, api):
    await counter.slack.command("/ai-functions add", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))

    delivery = await counter.slack.submit(ANN, filled(api.url, schema='{"type": }'))

    assert "line 1, column" in delivery.answer["errors"]["schema"]


async def test_a_name_of_a_function_in_python_is_refused(counter, api):
    seen = await fill(counter, "add", filled(api.url, name="calculate", schema=None))

    assert "This cannot be saved: there is a function of this name already." in seen.text


async def test_a_redirect_is_not_followed(counter, api):
    await add(counter, api, "/redirect/{number}")

    seen = await counter.run('/ai-functions test find_ticket {"number": 7}')

    assert "those are not followed" in seen.text


async def test_a_huge_answer_is_shown_in_bounds(counter, api):
    await add(counter, api, "/huge/{number}")

    seen = await counter.run('/ai-functions test find_ticket {"number": 7}')

    assert len(str(seen.message)) < 15_000
    assert "left out here" in seen.text or "find_ticket.txt" in seen.text


async def test_arguments_that_do_not_fit_are_not_sent(counter, api):
    await add(counter, api)

    seen = await counter.run('/ai-functions test find_ticket {"number": "seven", "more": 1}')

    assert "number" in seen.text
    assert "more" in seen.text
    assert api.requests == []


async def test_what_changes_something_is_confirmed_with_its_arguments(counter, api):
    await add(counter, api, "/tickets/7", method="POST")
    seen = await counter.run('/ai-functions test find_ticket {"number": 7, "note": "done"}')
    assert '"note": "done"' in seen.text
    assert api.requests == []

    await seen.press("Run it")
    await seen.becomes("answered")

    method, _, headers, body = api.requests[0]
    assert (method, json.loads(body)) == ("POST", {"number": 7, "note": "done"})
    assert headers["Idempotency-Key"]


async def test_a_dry_run_sends_nothing(counter, api):
    await add(counter, api, "/tickets/7", method="POST")

    seen = await counter.run('/ai-functions test find_ticket {"number": 7} --dry-run')

    assert "Not sent" in seen.text
    assert api.requests == []


async def test_a_test_without_arguments_asks_for_them_in_a_form(counter, api):
    await add(counter, api)

    seen = await fill(counter, "test find_ticket", {"arguments": {"input": '{"number": 3}'}})

    assert api.requests[-1][1] == "/tickets/3"
    assert "answered" in seen.text


async def test_an_edit_opens_with_everything_and_keeps_what_is_not_touched(counter, api):
    await add(counter, api, secret="tickets", who="admins", timeout="12")
    await counter.slack.command("/ai-functions edit find_ticket", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    blocks = [one for one in counter.slack.view(ANN)["blocks"] if one["type"] == "input"]

    values = {one["block_id"]: {"input": kept(one["element"])} for one in blocks}
    values["description"] = {"input": "Look a ticket up."}
    values["secret"] = {"input": {"selected_option": None}}
    values = {name: value for name, value in values.items() if value["input"] is not None}
    seen = await submitted(counter, values)
    assert "Changed: description, secret" in seen.text
    assert "Who: admins" in seen.text

    await seen.press("Save it")
    await seen.becomes("is changed")


def kept(element: dict):
    """Return what an input says when nobody touches it."""
    if option := element.get("initial_option"):
        return option["value"]
    return element.get("initial_value")


async def test_a_function_in_python_is_neither_edited_nor_removed(counter):
    for line in ("edit calculate", "remove calculate", "rules calculate"):
        seen = await counter.run(f"/ai-functions {line}")
        assert "written in Python" in seen.text
    assert "`/ai-functions edit`" in seen.text


async def test_what_is_removed_is_not_offered_any_more(counter, api):
    await add(counter, api)
    seen = await counter.run("/ai-functions remove find_ticket")
    await seen.press("Remove")
    await seen.becomes("is removed")

    assert "find_ticket" not in (await counter.run("/ai-functions list")).text


async def test_only_admins_add_and_try(counter):
    for line in ("add find_it", "edit x", "remove x", "import", "test calculate {}"):
        seen = await counter.run(f"/ai-functions {line}", user="U0BEN")
        assert "Only admins of this bot may do this" in seen.text


async def test_a_form_picks_people_and_channels(counter, api):
    values = filled(api.url + "/tickets/{number}", people=["U0BEN"], channels=[HELP])
    seen = await fill(counter, "add", values)
    assert "Who: ben" in seen.text.replace("Ben", "ben")
    assert f"where: <#{HELP}>" in seen.text

    await seen.press("Save it")
    await seen.becomes("is added")

    assert "not for you here" in (await counter.run("/ai-functions show find_ticket")).text


@pytest.mark.parametrize(
    ("option", "example"), [("--people ben", "U0ANN"), ("--channels general", "C0GENERAL")]
)
async def test_names_in_place_of_ids_are_refused_with_an_example(counter, option, example):
    line = f"/ai-functions add x --url https://example.com --description d {option}"

    seen = await counter.run(line)

    assert f"such as {example}, not `{option.split()[1]}`" in seen.text


async def test_a_call_that_waits_for_approval_is_shown_without_its_secrets(counter, api):
    schema = {"type": "object", "properties": {"note": {}, "password": {"type": "string"}}}
    await add(counter, api, "/tickets/7", method="POST", schema=json.dumps(schema))
    counter.model.enqueue(calls=[("find_ticket", {"note": "close", "password": "hush-hush"})])
    counter.model.enqueue("Then not.")
    await counter.ask("close it")
    await counter.slack.wait(lambda s: "Deny" in str(s.messages(HELP)))

    seen = await counter.run("/ai-functions calls find_ticket")

    assert "waits for approval" in seen.text
    assert "close" in seen.text
    assert "hush-hush" not in seen.text
    assert api.requests == []
