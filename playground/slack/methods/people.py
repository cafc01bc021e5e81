"""auth.test, team.info, bots.info, users.*, usergroups.*, reactions.*: people and their likes."""

from playground.slack.arguments import Arguments
from playground.slack.methods.method import method
from playground.slack.methods.paging import paged
from playground.slack.reactions import react
from playground.slack.records import User
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import APP, BOT_ID, BOT_USER, TEAM, Workspace

TEAM_NAME = "Playground"


@method("auth.test")
def auth_test(workspace: Workspace, a: Arguments) -> Json:
    """Tell whose token it is."""
    return {
        "url": f"{workspace.url}/",
        "team": TEAM_NAME,
        "user": workspace.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("team.info", tier=3, scope="team:read")
def team_info(workspace: Workspace, a: Arguments) -> Json:
    """Describe the workspace."""
    team = {"id": TEAM, "name": TEAM_NAME, "domain": "playground", "email_domain": "", "icon": {}}
    return {"team": team}


@method("bots.info", tier=3, scope="users:read")
def bots_info(workspace: Workspace, a: Arguments) -> Json:
    """Describe a bot by its bot id."""
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
    return {"bot": bot}


@method("users.info", tier=4, scope="users:read")
def users_info(workspace: Workspace, a: Arguments) -> Json:
    """Describe one person."""
    return {"user": user_body(workspace.user(a.need("user")))}


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


@method("users.list", tier=2, scope="users:read")
def users_list(workspace: Workspace, a: Arguments) -> Json:
    """Describe everybody."""
    return paged("members", [user_body(user) for user in workspace.users.values()], a)


@method("usergroups.list", tier=2, scope="usergroups:read")
def groups_list(workspace: Workspace, _: Arguments) -> Json:
    """List the groups; here one is called after its id."""
    groups = [{"id": group, "handle": group.lower()} for group in workspace.groups]
    return {"usergroups": groups}


@method("usergroups.users.list", tier=2, scope="usergroups:read")
def group_members(workspace: Workspace, a: Arguments) -> Json:
    """Tell who is in a group."""
    members = workspace.groups.get(a.need("usergroup"))
    if members is None:
        raise Refusal("no_such_subteam")
    return {"users": list(members)}


@method("reactions.add", tier=3, scope="reactions:write")
def reactions_add(workspace: Workspace, a: Arguments) -> Json:
    """React as the bot."""
    channel = workspace.channel(a.need("channel"), member=True)
    react(workspace, channel, a.need("timestamp"), BOT_USER, a.need("name"))
    return {}


@method("reactions.remove", tier=2, scope="reactions:write")
def reactions_remove(workspace: Workspace, a: Arguments) -> Json:
    """Take a reaction of the bot back."""
    channel = workspace.channel(a.need("channel"), member=True)
    react(workspace, channel, a.need("timestamp"), BOT_USER, a.need("name"), remove=True)
    return {}
