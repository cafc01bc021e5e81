"""Check tokens, before Bolt hides what Slack says to them behind endless retries, and the clock."""

import asyncio
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from aiohttp import ClientHttpProxyError, ClientProxyConnectionError, ClientSSLError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.findings import Finding
from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import DOUBTFUL, HASTE, word_of
from bot.slack.text.payload import text_in

_PATIENCE_S = 15.0
_APART_S = 60.0  # that clocks may be
_BOT_TOKEN_REFUSALS = {
    "invalid_auth": "Slack does not know this token. Copy the Bot User OAuth Token (xoxb-...) anew "
    "from OAuth & Permissions into SLACK_BOT_TOKEN.",
    "not_authed": "Slack got no token. Set SLACK_BOT_TOKEN.",
    "account_inactive": "The app was removed from the workspace. Install it again, and copy the "
    "new token into SLACK_BOT_TOKEN.",
    "token_revoked": "This token was revoked. Install the app again, and copy the new token into "
    "SLACK_BOT_TOKEN.",
    "token_expired": "This token has expired. Copy a new one from OAuth & Permissions into "
    "SLACK_BOT_TOKEN.",
    "not_allowed_token_type": "This is another kind of token. SLACK_BOT_TOKEN takes the Bot User "
    "OAuth Token (xoxb-...) from OAuth & Permissions.",
}
_APP_TOKEN_REFUSALS = {
    "invalid_auth": "Slack does not know this app-level token. Make one under Basic Information, "
    "App-Level Tokens, with the scope connections:write, and set SLACK_APP_TOKEN.",
    "missing_scope": "The app-level token lacks the scope connections:write. Make a new one under "
    "Basic Information, App-Level Tokens, and set SLACK_APP_TOKEN.",
    "not_allowed_token_type": "This is another kind of token. SLACK_APP_TOKEN takes an app-level "
    "token (xapp-...) from Basic Information.",
}
_ON_THE_WAY = (  # what stands between us and Slack, by the error it makes
    (
        ClientSSLError,
        "No secure connection to {url}: its certificate is not trusted, or it speaks no TLS. Where "
        "the network has an authority of its own, name its file in SSL_CERT_FILE.",
    ),
    (
        (ClientProxyConnectionError, ClientHttpProxyError),
        "The proxy does not let me through to {url}. Check HTTPS_PROXY, and its name and password.",
    ),
)


def is_passing(word: str) -> bool:
    """Tell whether Slack's error says nothing about the token, and may be gone in a moment."""
    return not word or word in HASTE | DOUBTFUL


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace."""

    user: str
    name: str
    team: str
    team_name: str
    scopes: frozenset[str]
    told_at: int  # by Slack's clock, in milliseconds since 1970; 0 where it did not say


async def bot_token(client: AsyncWebClient) -> tuple[Identity | None, Finding]:
    """Ask Slack who we are."""
    subject = "SLACK_BOT_TOKEN"
    try:
        async with asyncio.timeout(_PATIENCE_S):
            answer = await client.auth_test()
    except SlackApiError as error:
        if is_passing(word := word_of(error)):
            return None, _unreachable(subject, client, error)
        return None, bot_token_refused(word)
    except (*NO_ANSWER, ValueError) as error:
        return None, _unreachable(subject, client, error)
    headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
    scopes = str(headers.get("x-oauth-scopes", ""))
    identity = Identity(
        user=text_in(answer, "user_id"),
        name=text_in(answer, "user"),
        team=text_in(answer, "team_id"),
        team_name=text_in(answer, "team"),
        scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
        told_at=_milliseconds(str(headers.get("date", ""))),
    )
    return identity, Finding(subject, True, f"{identity.name} in {identity.team_name}")


def bot_token_refused(word: str) -> Finding:
    """Explain Slack's error word about the bot's token."""
    return _refused("SLACK_BOT_TOKEN", word, _BOT_TOKEN_REFUSALS)


def removed(team: str, word: str) -> str:
    """Say what to do after the app, or its token only, was removed from a workspace.

    Nothing is forgotten by itself: many an app is removed by mistake, or to be installed anew.
    """
    advice = bot_token_refused(word).text
    if word != "account_inactive":
        return advice
    return (
        f"{advice} If it shall not come back, stop the bot and remove what it has kept of the "
        f"workspace: python -m bot forget {team}"
    )


def scopes(identity: Identity, wanted: tuple[str, ...]) -> Finding:
    """Compare the scopes that the token has with those of the manifest."""
    missing = [scope for scope in wanted if scope not in identity.scopes]
    if not identity.scopes:
        return Finding("scopes", True, "Slack did not say which scopes the token has")
    if missing:
        text = (
            f"The token lacks {', '.join(missing)}. Add them under OAuth & Permissions (or paste "
            "the manifest again) and reinstall the app; until then some things will not work."
        )
        return Finding("scopes", False, text)
    return Finding("scopes", True, f"all {len(wanted)} granted")


def clock(identity: Identity, now: int) -> Finding:
    """Compare this machine's clock (milliseconds since 1970) with Slack's."""
    ahead = (now - identity.told_at) / 1000
    if not identity.told_at:
        return Finding("clock", True, "Slack did not say what time it is")
    if abs(ahead) <= _APART_S:
        return Finding("clock", True, "it agrees with Slack's")
    text = (
        f"This machine's clock is {round(abs(ahead) / 60):,} minutes "
        f"{'ahead of' if ahead > 0 else 'behind'} Slack's. Let NTP set it: people are told wrong "
        "times, and from five minutes on nothing that Slack sends over HTTP is taken."
    )
    return Finding("clock", False, text)


def _milliseconds(date: str) -> int:
    """Read a date as HTTP writes it; 0 where it is none."""
    try:
        return int(parsedate_to_datetime(date).timestamp() * 1000)
    except ValueError:
        return 0


async def app_token(client: AsyncWebClient, token: str) -> Finding:
    """Ask Slack for a Socket Mode connection, once."""
    subject = "SLACK_APP_TOKEN"
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        word = word_of(error)
        if word in HASTE:
            return Finding(subject, True, "Slack is too busy to say; it will be tried again")
        return _unreachable(subject, client, error) if is_passing(word) else app_token_refused(word)
    except (*NO_ANSWER, ValueError) as error:
        return _unreachable(subject, client, error)
    return Finding(subject, True, "Socket Mode is open to this token")


def app_token_refused(word: str) -> Finding:
    """Explain Slack's error word about an app-level token."""
    return _refused("SLACK_APP_TOKEN", word, _APP_TOKEN_REFUSALS)


def _refused(subject: str, word: str, sentences: dict[str, str]) -> Finding:
    unknown = f"Slack refused it ({word}). Check the token and the app's installation."
    return Finding(subject, False, sentences.get(word, unknown))


def _unreachable(subject: str, client: AsyncWebClient, error: Exception) -> Finding:
    what = next(
        (text for kind, text in _ON_THE_WAY if isinstance(error, kind)),
        "Slack did not answer at {url}. Check the network, the proxy, and SLACK_API_URL.",
    )
    return Finding(subject, False, what.format(url=client.base_url), passing=True)
