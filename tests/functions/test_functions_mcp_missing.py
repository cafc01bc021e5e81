"""What is said where the extra `mcp` is not installed."""

import sys

import pytest

from functions import Launch, Registry
from tests.functions.mcp_bench import asker


@pytest.mark.parametrize("server", ["https://mcp.example.com/mcp", "files"])
async def test_the_command_that_installs_it_is_named(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "functions._mcp.connection", None)
    registry = Registry(launches={"files": Launch(command="files")})

    with pytest.raises(Exception, match=r"pip install -e '\.\[mcp\]', then start the bot"):
        await registry.mcp_offers(server, None, [], asker())
