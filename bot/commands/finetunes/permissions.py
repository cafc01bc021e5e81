"""Say which projects may use the checkpoints of fine-tuned models; takes an admin key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from bot.desk.command import Command
from bot.desk.errors import CommandError
from bot.desk.parameters import Shown
from bot.desk.request import Request
from bot.desk.values import Button, Table, Text, code, moment, plural
from bot.openai.accounts import MAIN
from bot.openai.errors import AuthenticationError, NotFoundError, OperationNotFoundError
from bot.openai.fine_tuning import Permissions
from bot.openai.fine_tuning_objects import CheckpointPermission

command = Command("finetunes")

Checkpoint = Annotated[str, Shown("CHECKPOINT", "ft:gpt-4.1-mini:acme:support:abc:ckpt-step-40")]
Project = Annotated[str, Shown("PROJECT", "proj_abc123")]
_PAGE = 100


@command.sub(
    who="admins",
    examples=("permissions ft:gpt-4.1-mini:acme:support:abc:ckpt-step-40",),
    words=("checkpoint", "share", "project", "access", "who may", "admin key"),
)
async def permissions(request: Request, checkpoint: Checkpoint, *, project: Project = "") -> Table:
    """Show which other projects of the organization may use a checkpoint.

    Args:
        checkpoint: The checkpoint's name, as the list of a job's checkpoints has it.
        project: Only this project.
    """
    held = await _held(request, checkpoint, project)
    take = f"finetunes permissions revoke {checkpoint}"
    return Table(
        title=f"Projects that may use {checkpoint}",
        columns=("Project", "Since", "Permission"),
        rows=[(one.project_id, moment(one.created_at, request.asker.tz), one.id) for one in held],
        empty="No other project may use it.",
        buttons=[Button(f"Take it from {one.project_id}", f"{take} {one.id}") for one in held[:4]],
    )


@command.sub(
    name="permissions grant",
    effect="changes",
    also=("permissions add", "permissions create"),
    examples=("permissions grant ft:gpt-4.1-mini:acme:support:abc:ckpt-step-40 proj_abc123",),
    words=("checkpoint", "share", "project", "allow", "admin key"),
)
async def grant(
    request: Request,
    checkpoint: Checkpoint,
    projects: Annotated[list[str], Shown("PROJECT...", "proj_abc123")],
) -> Text:
    """Let projects of the organization use a checkpoint.

    Args:
        checkpoint: The checkpoint's name, as the list of a job's checkpoints has it.
        projects: The ids of the projects.
    """
    asked = _permissions(request)
    wanted = list(dict.fromkeys(projects))
    named = ", ".join(code(one) for one in wanted)
    await request.confirm(
        f"*Let {named} use the checkpoint {code(checkpoint)}?* Whoever works in "
        f"{'that project' if len(wanted) == 1 else 'those projects'} can then ask it.",
        button="Let them use it",
    )
    with _explained(request, checkpoint):
        made = await asked.create(checkpoint, project_ids=wanted)
    count = len(made.data)
    if not count:
        return Text(f"{named} could use {code(checkpoint)} already.")
    return Text(f"{plural(count, 'more project')} may use {code(checkpoint)} now: {named}.")


@command.sub(
    name="permissions revoke",
    effect="deletes",
    also=("permissions delete", "permissions remove"),
    examples=("permissions revoke ft:gpt-4.1-mini:acme:support:abc:ckpt-step-40 proj_abc123",),
    words=("checkpoint", "share", "project", "withdraw", "admin key"),
)
async def revoke(
    request: Request,
    checkpoint: Checkpoint,
    project: Annotated[str, Shown("PROJECT|PERMISSION", "proj_abc123")],
) -> Text:
    """Let a project use a checkpoint no longer.

    Args:
        checkpoint: The checkpoint's name, as the list of a job's checkpoints has it.
        project: The project's id, or that of its permission.
    """
    asked = _permissions(request)
    held = await _held(request, checkpoint)
    found = next((one for one in held if project in (one.id, one.project_id)), None)
    if found is None:
        raise CommandError(
            f"No project or permission of {code(checkpoint)} is called {code(project)}."
        )
    await request.confirm(
        f"*Take the checkpoint {code(checkpoint)} from {code(found.project_id)}?* What uses it "
        "there stops working.",
        button="Take it",
        danger=True,
    )
    with _explained(request, checkpoint):
        await asked.delete(checkpoint, found.id)
    return Text(f"{code(found.project_id)} may not use {code(checkpoint)} any more.")


async def _held(request: Request, checkpoint: str, project: str = "") -> list[CheckpointPermission]:
    listing = _permissions(request).list(checkpoint, project_id=project or None, limit=_PAGE)
    with _explained(request, checkpoint):
        return [one async for one in listing]


def _permissions(request: Request) -> Permissions:
    """Return what asks for permissions, if there is a key for it."""
    client = request.openai("files")
    if client.has_admin_key:
        return client.fine_tuning.checkpoints.permissions
    raise CommandError(
        "Permissions of checkpoints belong to the whole organization, so the server wants an admin "
        "key (`sk-admin-...`) for them. An owner of the organization makes one in its settings; "
        f"put it into {_setting(request)}, and start me again."
    )


def _setting(request: Request) -> str:
    if request.used == MAIN:
        return "OPENAI_ADMIN_KEY"
    return f"OPENAI_CREDENTIALS, as `admin_key` of {code(request.used)}"


@contextmanager
def _explained(request: Request, checkpoint: str) -> Iterator[None]:
    """Say what is meant where the server knows no such checkpoint, or not the admin key."""
    try:
        yield
    except OperationNotFoundError:
        raise
    except NotFoundError as error:
        raise CommandError(
            f"The server has no checkpoint {code(checkpoint)}. "
            f"`{request.slash('finetunes checkpoints')}` shows those of a job."
        ) from error
    except AuthenticationError as error:
        raise CommandError(
            f"The server does not accept the admin key. Look at {_setting(request)}."
        ) from error
