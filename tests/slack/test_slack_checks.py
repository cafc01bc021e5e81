"""What is said of a token that Slack could not be asked about."""

import ssl
from typing import cast

import pytest
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientProxyConnectionError,
)
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import checks
from bot.slack.calls.send import OF_TOKEN

_KEY = ConnectionKey("slack.test", 443, True, True, None, None, None)
_REFUSED = OSError(111, "refused")


class _Unreachable:
    base_url: str = "https://slack.test/api/"

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def auth_test(self) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientConnectorCertificateError(_KEY, ssl.CertificateError("self-signed")), "SSL_CERT_FI"),
        (ClientProxyConnectionError(_KEY, _REFUSED), "Check HTTPS_PROXY"),
        (ClientConnectorError(_KEY, _REFUSED), "SLACK_API_URL"),
        (TimeoutError(), "SLACK_API_URL"),
    ],
)
async def test_what_stands_on_the_way_to_slack_is_named(error: Exception, said: str) -> None:
    client = cast("AsyncWebClient", _Unreachable(error))

    _, finding = await checks.bot_token(client)

    assert finding.passing
    assert said in finding.text
    assert "https://slack.test/api/" in finding.text


@pytest.mark.parametrize("word", sorted(OF_TOKEN))
def test_what_to_do_about_a_refused_token_is_known(word: str) -> None:
    assert word not in checks.bot_token_refused(word).text
