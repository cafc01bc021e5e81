"""Settings: every finding at once, each saying what to do; no secret ever shown."""

import os
from pathlib import Path

import pytest

from bot.environment import database_url, load, proxy, secrets_of_functions
from bot.errors import SettingsError
from bot.settings import Settings

ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "OPENAI_API_KEY": "sk-secret-value",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)

    def put(**values: str) -> None:
        for name, value in {**ENOUGH, **values}.items():
            monkeypatch.setenv(name, value)

    return put


def test_all_missing_settings_are_named_at_once(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingsError) as caught:
        load()

    assert "SLACK_BOT_TOKEN is missing" in str(caught.value)
    assert "OPENAI_API_KEY is missing" in str(caught.value)
    assert "Set SLACK_APP_TOKEN" in str(caught.value)


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "OPENAI_API_KEY"])
def test_the_example_of_a_token_is_no_token(environment, name):
    example = Path(__file__).parent.parent.parent / ".env.example"
    lines = dict(line.split("=", 1) for line in example.read_text().splitlines() if "=" in line)
    environment(**{name: lines[name]})

    with pytest.raises(SettingsError, match=f"{name}: it is still the example"):
        load()


def test_on_a_disk_that_heroku_empties_a_database_must_be_wanted(environment, monkeypatch):
    environment(DYNO="worker.1")
    with pytest.raises(SettingsError, match="Heroku empties"):
        load()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data/callboard.db")

    assert load().database_url == "sqlite:///data/callboard.db"


def test_app_token_means_socket_mode(environment):
    environment()

    assert load().mode == "socket"


def test_signing_secret_alone_means_http_mode(environment):
    environment(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="shh")

    assert load().mode == "http"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"SLACK_MODE": "socket", "SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is missing"),
        ({"SLACK_MODE": "http"}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_APP_TOKEN": ""}, "Set SLACK_APP_TOKEN"),
        ({"SLACK_MODE": "http", "PORT": "many"}, "SLACK_SIGNING_SECRET is missing"),
    ],
)
def test_a_mode_without_its_secret_is_refused(environment, given, told):
    environment(**given)

    with pytest.raises(SettingsError, match=told):
        load()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("FUNCTOINS", "FUNCTIONS"),
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("ADMIN", "ADMINS"),
        ("OPENAI_MODEL", "CHAT_MODEL"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(environment, wrong, right):
    environment(**{wrong: "x"})

    with pytest.raises(SettingsError, match=f"{wrong} is not a setting.*{right}"):
        load()


def test_a_name_near_a_missing_one_is_told(monkeypatch, environment):
    environment(OPENAI_KEY="sk-secret-value", SLACK_APP_TOKEN="xapp-1")
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("SLACK_BOT_TOKEN")

    with pytest.raises(SettingsError) as caught:
        load()

    assert "OPENAI_KEY is set; was this one meant?" in str(caught.value)
    assert "SLACK_APP_TOKEN is set" not in str(caught.value)


def test_names_in_our_own_file_are_read_more_strictly(environment, tmp_path):
    (tmp_path / ".env").write_text("DATABASE=sqlite:///elsewhere.db\n")
    environment()

    with pytest.raises(SettingsError, match=r"DATABASE is not a setting.*DATABASE_URL"):
        load()


def test_other_programs_names_are_left_alone(environment):
    environment(PATH_INFO="x", HOST="y", SLACK_CLI_XOXB="z", OPENAI_KEY="a", DATABASE="b")

    assert load().chat_model


def test_a_dotenv_file_is_read_and_the_environment_wins(environment, tmp_path):
    (tmp_path / ".env").write_text("CHAT_MODEL=from-file\nCOMMAND_PREFIX=bot\n")
    environment(CHAT_MODEL="from-environment")

    assert (load().chat_model, load().command_prefix) == ("from-environment", "bot")


@pytest.mark.parametrize("read", [load, database_url, secrets_of_functions])
def test_a_dotenv_file_that_is_no_utf8_is_told(environment, tmp_path, read):
    (tmp_path / ".env").write_text("CHAT_MODEL=from-file\n", encoding="utf-16")
    environment()

    with pytest.raises(SettingsError, match=r"file \.env is not text in UTF-8"):
        read()


@pytest.mark.parametrize("read", [load, database_url, secrets_of_functions])
def test_a_folder_in_the_place_of_the_dotenv_file_is_told(environment, tmp_path, read):
    (tmp_path / ".env").mkdir()
    environment()

    with pytest.raises(SettingsError, match=r"\.env is a folder"):
        read()


@pytest.mark.parametrize(
    "line",
    [
        'CHAT_PROMPT="Be kind',
        "CHAT_PROMPT: Be kind",
        "SLACK_BOT_TOKEN:xoxb-1-a",
        "SLACK_SIGNING_SECRET:bm8=",
        "OPENAI_API_KEY-sk-1",
    ],
)
def test_a_line_of_the_dotenv_file_that_cannot_be_read_is_told(environment, tmp_path, line):
    (tmp_path / ".env").write_text(f"CHAT_MODEL=from-file\n{line}\n")
    environment()

    with pytest.raises(SettingsError, match=r"file \.env has no NAME=value in line 2"):
        load()


def test_a_misspelt_name_is_refused_also_where_one_setting_is_read_alone(environment):
    environment(DATABSE_URL="sqlite:///elsewhere.db")

    with pytest.raises(SettingsError, match="did you mean DATABASE_URL"):
        database_url()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1", "must start with xoxb-"),
        ("ADMINS", "bob", "Copy member ID"),
        ("OPENAI_BASE_URL", "api.example.com", "must be an address"),
        ("OPENAI_BASE_URL", "http://host:99999/v1", "must be an address"),
        ("OPENAI_BASE_URL", "http://my host/v1", "must be an address"),
        ("OPENAI_BASE_URL", "http://me:secret@host/v1", "it must have no name or password"),
        ("SLACK_API_URL", "http://me:secret@host/api/", "it must have no name or password"),
        ("OPENAI_PROXY", "localhost:3128", "OPENAI_PROXY: it must be an address"),
        ("OPENAI_COMPRESSION", "ja", "it must be true or false.$"),
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
        ("PORT", "no", "PORT: it must be a whole number.$"),
        ("SLACK_MODE", "carrier", "it must be 'socket' or 'http'"),
        ("DATABASE_KEEP_DAYS", "0", "it must be greater than or equal to 1"),
    ],
)
def test_a_wrong_value_says_what_to_do(environment, name, value, told):
    environment(**{name: value})

    with pytest.raises(SettingsError, match=told):
        load()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "OPENAI_PRICES",
            '{"m1": {"output": 1}}',
            'in "m1", "input" is missing; it can have input,',
        ),
        (
            "OPENAI_PRICES",
            '{"m1": {"input": "x", "output": 1}}',
            'in "m1", "input": it must be a n',
        ),
        ("OPENAI_PRICES", '{"m1": {"input": 1, "outputs": 1}}', 'did you mean "output"'),
        ("OPENAI_PRICES", '{"m1": 3}', '"m1": it must be an object in braces'),
        (
            "OPENAI_CREDENTIALS",
            '{"lab": {"key": "sk-s3cret"}}',
            'in "lab", "key" is not known; did',
        ),
        ("OPENAI_CREDENTIALS", '{"lab": "sk-s3cret"}', '"lab": it must be an object'),
        ("OPENAI_CREDENTIALS", '{"lab": {"base_url": "x", "api_key": "sk-s3cret"}}', "an address"),
        ("OPENAI_CREDENTIALS", '{"my lab": {"api_key": "sk-s3cret"}}', "it is one word"),
        ("OPENAI_MODELS", '{"image": "m1"}', '"image" is not known; did you mean "images"'),
        ("OPENAI_MODELS", '{"images": ""}', '"images": it must be a text that is not empty'),
        ("MCP_SERVERS", '{"files": {"args": []}}', 'in "files", "command" is missing'),
        ("MCP_SERVERS", '{"files": {"command": "x", "args": "y"}}', '"args": it must be a list'),
        ("MCP_SERVERS", '{"files": {"command": "x", "env": {"A": 1}}}', 'in "env", "A": it must'),
    ],
)
def test_a_wrong_entry_of_a_json_setting_is_named(environment, name, value, told):
    environment(**{name: value})

    with pytest.raises(SettingsError) as caught:
        load()

    [finding, *_] = [one for one in caught.value.findings if told in one]
    assert finding.startswith(f"{name}: ")
    assert f"{name} is missing" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_what_a_file_of_secrets_adds_around_a_key_is_no_part_of_it(environment):
    environment(
        SLACK_BOT_TOKEN=" xoxb-1 ",
        OPENAI_API_KEY="sk-key\n",
        OPENAI_CREDENTIALS='{"files": {"api_key": "sk-files\\n"}}',
    )

    settings = load()

    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.openai_api_key.get_secret_value() == "sk-key"
    assert settings.openai_credentials["files"].api_key.get_secret_value() == "sk-files"


@pytest.mark.parametrize("key", ["sk-a\nb", "sk-schlüssel", "sk-\x7f"])
def test_a_key_that_no_request_can_carry_is_refused_and_not_shown(environment, key):
    environment(OPENAI_API_KEY=key)

    with pytest.raises(SettingsError) as caught:
        load()

    assert "OPENAI_API_KEY: it has" in str(caught.value)
    assert key not in str(caught.value)


@pytest.mark.parametrize("name", ["FUNCTIONS", "OPENAI_API_KEY", "FUNCTION_SECRET_X"])
@pytest.mark.parametrize("read", [load, database_url])
def test_bytes_that_are_no_text_are_told_by_the_name_of_the_setting(environment, name, read):
    environment(**{name: os.fsdecode(b"sk-schl\xfcssel")})

    with pytest.raises(SettingsError, match=f"{name}: it is not text in UTF-8"):
        read()


def test_the_file_of_another_mcp_client_is_taken_whole(environment):
    environment(MCP_SERVERS='{"mcpServers": {"files": {"command": "uvx"}}}')

    assert load().mcp_servers["files"].command == "uvx"


def test_lists_are_comma_separated(environment):
    environment(ADMINS="U0ANN, W0BEN,", FUNCTIONS="team_functions,./more")

    settings = load()

    assert settings.admins == ("U0ANN", "W0BEN")
    assert settings.functions == ("team_functions", "./more")


def test_no_secret_stands_in_a_text_of_the_settings(environment):
    environment()

    assert "secret-value" not in repr(load()) + str(load())


def test_every_setting_stands_in_the_example_file():
    example = Path(".env.example").read_text()

    for name in Settings.model_fields:
        assert f"{name.upper()}=" in example, name


def test_every_setting_stands_in_the_documentation():
    page = Path("docs/settings.md").read_text()

    for name, field in Settings.model_fields.items():
        assert f"| `{name.upper()}` |" in page, name
        assert field.description, name
        assert field.description in page, name


def test_secrets_of_functions_are_read_by_name_and_never_shown(environment, tmp_path):
    (tmp_path / ".env").write_text("FUNCTION_SECRET_JIRA=from-file\n")
    environment(FUNCTION_SECRET_WEATHER_KEY="w-secret-value", FUNCTION_SECRET_EMPTY="")

    settings = load()

    assert settings.function_secrets["weather_key"].get_secret_value() == "w-secret-value"
    assert set(settings.function_secrets) == {"weather_key", "jira"}
    assert "secret-value" not in repr(settings) + str(settings.function_secrets)


def test_a_secret_too_short_to_be_kept_out_of_answers_is_refused(environment):
    environment(FUNCTION_SECRET_PIN="1234")

    with pytest.raises(SettingsError, match="FUNCTION_SECRET_PIN is shorter"):
        load()


@pytest.mark.parametrize("value", ["https://", "a b", "http://host/path", "ftp://x"])
def test_a_host_that_is_none_is_refused(environment, value):
    environment(FUNCTION_HOSTS=value)

    with pytest.raises(SettingsError, match="FUNCTION_HOSTS"):
        load()


def test_stray_blanks_belong_to_no_value(environment):
    environment(OPENAI_API_KEY=" sk-1 ", FUNCTION_SECRET_DOOR=" open-sesame\n", LOG_LEVEL=" debug ")

    settings = load()

    assert settings.openai_api_key.get_secret_value() == "sk-1"
    assert settings.function_secrets["door"].get_secret_value() == "open-sesame"
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("http://127.0.0.1:9/api/", None),
        ("http://localhost:9/api/", None),
        ("https://slack.com/api/", "http://proxy:3128"),
    ],
)
def test_loopback_needs_no_proxy(monkeypatch, address, way):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")

    assert proxy(address) == way
