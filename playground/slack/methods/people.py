"""auth.test, team.info, bots.info, users.*, usergroups.*, reactions.*: people and their likes."""

from playground.slack.arguments import Arguments
from playground.slack.methods.paging import page
from playground.slack.reactions import react
from playground.slack.records import User
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import APP, BOT_ID, BOT_USER, TEAM, Workspace

TEAM_NAME = "Playground"


def auth_test(workspace: Workspace, a: Arguments) -> Json:
    """auth.test."""
    return {
        "ok": True,
        "url": f"{workspace.url}/",
        "team": TEAM_NAME,
        "user": workspace.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def team_info(workspace: Workspace, a: Arguments) -> Json:
    """team.info."""
    team = {"id": TEAM, "name": TEAM_NAME, "domain": "playground", "email_domain": "", "icon": {}}
    return {"ok": True, "team": team}


def bots_info(workspace: Workspace, a: Arguments) -> Json:
    """bots.info."""
    wanted = a.text("bot", BOT_ID)
    user = next((user for user in workspace.users.values() if user.bot_id == wanted), None)
    if user is None:
        raise Refusal("bot_not_found")
    bot = {
        "id": wanted,
        "deleted": False,
        "name": user.real_name,
        "app_id": APP if wanted == BOT_ID else f"A{user.id[1:]}",
        "user_id": user.id,
        "icons": {},
    }
    return {"ok": True, "bot": bot}


def users_info(workspace: Workspace, a: Arguments) -> Json:
    """users.info."""
    return {"ok": True, "user": user_body(workspace.user(a.need("user")))}


def user_body(user: User) -> Json:
    """Return a user as Slack describes them."""
    body: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": False,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": 3600,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "title": user.title,
            "image_72": "",
        },
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.bot_id:
        body["profile"]["bot_id"] = user.bot_id
    else:
        body["profile"]["email"] = f"{user.name}@playground.example"
    return body


def users_list(workspace: Workspace, a: Arguments) -> Json:
    """users.list."""
    users, cursor = page(list(workspace.users.values()), a)
    shown = [user_body(user) for user in users]
    return {"ok": True, "members": shown, "response_metadata": {"next_cursor": cursor}}


def users_lookup(workspace: Workspace, a: Arguments) -> Json:
    """users.lookupByEmail."""
    name, _, _ = a.need("email").partition("@")
    for user in workspace.users.values():
        if user.name == name and not user.is_bot:
            return {"ok": True, "user": user_body(user)}
    raise Refusal("users_not_found")


def groups_list(workspace: Workspace, _: Arguments) -> Json:
    """usergroups.list; here a group is called after its id."""
    groups = [{"id": group, "handle": group.lower()} for group in workspace.groups]
    return {"ok": True, "usergroups": groups}


def group_members(workspace: Workspace, a: Arguments) -> Json:
    """usergroups.users.list."""
    members = workspace.groups.get(a.need("usergroup"))
    if members is None:
        raise Refusal("no_such_subteam")
    return {"ok": True, "users": list(members)}


def reactions_add(workspace: Workspace, a: Arguments) -> Json:
    """reactions.add."""
    channel = workspace.channel(a.need("channel"), member=True)
    react(workspace, channel, a.need("timestamp"), BOT_USER, a.need("name"))
    return {"ok": True}


def reactions_remove(workspace: Workspace, a: Arguments) -> Json:
    """reactions.remove."""
    channel = workspace.channel(a.need("channel"), member=True)
    react(workspace, channel, a.need("timestamp"), BOT_USER, a.need("name"), remove=True)
    return {"ok": True}


METHODS = {
    "auth.test": auth_test,
    "team.info": team_info,
    "bots.info": bots_info,
    "usergroups.list": groups_list,
    "usergroups.users.list": group_members,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_lookup,
    "reactions.add": reactions_add,
    "reactions.remove": reactions_remove,
}
