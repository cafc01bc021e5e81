"""files.*: the three steps of an upload, and what is known of a file."""

from playground.slack.arguments import Arguments
from playground.slack.blocks import stored_blocks
from playground.slack.filestore import find, new_file, share
from playground.slack.messages import bot_message
from playground.slack.methods.chat import post, thread_of
from playground.slack.methods.method import method
from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import BOT_USER, Workspace


@method("files.getUploadURLExternal", tier=4, scope="files:write")
def get_upload_url(workspace: Workspace, a: Arguments) -> Json:
    """Give the address that takes a file."""
    name, length = a.need("filename"), a.number("length", 0)
    if length < 1:
        raise Refusal("invalid_arguments", "must be more than 0 [json-pointer:/length]")
    body = new_file(workspace, name, length, BOT_USER)
    url = workspace.upload_url(body["id"])
    return {"upload_url": url, "file_id": body["id"]}


@method("files.completeUploadExternal", tier=4, scope="files:write")
def complete_upload(workspace: Workspace, a: Arguments) -> Json:
    """Give uploaded files their titles, and post the message that shows them."""
    given = a.need_items("files")
    found = [_uploaded(workspace, item) for item in given]
    for item, body in zip(given, found, strict=True):
        body["title"] = item.get("title") or body["name"]
    places = [a.text("channel_id")] if "channel_id" in a else a.text("channels").split(",")
    for place in filter(None, places):
        _share(workspace, workspace.channel(place, member=True), found, a)
    workspace.completed.update(body["id"] for body in found)
    return {"files": found}


def _uploaded(workspace: Workspace, item: Json) -> Json:
    body = find(workspace, str(item.get("id")))
    if body["id"] not in workspace.contents or body["user"] != BOT_USER:
        raise Refusal("file_not_found")
    if body["id"] in workspace.completed:
        raise Refusal("file_not_found")
    return body


def _share(workspace: Workspace, channel: Channel, files: list[Json], a: Arguments) -> None:
    message = bot_message(workspace, a.text("initial_comment"), thread_of(channel, a))
    message.update(subtype="file_share", files=files, upload=False)
    if blocks := a.items("blocks"):
        message["blocks"] = stored_blocks(workspace, blocks)
    for body in files:
        share(body, channel)
    post(workspace, channel, message)


@method("files.info", tier=4, scope="files:read")
def info(workspace: Workspace, a: Arguments) -> Json:
    """Describe a file."""
    body = find(workspace, a.need("file"))
    return {
        "file": body,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@method("files.delete", tier=3, scope="files:write")
def delete(workspace: Workspace, a: Arguments) -> Json:
    """Delete a file that the bot uploaded."""
    body = find(workspace, a.need("file"))
    if body["user"] != BOT_USER:
        raise Refusal("cant_delete_file")
    del workspace.files[body["id"]]
    workspace.contents.pop(body["id"], None)
    body["mode"] = "tombstone"
    return {}
