"""Importing an OpenAPI document from Slack: fetched or given, chosen from, reviewed, called."""

import json

import pytest_asyncio

from tests.commands.conftest import ANN, HELP
from tests.commands.functions_api import serving

NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}


def document(url: str, more: int = 0) -> str:
    """Return an API with a read, a change, and one operation that cannot be taken."""
    upload = {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    paths = {
        "/tickets/{number}": {
            "parameters": [NUMBER],
            "get": {"operationId": "getTicket", "summary": "Find a ticket"},
            "delete": {"operationId": "dropTicket", "summary": "Drop a ticket"},
        },
        "/files": {"post": {"operationId": "upload", "requestBody": upload}},
    }
    paths |= {f"/more/{n}": {"get": {"operationId": f"more{n}"}} for n in range(more)}
    info = {"title": "Tickets", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, "servers": [{"url": url}], "paths": paths})


@pytest_asyncio.fixture
async def api():
    async with serving() as server:
        server.documents["openapi.json"] = document(server.url)
        yield server


@pytest_asyncio.fixture
async def counter(stage, api):
    await stage.start(FUNCTION_HOSTS=f"{api.url},*")
    return stage


async def opened(counter) -> dict:
    await counter.slack.wait(lambda s: s.view(ANN))
    return {one.get("block_id"): one for one in counter.slack.view(ANN)["blocks"]}


async def submitted(counter, values: dict):
    before = str(counter.slack.ephemerals(ANN))
    delivery = await counter.slack.submit(ANN, {name: {"input": v} for name, v in values.items()})
    assert not (delivery.answer or {}).get("errors"), delivery.answer
    await counter.slack.wait(lambda s: str(s.ephemerals(ANN)) != before)
    return counter.last(ANN)


async def chosen_from(counter, seen, take: list[str]):
    await seen.press("Choose operations")
    blocks = await opened(counter)
    return blocks["take"]["element"], await submitted(counter, {"take": take})


async def test_operations_are_chosen_from_a_list_and_called_by_the_model(counter, api):
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)
    seen = await submitted(counter, {"url": f"{api.url}/documents/openapi.json"})
    assert "2 operations. Reading, run freely: 1. With approval of each call: 1." in seen.text
    assert "POST /files cannot be taken" in seen.text

    menu, review = await chosen_from(counter, seen, ["getTicket"])
    assert [one["text"]["text"] for one in menu["options"]] == [
        "GET /tickets/{number} · Find a ticket",
        "DELETE /tickets/{number} · Drop a ticket",
    ]
    await review.press("Save them")
    await review.becomes("1 function added")

    counter.model.enqueue(calls=[("getTicket", {"number": 7})])
    counter.model.enqueue("It is open.")
    await counter.answer("what about ticket 7?")
    assert api.requests[-1][:2] == ("GET", "/tickets/7")


async def test_the_document_is_fetched_once(counter, api):
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)
    seen = await submitted(counter, {"url": f"{api.url}/documents/openapi.json"})
    _, review = await chosen_from(counter, seen, ["getTicket", "dropTicket"])
    await review.press("Save them")
    await review.becomes("2 functions added")

    assert [one[1] for one in api.requests] == ["/documents/openapi.json"]


async def test_what_changes_something_waits_for_approval(counter, api):
    seen = await counter.run(f"/ai-functions import {api.url}/documents/openapi.json --take all")
    assert "with approval of each call" in seen.text
    await seen.press("Save them")
    await seen.becomes("2 functions added")

    shown = await counter.run("/ai-functions show dropTicket")

    assert "changes, never twice" in shown.text
    assert "always" in shown.text


async def test_reads_alone_are_taken_by_a_word(counter, api):
    line = f"import {api.url}/documents/openapi.json --take reads"

    seen = await counter.run(f"/ai-functions {line}")

    assert "getTicket" in seen.text
    assert "dropTicket" not in seen.text


async def test_a_document_comes_as_a_file(counter, api):
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)
    file = counter.slack.upload(ANN, "openapi.json", document(api.url).encode())

    seen = await submitted(counter, {"file": [file]})

    assert "2 operations" in seen.text


async def test_a_document_comes_with_the_message(counter, api):
    file = ("openapi.json", document(api.url).encode())

    seen = await counter.write("!functions import --take reads", files=[file])

    assert "getTicket" in seen.text


async def test_how_many_operations_of_all_are_not_taken_is_told(counter, api):
    file = ("openapi.json", document(api.url, more=1_260).encode())

    seen = await counter.write("!functions import --take all", files=[file])

    assert "Add 1,249 functions" in seen.text  # one of 1,250 cannot be taken
    assert "13 more are too many to list" in seen.text


async def test_hundreds_of_operations_are_all_in_the_menu(counter, api):
    api.documents["openapi.json"] = document(api.url, more=250)

    await counter.slack.command(f"/ai-functions import {api.url}/documents/openapi.json", ANN, HELP)
    groups = (await opened(counter))["take"]["element"]["option_groups"]

    assert sum(len(one["options"]) for one in groups) == 252


async def test_a_private_address_of_a_document_is_refused(counter):
    for url in ("https://10.0.0.7/openapi.json", "http://169.254.169.254/openapi.json"):
        seen = await counter.run(f"/ai-functions import {url}")
        assert "FUNCTION_HOSTS" in seen.text


async def test_a_document_whose_server_is_private_offers_nothing(counter, api):
    api.documents["openapi.json"] = document("https://192.168.1.1")

    seen = await counter.run(f"/ai-functions import {api.url}/documents/openapi.json --take all")

    assert "is not of the open internet" in seen.text


async def test_a_redirect_to_a_document_is_not_followed(counter, api):
    seen = await counter.run(f"/ai-functions import {api.url}/redirect/openapi.json")

    assert "those are not followed" in seen.text


async def test_what_is_no_openapi_is_said_in_the_form_to_put_it_right(counter, api):
    api.documents["openapi.json"] = '{"hello": 1}'
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)

    seen = await submitted(counter, {"url": f"{api.url}/documents/openapi.json"})

    assert "The document was not taken: this is no OpenAPI document" in seen.text
    assert seen.buttons == ["Change it …"]


async def test_an_operation_that_is_not_there_is_told(counter, api):
    line = f"import {api.url}/documents/openapi.json --take getTickets"

    seen = await counter.run(f"/ai-functions {line}")

    assert "did you mean `getTicket`?" in seen.text


async def test_an_operation_that_is_taken_again_keeps_its_name_and_its_rules(counter, api):
    url = f"{api.url}/documents/openapi.json"
    seen = await counter.run(f"/ai-functions import {url} --take getTicket --who admins")
    await seen.press("Save them")
    await seen.becomes("In effect from now on")
    api.documents["openapi.json"] = api.documents["openapi.json"].replace("Find a", "Show a")

    again = await counter.run(f"/ai-functions import {url} --take getTicket")
    assert "changes: description, title" in again.text
    await again.press("Save them")
    await again.becomes("In effect from now on")

    shown = await counter.run("/ai-functions show getTicket")
    assert "Show a ticket" in shown.text
    assert "admins" in shown.text
    assert "getTicket_2" not in (await counter.run("/ai-functions list")).text


async def test_whom_new_operations_are_for_is_told_apart_from_those_added_before(counter, api):
    url = f"{api.url}/documents/openapi.json"
    seen = await counter.run(f"/ai-functions import {url} --take getTicket --who admins")
    assert "For admins, in effect" in seen.text
    await seen.press("Save them")
    await seen.becomes("In effect from now on")

    both = await counter.run(f"/ai-functions import {url} --take all")
    again = await counter.run(f"/ai-functions import {url} --take getTicket")

    assert "For members (those that were added before: for the same people" in both.text
    assert "For the same people as before, in effect" in again.text


async def test_a_form_that_is_sent_empty_says_what_is_missing(counter):
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)

    assert "Nothing was given to read" in (await submitted(counter, {})).text


async def test_operations_that_want_a_secret_say_so_where_none_is_named(counter, api):
    wanting = json.loads(document(api.url)) | {"security": [{"key": []}]}
    api.documents["openapi.json"] = json.dumps(wanting)

    seen = await counter.run(f"/ai-functions import {api.url}/documents/openapi.json --take reads")

    assert "No secret was named, and 1 of them want one" in seen.text


async def test_each_of_several_secrets_that_is_not_set_is_told_by_its_setting(counter, api):
    schemes = {
        name: {"type": "apiKey", "in": "header", "name": f"X-{name}"} for name in ("key", "app")
    }
    wanting = json.loads(document(api.url)) | {
        "security": [{"key": [], "app": []}],
        "components": {"securitySchemes": schemes},
    }
    api.documents["openapi.json"] = json.dumps(wanting)

    seen = await counter.run(
        f"/ai-functions import {api.url}/documents/openapi.json --take all --secret acme"
    )

    assert seen.text.count("`FUNCTION_SECRET_ACME_KEY` is not set") == 1
    assert seen.text.count("`FUNCTION_SECRET_ACME_APP` is not set") == 1


async def test_reasons_are_told_once_for_all_operations_that_share_one(counter, api):
    plain = document("http://plain.example.com", more=20)
    api.documents["openapi.json"] = plain

    seen = await counter.run(f"/ai-functions import {api.url}/documents/openapi.json")

    assert "GET /tickets/{number}, DELETE /tickets/{number} and 20 more cannot be" in seen.text
    assert seen.text.count("only https on port 443") == 1
    assert "give that address as the server" in seen.text


async def test_a_form_leads_back_where_nothing_of_a_document_can_be_taken(counter, api):
    api.documents["openapi.json"] = document("http://plain.example.com")
    await counter.slack.command("/ai-functions import", ANN, HELP)
    await opened(counter)
    seen = await submitted(counter, {"url": f"{api.url}/documents/openapi.json"})
    assert "None of the operations can be taken" in seen.text

    await seen.press("Change it …")
    await opened(counter)
    again = await submitted(
        counter, {"url": f"{api.url}/documents/openapi.json", "server": api.url}
    )

    assert "2 operations" in again.text


async def test_a_web_page_is_told_from_a_document(counter, api):
    api.documents["page"] = "<!DOCTYPE html><html></html>"

    seen = await counter.run(f"/ai-functions import {api.url}/documents/page")

    assert "It is a web page" in seen.text
