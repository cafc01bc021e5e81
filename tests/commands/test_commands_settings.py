"""Credentials and prices in the settings: read from JSON, checked, their keys kept out of sight."""

import json

import pytest

from bot import clients
from bot.errors import SettingsError
from bot.openai.accounts import UnknownAccount


def test_a_purpose_has_credentials_of_its_own(environment):
    named = {"files": {"base_url": "https://files.example/v1", "api_key": "sk-of-files"}}
    settings = environment(OPENAI_CREDENTIALS=json.dumps(named))

    accounts = clients.accounts(settings, clients.main_client(settings))

    assert accounts.client("files").host == "files.example"
    assert accounts.client("chat").host == accounts.client("images").host != "files.example"
    assert accounts.client("chat", "files").host == "files.example"


def test_an_unknown_name_is_refused_with_those_that_there_are(environment):
    settings = environment(OPENAI_CREDENTIALS='{"research": {"api_key": "sk-1"}}')
    accounts = clients.accounts(settings, clients.main_client(settings))

    with pytest.raises(UnknownAccount) as caught:
        accounts.client("chat", "reserch")

    assert caught.value.known == ("main", "research")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"files": {"base_url": "https://other.example/v1"}}', "api_key of its own"),
        ('{"files": {"key": "sk-1"}}', "OPENAI_CREDENTIALS"),
        ("not json", "OPENAI_CREDENTIALS"),
    ],
)
def test_wrong_credentials_are_told_at_the_start(environment, value, told):
    with pytest.raises((SettingsError, ValueError), match=told):
        environment(OPENAI_CREDENTIALS=value)


def test_keys_of_credentials_are_struck_out_of_logs(environment):
    settings = environment(OPENAI_CREDENTIALS='{"research": {"api_key": "sk-of-research"}}')

    assert "sk-of-research" in settings.secrets
    assert "sk-of-research" not in repr(settings)


def test_admin_keys_stay_with_their_servers(environment):
    named = {
        "research": {"api_key": "sk-1"},
        "own": {"admin_key": "sk-admin-own-1"},
        "other": {"base_url": "https://other.example/v1", "api_key": "sk-2"},
    }
    settings = environment(OPENAI_ADMIN_KEY="sk-admin-main-1", OPENAI_CREDENTIALS=json.dumps(named))

    accounts = clients.accounts(settings, clients.main_client(settings))

    has = {name: accounts.client("files", name).has_admin_key for name in accounts.names}
    assert has == {"main": True, "research": True, "own": True, "other": False}
    assert {"sk-admin-main-1", "sk-admin-own-1"} <= set(settings.secrets)


def test_chat_has_credentials_of_its_own_while_all_else_stays_with_the_main_ones(environment):
    named = {"chat": {"base_url": "http://gpu.example/v1", "api_key": "none"}}
    settings = environment(OPENAI_CREDENTIALS=json.dumps(named))
    chat = clients.main_client(settings)

    accounts = clients.accounts(settings, chat)

    assert accounts.client("chat") is chat
    assert chat.host == "gpu.example"
    for purpose in ("files", "images", "audio", "embeddings", "moderation"):
        assert accounts.name(purpose) == "main"
        assert accounts.client(purpose).host != "gpu.example"
