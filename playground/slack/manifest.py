"""The app's manifest as the workspace minds it: events, scopes, commands, shortcuts, prompts.

Without a manifest everything is allowed: all events are sent, every command exists.
"""

from playground.slack.refusal import Json, Refusal

_PLACES = {"channel": "channels", "group": "groups"}

# The scope that each method asks of the bot's token; what is not here needs none.
_SCOPES = {
    "agents.sessions.rename": "chat:write",
    "agents.sessions.setStatus": "chat:write",
    "assistant.threads.setStatus": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
    "bots.info": "users:read",
    "chat.appendStream": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.update": "chat:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "files.list": "files:read",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "team.info": "team:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
# Methods whose scope depends on the kind of channel.
_READING = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.open": "write",
    "conversations.replies": "history",
}
_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


class Manifest:
    """What the app declared; `body` is the manifest as written, empty for none."""

    def __init__(self, body: Json | None = None) -> None:
        self.body = body or {}
        features, settings = self.body.get("features", {}), self.body.get("settings", {})
        events = settings.get("event_subscriptions", {}).get("bot_events", [])
        scopes = self.body.get("oauth_config", {}).get("scopes", {})
        self.events = frozenset(events)
        self.scopes = frozenset([*scopes.get("bot", []), *scopes.get("bot_optional", [])])
        self.commands: dict[str, Json] = {
            c["command"]: c for c in features.get("slash_commands", [])
        }
        self.shortcuts: list[Json] = features.get("shortcuts", [])
        self.prompts: list[Json] = features.get("agent_view", {}).get("suggested_prompts", [])
        self.bot_name: str = features.get("bot_user", {}).get("display_name", "")

    def subscribes(self, event: Json) -> bool:
        """Tell whether the app asks for this event."""
        if not self.body:
            return True
        name = str(event["type"])
        if name == "message":
            place = str(event.get("channel_type"))
            name = f"message.{_PLACES.get(place, place)}"
        return name in self.events

    def check_scope(self, method: str, kind: str | None) -> None:
        """Refuse a method whose scope the app did not ask for."""
        if not self.body:
            return
        needed = _SCOPES.get(method, "")
        if method in _READING and kind in _KINDS:
            needed = f"{_KINDS[kind]}:{_READING[method]}"
        if needed and needed not in self.scopes:
            provided = ",".join(sorted(self.scopes))
            raise Refusal("missing_scope", needed=needed, provided=provided)
