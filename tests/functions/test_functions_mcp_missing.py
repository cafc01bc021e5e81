"""What is said where the extra `mcp` is not installed."""

import sys

import pytest

from functions import DeclarationError, Launch, Registry
from tests.functions.mcp_bench import asker


@pytest.mark.parametrize("server", ["https://mcp.example.com/mcp", "files"])
async def test_the_command_that_installs_it_is_named(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "functions._mcp.connection", None)
    registry = Registry(launches={"files": Launch(command="files")})

    with pytest.raises(Exception, match=r"pip install -e '\.\[mcp\]', then start the bot"):
        await registry.mcp_offers(server, None, [], asker())


@pytest.mark.parametrize("server", ["http://10.0.0.1/x", "https://10.0.0.1/x", "nobody"])
async def test_no_package_is_asked_for_where_the_server_could_be_none(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "functions._mcp.connection", None)

    with pytest.raises(DeclarationError):
        await Registry().mcp_offers(server, None, [], asker())
