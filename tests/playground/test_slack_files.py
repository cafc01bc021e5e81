"""Files: the three-step upload, downloads with the token, and what is known of them."""

import io

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.playground.conftest import refused


async def test_sdk_uploads_into_a_thread(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "send me a file")

    answer = await web.files_upload_v2(
        channel="C0GENERAL",
        thread_ts=ts,
        file=io.BytesIO(b"one,two"),
        filename="table.csv",
        title="A table",
        initial_comment="Here",
    )

    message = slack.messages("C0GENERAL", ts)[1]
    assert (message["text"], message["files"][0]["title"]) == ("Here", "A table")
    assert message["files"][0]["id"] == answer["file"]["id"]
    assert slack.workspace.contents[answer["file"]["id"]] == b"one,two"


async def test_file_for_a_reply_goes_into_its_thread(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    ts = await slack.say("C0GENERAL", "U0ANN", "send me a file")
    reply = await slack.say("C0GENERAL", "U0ANN", "the table", thread_ts=ts)

    await web.files_upload_v2(channel="C0GENERAL", thread_ts=reply, content="1", filename="a.csv")

    assert slack.messages("C0GENERAL", ts)[-1]["files"][0]["name"] == "a.csv"


async def test_download_wants_the_token_or_gives_a_page(
    slack: LocalSlack, web: AsyncWebClient, http: ClientSession
) -> None:
    file = slack.upload("U0ANN", "notes.txt", b"hello")
    url = (await web.files_info(file=file))["file"]["url_private_download"]

    async with http.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with http.get(url, headers=headers) as response:
        assert (await response.read(), response.content_type) == (b"hello", "text/plain")


async def test_upload_url_works_once_and_for_the_announced_length(
    web: AsyncWebClient, http: ClientSession
) -> None:
    asked = await web.files_getUploadURLExternal(filename="a.txt", length=3)

    async with http.post(asked["upload_url"], data=b"four") as response:
        assert response.status == 400
    async with http.post(asked["upload_url"], data=b"abc") as response:
        assert response.status == 404


async def test_files_are_deleted_by_their_owner_only(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    anns = slack.upload("U0ANN", "notes.txt", b"hello")
    own = await web.files_upload_v2(file=io.BytesIO(b"x"), filename="x.txt")

    await web.files_delete(file=own["file"]["id"])

    assert await refused(web.files_delete(file=anns)) == "cant_delete_file"
    assert await refused(web.files_info(file=own["file"]["id"])) == "file_not_found"


async def test_an_upload_is_completed_once(slack: LocalSlack, web: AsyncWebClient) -> None:
    sent = await web.files_upload_v2(channel="C0GENERAL", file=io.BytesIO(b"x"), filename="x.txt")
    again = web.files_completeUploadExternal(
        files=[{"id": sent["file"]["id"]}], channel_id="C0GENERAL"
    )

    assert await refused(again) == "file_not_found"
    assert len([m for m in slack.messages("C0GENERAL") if m.get("files")]) == 1


async def test_bytes_that_never_came_cannot_be_shared(web: AsyncWebClient) -> None:
    asked = await web.files_getUploadURLExternal(filename="a.txt", length=3)

    call = web.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "a"}], channel_id="C0GENERAL"
    )

    assert await refused(call) == "file_not_found"
