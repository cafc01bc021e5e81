"""Several credentials: which client serves which purpose, and which one a person named.

A name that is a purpose (`chat`, `files`, `images`, `audio`, `embeddings`, `moderation`) serves
that purpose unless another is asked for; hosts differ in what they offer, so chat and files may
live apart.
"""

from collections.abc import Mapping
from typing import Literal

from bot.openai.client import OpenAI

Purpose = Literal["chat", "files", "images", "audio", "embeddings", "moderation"]
MAIN = "main"


class UnknownAccount(LookupError):
    """No credentials have this name; `known` are the names that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


class Accounts:
    """The clients by name; the main one serves whatever no other one does."""

    def __init__(self, main: OpenAI, named: Mapping[str, OpenAI] | None = None) -> None:
        self._clients = {MAIN: main, **(named or {})}

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names, the main one first."""
        return tuple(self._clients)

    def name(self, purpose: Purpose, chosen: str = "") -> str:
        """Return the name of the credentials for a purpose, or of those that were chosen.

        Raises:
            UnknownAccount: no credentials have the chosen name.
        """
        if chosen and chosen not in self._clients:
            raise UnknownAccount(chosen, self.names)
        return chosen or (purpose if purpose in self._clients else MAIN)

    def client(self, purpose: Purpose, chosen: str = "") -> OpenAI:
        """Return the client for a purpose, or the one that was chosen.

        Raises:
            UnknownAccount: no credentials have the chosen name.
        """
        return self._clients[self.name(purpose, chosen)]

    async def aclose(self) -> None:
        """Close the connections of all."""
        for client in self._clients.values():
            await client.aclose()
