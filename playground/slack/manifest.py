"""The app's manifest as the workspace minds it: events, scopes, commands, shortcuts, prompts.

Without a manifest everything is allowed: all events are sent, every command exists.
"""

from playground.slack.refusal import Json, Refusal

# What scopes and events call the kinds of channels.
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
            name = f"message.{_KINDS.get(place, place)}"
        return name in self.events

    def check_scope(self, scope: str, kind: str | None) -> None:
        """Refuse a method whose scope the app did not ask for; `*` is the kind of its channel."""
        needed = scope.replace("*", _KINDS.get(str(kind), "*"))
        if self.body and needed and "*" not in needed and needed not in self.scopes:
            provided = ",".join(sorted(self.scopes))
            raise Refusal("missing_scope", needed=needed, provided=provided)
