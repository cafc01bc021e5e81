"""Reading the settings: the environment and a `.env` file, checked as a whole.

Misspelt names of ours are refused with the nearest match, and everything that is wrong is reported
in one `SettingsError`. Commands that never speak to Slack read the few settings that they need.
"""

import difflib
import inspect
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from bot.errors import SettingsError
from bot.openai.wire.endpoint import is_loopback
from bot.settings import Settings, lacking, listed

_FILE = Path(".env")
_FOR_FUNCTIONS = "FUNCTION_SECRET_"  # and the name by which they ask for it
_SHORTEST = 6  # characters of one; less could not be told from other text
_PREFIXES = (
    "SLACK_",
    "LISTEN_",
    "OPENAI_",
    "CHAT_",
    "DATABASE_",
    "COMMAND_",
    "FUNCTION",
    "ADMIN",
    "LOG_",
)
_FOREIGN = {  # names of other programs that share a prefix with ours
    "SLACK_CLI_XAPP",
    "SLACK_CLI_XOXB",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "OPENAI_API_TYPE",
    "OPENAI_API_VERSION",
    "OPENAI_LOG",
    "OPENAI_WEBHOOK_SECRET",
    "LOG_DIR",
    "LOG_FILE",
}
_ELSEWHERE = {  # how other programs call what ours are
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "OPENAI_MODEL": "CHAT_MODEL",
    "OPENAI_ORGANIZATION": "OPENAI_ORG_ID",
}

_SHAPES = {  # what JSON must be, by pydantic's word for what it is not
    "bool_parsing": "true or false",
    "dataclass_type": "an object in braces",
    "dict_type": "an object in braces",
    "float_parsing": "a number",
    "float_type": "a number",
    "model_type": "an object in braces",
    "string_pattern_mismatch": "up to 20 of a-z, 0-9 and _, beginning with a letter",
    "string_too_short": "a text that is not empty",
    "string_type": "a text in quotes",
    "tuple_type": "a list in brackets",
}

_OAUTH = (
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set: Slack's library would switch to an "
    "installation flow that Callboard does not have. Unset one of them"
)
_DYNO = (
    "DATABASE_URL is missing. Heroku empties a dyno's disk at each restart, so what stands in "
    "data/callboard.db there is lost every day. Run the bot where a disk lasts, or set "
    "DATABASE_URL=sqlite:///data/callboard.db if that may be."
)


def load(env_file: Path = _FILE) -> Settings:
    """Read the settings; the environment wins over the `.env` file.

    Raises:
        SettingsError: names are misspelt, missing or have values that cannot be; all at once.
    """
    written = _written(env_file)
    findings = _unknown(written)
    if {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} <= {*written, *os.environ}:
        findings.append(_OAUTH)
    if "DYNO" in os.environ and not (os.environ.get("DATABASE_URL") or written.get("DATABASE_URL")):
        findings.append(_DYNO)
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as error:
        findings += _explain(error)
        whole = any(not fault["loc"] for fault in error.errors(include_input=False))
        if not whole and (lacks := _way(env_file)):  # pydantic looks at the whole last
            findings.append(f"{lacks}.")
        raise SettingsError(findings) from None
    secrets, wrong = _function_secrets(written)
    if findings + wrong:
        raise SettingsError(findings + wrong)
    return settings.with_function_secrets(secrets)


class _Partial(BaseSettings):
    """Settings that are read by themselves, unchecked."""

    model_config = Settings.model_config

    slack_mode: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    database_url: str = Settings.model_fields["database_url"].default
    functions: str = ""
    command_prefix: str = Settings.model_fields["command_prefix"].default


def _way(env_file: Path) -> str:
    """Return what the way to Slack still needs, whatever else is wrong."""
    way = _Partial(_env_file=env_file)
    return lacking(way.slack_mode.strip(), way.slack_app_token, way.slack_signing_secret)


def database_url() -> str:
    """Read the database's address alone."""
    return _partial().database_url


def command_prefix() -> str:
    """Read COMMAND_PREFIX alone."""
    return _partial().command_prefix


def function_sources() -> tuple[str, ...]:
    """Read FUNCTIONS alone."""
    return listed(_partial().functions)


def proxy(address: str) -> str | None:
    """Read the proxy by which Slack's address is reached; NO_PROXY names what else needs none."""
    if is_loopback(address) or proxy_bypass(urlsplit(address).netloc):
        return None
    return os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")


def secrets_of_functions() -> dict[str, str]:
    """Read the values of FUNCTION_SECRET_NAME alone, by name."""
    found, _ = _function_secrets(_written(_FILE))
    return {name: value.get_secret_value() for name, value in found.items()}


def _function_secrets(
    written: Mapping[str, str | None],
) -> tuple[dict[str, SecretStr], list[str]]:
    """Return every FUNCTION_SECRET_NAME, by name in lower case, and what is wrong with them."""
    found = {
        name.removeprefix(_FOR_FUNCTIONS): value.strip()
        for name, value in {**written, **os.environ}.items()
        if name.startswith(_FOR_FUNCTIONS) and name != _FOR_FUNCTIONS and value and value.strip()
    }
    wrong = [
        f"{_FOR_FUNCTIONS}{name} is shorter than {_SHORTEST} characters: it could not be kept "
        "out of answers."
        for name, value in found.items()
        if len(value) < _SHORTEST
    ]
    return {name.lower(): SecretStr(value) for name, value in found.items()}, wrong


def _partial() -> _Partial:
    if findings := _unknown(_written(_FILE)):
        raise SettingsError(findings)
    return _Partial(_env_file=_FILE)


def _written(env_file: Path) -> dict[str, str | None]:
    """Return what stands in the file, if there is one; it and the environment must be text."""
    if findings := _illegible():
        raise SettingsError(findings)
    if env_file.is_dir():  # which Docker makes where the file that it shall mount is missing
        raise SettingsError([f"{env_file.name} is a folder: put a file with the settings there."])
    try:
        broken = _broken(env_file) if env_file.is_file() else []
        if not broken:
            return dotenv_values(env_file)
        fault = f"has no NAME=value in line {broken[0]}, or a quote that nothing closes"
    except UnicodeDecodeError:
        fault = "is not text in UTF-8: save it so (some editors of Windows write UTF-16)"
    except OSError as error:
        fault = f"cannot be read ({error.strerror})"
    raise SettingsError([f"The file {env_file.name} {fault}."])


def _illegible() -> list[str]:
    """Name the settings whose value in the environment has bytes that are no text."""
    return [
        f"{name}: it is not text in {sys.getfilesystemencoding().upper()}."
        for name, value in sorted(os.environ.items())
        if name.lower() in Settings.model_fields or name.startswith(_FOR_FUNCTIONS)
        if value.encode(errors="ignore").decode() != value
    ]


def _broken(env_file: Path) -> list[int]:
    """Return the lines of the file that are no NAME=value."""
    with env_file.open(encoding="utf-8") as file:
        return [part.original.line for part in parse_stream(file) if _is_broken(part)]


def _is_broken(part: Binding) -> bool:
    """Tell what python-dotenv would leave out, or take a value for a name: it may be a secret."""
    name = r"\w+" if part.value is None else r"[\w.-]+"
    return part.error or (part.key is not None and not re.fullmatch(name, part.key))


def _unknown(written: Mapping[str, str | None]) -> list[str]:
    names = sorted({*written, *os.environ})
    return [_misspelt(name) for name in names if _is_unknown(name, name in written)]


def _is_unknown(name: str, in_our_file: bool) -> bool:
    known = {field.upper() for field in Settings.model_fields}
    if name in known or name in _FOREIGN or name.startswith(_FOR_FUNCTIONS):
        return False
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75 if in_our_file else 0.84)
    return bool(near) or (in_our_file and name.startswith(_PREFIXES))


def _misspelt(name: str) -> str:
    known = [field.upper() for field in Settings.model_fields]
    nearest = next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.6)), None)
    meant = _ELSEWHERE.get(name, nearest)
    hint = f"did you mean {meant}?" if meant else "see docs/settings.md for the names."
    return f"{name} is not a setting of Callboard; {hint}"


def _explain(error: ValidationError) -> list[str]:
    """Say of each fault where it is and what would do; never what was given: it may be a secret."""
    return [
        _finding([str(step) for step in fault["loc"]], fault["type"], fault["msg"])
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _finding(place: list[str], kind: str, said: str) -> str:
    text = _worded(kind, said)
    if not place:
        return f"{text}."
    name = place[0].upper()
    if len(place) > 1:
        return f"{name}: {_inside(place, kind, text)}"
    if kind == "missing":
        return f"{name} is missing. {Settings.model_fields[place[0]].description}{_instead(name)}"
    return f"{name}: {text}."


def _instead(name: str) -> str:
    """Return the name in the environment that was perhaps written for a missing one."""
    others = os.environ.keys() - {field.upper() for field in Settings.model_fields}
    near = difflib.get_close_matches(name, others, n=1, cutoff=0.75)
    return f" {near[0]} is set; was this one meant?" if near else ""


def _worded(kind: str, said: str) -> str:
    text = said.removeprefix("Value error, ").partition(", unable to parse")[0]
    text = text.replace("Input should be", "it must be").replace("valid integer", "whole number")
    return f"it must be {_SHAPES[kind]}" if kind in _SHAPES else text


def _inside(place: list[str], kind: str, text: str) -> str:
    """Say what is wrong within a setting that is JSON: in which entry, and at which key."""
    *outer, key = place[1:]
    entry = "".join(f'in "{step}", ' for step in outer)
    keys = _keys(place[0])
    whole = f"it can have {', '.join(keys)}"
    if kind in ("missing", "missing_argument"):
        return f'{entry}"{key}" is missing; {whole}.'
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(key, keys, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"{whole}."
        return f'{entry}"{key}" is not known; {hint}'
    return f'{entry}"{key}": {text}.'


def _keys(name: str) -> list[str]:
    """Return what an entry of a setting that is JSON can have."""
    held = Settings.model_fields[name].annotation
    *_, entry = get_args(held) or (held,)
    return list(inspect.signature(entry).parameters)
