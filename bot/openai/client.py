"""The client: one server, one account, its resources as attributes.

    client = OpenAI(Endpoint("https://api.openai.com/v1", key))
    async with client.chat.stream(model="...", messages=[...]) as stream:
        async for text in stream: ...
        answer = stream.completion
    file = await client.files.create(file=Path("rows.jsonl"), purpose="fine-tune")
    await client.aclose()

Making a client opens nothing and costs nothing. What a bot at rest does without is imported when it
is first used: that is a twentieth of its start.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bot.openai.chat.adapt import Rules
from bot.openai.chat.chat import Chat
from bot.openai.models import Models
from bot.openai.probe import Probe
from bot.openai.wire.api import API
from bot.openai.wire.chance import Chance
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.limits import Network
from bot.openai.wire.retry import RetryPolicy
from bot.openai.wire.transport import Transport

if TYPE_CHECKING:
    from bot.openai.audio import Audio
    from bot.openai.completions import Completions
    from bot.openai.edits import Edits
    from bot.openai.embeddings import Embeddings
    from bot.openai.files import Files
    from bot.openai.fine_tuning import FineTuning
    from bot.openai.images import Images
    from bot.openai.moderations import Moderations
    from bot.openai.uploads import Uploads


class OpenAI:
    """A client for one OpenAI-compatible server.

    `admin_key` is for the few operations that take one (permissions of checkpoints), which belongs
    to the organization and not to a project; without it they are asked with the endpoint's key.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        admin_key: str = "",
        network: Network | None = None,
        retries: RetryPolicy | None = None,
        legacy_functions: bool = False,
        learned: dict[str, Rules] | None = None,
        on_learned: Callable[[str, Rules], None] | None = None,
        chance: Chance | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._transport = Transport(network)
        self._api = api = API(endpoint, self._transport, retries, chance)
        self.has_admin_key = bool(admin_key)
        of_admin = replace(endpoint, api_key=admin_key, project=None)
        self._admin = API(of_admin, self._transport, retries, chance) if admin_key else api
        self.chat = Chat(
            api, learned=learned, on_learned=on_learned, legacy_functions=legacy_functions
        )
        self.models = Models(api)
        self.probe = Probe(api)

    @cached_property
    def edits(self) -> "Edits":
        """The edits: texts rewritten as an instruction says."""
        from bot.openai.edits import Edits

        return Edits(self.chat)

    @cached_property
    def completions(self) -> "Completions":
        """The completions: texts continued, the older way."""
        from bot.openai.completions import Completions

        return Completions(self._api)

    @cached_property
    def images(self) -> "Images":
        """The images: made, changed and varied."""
        from bot.openai.images import Images

        return Images(self._api)

    @cached_property
    def audio(self) -> "Audio":
        """The audio: speech written down, translated and spoken."""
        from bot.openai.audio import Audio

        return Audio(self._api)

    @cached_property
    def embeddings(self) -> "Embeddings":
        """The embeddings: texts as vectors."""
        from bot.openai.embeddings import Embeddings

        return Embeddings(self._api)

    @cached_property
    def moderations(self) -> "Moderations":
        """The moderations: texts and pictures judged."""
        from bot.openai.moderations import Moderations

        return Moderations(self._api)

    @cached_property
    def uploads(self) -> "Uploads":
        """The uploads: large files in parts."""
        from bot.openai.uploads import Uploads

        return Uploads(self._api)

    @cached_property
    def files(self) -> "Files":
        """The files of the account."""
        from bot.openai.files import Files

        return Files(self._api, self.uploads)

    @cached_property
    def fine_tuning(self) -> "FineTuning":
        """The fine-tuning: jobs, checkpoints and graders."""
        from bot.openai.fine_tuning import FineTuning

        return FineTuning(self._api, self._admin)

    @property
    def host(self) -> str:
        """Return host and port of the server."""
        return self._endpoint.host

    def __repr__(self) -> str:
        return f"OpenAI({self._endpoint.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()
