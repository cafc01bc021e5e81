"""Adding, changing and removing HTTP functions: the form, the checks, the review, the row."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from bot.commands.functions import wish
from bot.commands.functions.fetching import by_url
from bot.commands.functions.known import Known, known, loaded, save
from bot.commands.functions.review import differences, reviewed
from bot.commands.functions.rules import form, mcp_function
from bot.commands.material import content_of
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown, as_object
from bot.desk.request import Request
from bot.desk.values import Button, Text, code, escape
from bot.slack.workspace.files import SharedFile
from functions import FunctionError, HttpFunction, McpFunction
from storage.records import Registration

command = Command("functions")

_FORM = (
    *("name", "title", "description", "method", "url", "schema", "schema_url", "schema_file"),
    *("secret", "header", "effect", "who", "people", "where", "channels", "approve", "approvers"),
    "timeout",
)
_NEEDED = ("name", "description", "url")
_INTRO = (
    "The model sees the name, the description and the parameters; never the address or the "
    "header. Everything is shown once more before it is saved."
)


@command.sub(
    effect="changes",
    examples=(
        "add",
        "add find_ticket",
        'add find_ticket --url https://tickets.example.com/api/{number} --description "Find a '
        'ticket by its number." --schema \'{"properties": {"number": {"type": "integer"}}}\'',
    ),
    words=("http", "api", "register", "new", "url", "webhook"),
    form=True,
)
async def add(
    request: Request,
    name: wish.FunctionName = "",
    *,
    description: Rest = "",
    url: Annotated[
        wish.Address, Shown("URL", "https://api.example.com/tickets/{number}", "URL")
    ] = "",
    method: wish.Method = "GET",
    schema: wish.SchemaText = "",
    schema_url: Annotated[wish.Address, Shown("URL", label="… or the schema's URL")] = "",
    schema_file: Annotated[
        tuple[SharedFile, ...], FromFiles(most=1, named="json"), Shown(label="… or its file")
    ] = (),
    title: Annotated[str, Field(max_length=80), Shown("TITLE", label="Title for people")] = "",
    secret: Annotated[str, Shown("SECRET", "tickets")] = "",
    header: Annotated[str, Shown("HEADER", "Authorization: Bearer")] = "",
    effect: wish.Effect = "auto",
    who: wish.Who = "members",
    people: wish.People = None,
    where: wish.Where = "anywhere",
    channels: wish.Channels = None,
    approve: wish.Approve = "auto",
    approvers: wish.Approvers = "requester",
    timeout: Annotated[float, Field(gt=0, le=300), Shown("SECONDS", "30")] = 30,
    replace: bool = False,
) -> Text:
    """Add an HTTP function, from a form or from a line; it is reviewed before it is saved.

    Args:
        name: What the model calls it: letters, digits, _ and -.
        description: What it does and when to call it, for the model.
        url: Where the request goes, with {places} for arguments; others go to query or body.
        method: GET, POST, PUT, PATCH or DELETE.
        schema: The arguments it takes, as JSON Schema of up to 3,000 characters. Left empty, each
            {place} of the URL is a text.
        schema_url: An address where the schema stands, for longer ones.
        schema_file: A JSON file with the schema.
        title: What people see in place of the name.
        secret: The NAME of FUNCTION_SECRET_NAME in the settings, whose value is sent.
        header: The header for the secret, such as X-Api-Key, or ?key for one in the URL;
            else Authorization: Bearer.
        effect: What a call does to the world.
        who: Who may use it.
        people: Ids of people and user groups; nobody else may use it.
        where: Where it may be used.
        channels: Ids of channels; it works nowhere else.
        approve: Whether a person must approve each call.
        approvers: Who may approve.
        timeout: Seconds until a call is given up.
        replace: Put it in the place of the function of this name.
    """
    here = await known(request)
    if request.reopened or not all(request.given[one] for one in _NEEDED):
        raise _form(request, here)
    try:
        function, earlier = await _made(request, here)
    except FunctionError as error:
        raise CommandError(f"This cannot be saved: {escape(str(error))}") from error
    except ValueError as error:
        raise CommandError(escape(str(error))) from error
    changes = differences(earlier, function) if earlier else None
    effect_text = await reviewed(request, here, function, changes)
    await request.confirm(effect_text, button="Save it", change=True)
    await save(request, function)
    done = "changed" if earlier else "added"
    text = f"{code(name)} is {done}. From the next message on the model may call it."
    buttons = (
        Button("Try it …", f"functions test {name}"),
        Button("Show", f"functions show {name}"),
    )
    return Text(text, buttons)


@command.sub(effect="changes", examples=("edit find_ticket",), words=("change", "update"))
async def edit(request: Request, name: Annotated[str, Shown("NAME", "find_ticket")]) -> Text:
    """Change a function that was added from Slack: its form opens, filled in.

    Args:
        name: The function's name.
    """
    here = await known(request)
    if _row(here, name).kind == McpFunction.kind:
        raise form(name, mcp_function(request, here, name), {})
    values = wish.as_values(_earlier(here, name))
    raise NeedsForm(
        f"Change {name}",
        submit="Review",
        fields=tuple(one for one in _FORM if one != "name"),
        required=_NEEDED,
        initial=values,
        intro=_intro(values),
        choices={"secret": here.secrets},
        line=f"functions add {name} --replace",
    )


@command.sub(
    effect="deletes", examples=("remove find_ticket",), words=("delete",), also=("delete",)
)
async def remove(request: Request, name: Annotated[str, Shown("NAME", "find_ticket")]) -> Text:
    """Remove a function that was added from Slack.

    Args:
        name: The function's name.
    """
    here = await known(request)
    row = _row(here, name)
    await request.confirm(
        f"*Remove the function {code(name)}?* From the next message on the model cannot call it. "
        "To keep it and only stop its use, switch it off instead.",
        button="Remove",
        danger=True,
    )
    await request.storage.registrations.remove(row.team, name)
    return Text(f"{code(name)} is removed.")


async def _made(request: Request, here: Known) -> tuple[HttpFunction, HttpFunction | None]:
    """Return the function that is wished for, after every check that saving has.

    Behind it comes the one in whose place it is put.
    """
    given = request.given
    name, replace = given["name"], given["replace"]
    if not replace and name in here.added:
        raise CommandError(
            f"There is a function {code(name)} already; "
            f"{code(request.slash(f'functions edit {name}'))} changes it."
        )
    earlier = _earlier(here, name) if replace else None
    function = wish.function_of(given, await _schema(request, here), earlier)
    here.registry.admit(function)
    await here.registry.web.check(function.url)
    return function, earlier


async def _schema(request: Request, here: Known) -> dict[str, Any] | None:
    """Return the schema as text, address or file give it; None where none of them does."""
    given = request.given
    if given["schema"].strip():
        return as_object(given["schema"])
    if given["schema_url"]:
        return _parsed(await by_url(request, given["schema_url"], here.context), "The schema there")
    if given["schema_file"]:
        file = given["schema_file"][0]
        return _parsed(await content_of(request, file), f"What is in {code(file.name)}")
    return None


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        return as_object(text)
    except ValueError as error:
        raise CommandError(f"{what} {error}.") from None


def _row(here: Known, name: str) -> Registration:
    row = here.added.get(name)
    if row is not None:
        return row
    if name in here.entries:
        raise CommandError(
            f"{code(name)} is written in Python, so it is changed and removed where its file is. "
            "It can be switched off here."
        )
    raise here.unknown(name, here.added)


def _earlier(here: Known, name: str) -> HttpFunction:
    row = _row(here, name)
    if row.kind != HttpFunction.kind:
        raise CommandError(f"{code(name)} is no HTTP function; remove it and add it anew.")
    return loaded(HttpFunction, row)


def _form(request: Request, here: Known) -> NeedsForm:
    kept = request.given["replace"]
    return NeedsForm(
        "Change it" if kept else "Add a function",
        submit="Review",
        fields=tuple(one for one in _FORM if not (kept and one == "name")),
        required=_NEEDED,
        intro=_intro(request.given) if kept else _INTRO,
        choices={"secret": here.secrets},
    )


def _intro(values: Mapping[str, Any]) -> str:
    if not values.get("schema"):
        return f"{_INTRO} Left empty, the schema stays as it is."
    return _INTRO
