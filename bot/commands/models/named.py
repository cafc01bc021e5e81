"""Which model of the server a person means, or which one they probably meant."""

from bot.desk.errors import CommandError, UsageError
from bot.desk.reading import near
from bot.desk.request import Request
from bot.desk.values import code
from bot.openai.accounts import Purpose
from bot.openai.client import OpenAI
from bot.openai.errors import NotFoundError, OpenAIError, OperationNotFoundError
from bot.openai.models import Model


async def model_of(request: Request, name: str, purpose: Purpose = "chat") -> Model:
    """Return a model by its name.

    Raises:
        CommandError: the server has none of this name.
    """
    client = request.openai(purpose)
    try:
        return await client.models.retrieve(name)
    except NotFoundError:
        pass
    except ValueError:
        raise UsageError(f"{code(name)} cannot be a model's name.") from None
    listed = await _listed(client)
    if name in listed:  # a server that lists models and does not tell about one
        return listed[name]
    meant = near(name, listed)
    hint = f" Did you mean {code(meant)}?" if meant else f" `{request.slash('models list')}` helps."
    raise CommandError(f"The server has no model {code(name)}, or this key may not use it.{hint}")


async def _listed(client: OpenAI) -> dict[str, Model]:
    try:
        return {model.id: model for model in await client.models.list()}
    except OperationNotFoundError:
        raise
    except OpenAIError:
        return {}


async def name_of(request: Request, name: str) -> tuple[str, str]:
    """Return a model's name, and the doubt about it where a server does not tell its models."""
    try:
        return (await model_of(request, name)).id, ""
    except OperationNotFoundError:
        return name, " :warning: The server does not tell which models it has; try it first."
