"""`python -m bot functions`: look at functions and try them, without Slack and without a model.

Those written in Python, that is; what admins added from Slack is shown there, by `/ai-functions`.
"""

import asyncio
import contextlib
import inspect
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import environment, logs

if TYPE_CHECKING:
    from functions import ApprovalRequest, Entry, Registry


@click.group(name="functions", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print what the model is sent.")
@click.pass_context
def functions(context: click.Context, as_json: bool) -> None:
    """List, show, call and check the functions that the model may call."""
    logs.setup("ERROR", "text", tuple(environment.secrets_of_functions().values()))
    logging.getLogger("py.warnings").setLevel(logging.WARNING)  # such as an await that is missing
    if context.invoked_subcommand is None:
        context.invoke(show_all, as_json=as_json)


@functions.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print what the model is sent.")
def show_all(as_json: bool) -> None:
    """List the functions, and files that could not be loaded."""
    registry = _load()
    if as_json:
        click.echo(_json([one.tool for one in registry.functions.values()]))
    else:
        for name, one in sorted(registry.functions.items()):
            click.echo(f"{name}: {one.tool['function']['description'].splitlines()[0]}")
    sys.exit(_report(registry))


@functions.command()
@click.argument("name")
def show(name: str) -> None:
    """Show what the model sees of a function, and its rules."""
    one = _found(_load(), name)
    click.echo(_json(one.tool))
    click.echo(_rules(one))


@functions.command()
@click.argument("name")
@click.argument("arguments", default="")
@click.option("--admin", is_flag=True, help="Call as an admin.")
@click.option("--user", default="U0LOCAL", show_default=True, help="Slack id of who asks.")
@click.option("--channel", default="C0LOCAL", show_default=True, help="Slack id of the channel.")
@click.option("--dm", is_flag=True, help="Call as from a direct message.")
@click.option("--dry-run", is_flag=True, help="Change nothing, only say what would be.")
@click.option("--yes", is_flag=True, help="Approve without asking.")
@click.option(
    "--save",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write the files that it returns into this folder.",
)
def call(name: str, arguments: str, yes: bool, save: Path | None, **choices: Any) -> None:
    """Call a function as the model would.

    ARGUMENTS is a JSON object such as '{"sides": 6}'.
    """
    registry = _load()
    _found(registry, name)
    with asyncio.Runner() as runner:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints is no result
            result = runner.run(_call(registry, name, arguments, yes, choices))
        click.echo(result.text)
        for file in result.files:
            click.echo(f"file: {file.name}, {file.mimetype}, {len(file.data):,} bytes", err=True)
            if save is not None:
                (save / file.name).write_bytes(file.data)
        if result.note:
            click.echo(result.note, err=True)
        if result.note == "timed out":
            os._exit(1)  # it may never stop, and would be waited for
    sys.exit(0 if result.ok else 1)


@functions.command()
@click.argument("sources", nargs=-1)
def check(sources: tuple[str, ...]) -> None:
    """Check that functions load, and what the model is not told.

    SOURCES are folders, files or packages; without any, those that the bot loads.
    """
    registry = _load(sources)
    for name, one in sorted(registry.functions.items()):
        for gap in _gaps(one):
            click.echo(f"{name}: {gap}")
    for file in registry.idle:
        click.echo(f"{file}: it offers nothing; @function on top of a def makes it callable")
    names = sorted(registry.functions)
    click.echo(f"{len(names)} loaded" + (f": {', '.join(names)}" if names else ""))
    sys.exit(_report(registry))


async def _call(
    registry: "Registry", name: str, arguments: str, yes: bool, choices: dict[str, Any]
) -> Any:
    from functions import Context, User

    async def report(text: str) -> None:
        click.echo(f"... {text}", err=True)

    terminal = _Terminal(yes)
    context = Context(
        user=User(id=choices["user"], name="you", is_admin=choices["admin"]),
        channel=choices["channel"],
        is_dm=choices["dm"],
        dry_run=choices["dry_run"],
        secrets=environment.secrets_of_functions(),
        approval=terminal,
        asking=terminal,
        report=report,
    ).for_call("terminal", 0, 0)
    return await registry.call(name, arguments, context)


class _Terminal:
    """Asks whoever sits at the terminal."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def knows(self, call_id: str) -> bool:
        """Say that nobody was asked before."""
        return False

    async def refusal(self, request: "ApprovalRequest") -> str | None:
        """Ask whether the call may run."""
        else_ = f", by default {json.dumps(request.defaults)}" if request.defaults else ""
        asked = f"Run {request.name} with {request.arguments}{else_}?"
        if self._yes or await asyncio.to_thread(_agreed, asked):
            return None
        return f"{request.name} was not run: you did not approve it."

    async def ask(self, question: str, options: Sequence[str]) -> str | None:
        """Ask what the function wants to know."""
        return await asyncio.to_thread(_answered, question, options)


def _agreed(asked: str) -> bool:
    """Ask at the terminal; where nobody can answer, that is a no."""
    try:
        return click.confirm(asked, err=True)
    except click.Abort:
        click.echo("\nNobody is here to approve it; --yes does.", err=True)
        return False


def _answered(question: str, options: Sequence[str]) -> str | None:
    """Ask for an answer at the terminal; where nobody can give one, there is none."""
    kind = click.Choice(list(options)) if options else str
    try:
        return str(click.prompt(question, type=kind, err=True))
    except click.Abort:
        return None


def _load(sources: tuple[str, ...] = ()) -> "Registry":
    from functions import Registry

    with contextlib.redirect_stdout(sys.stderr):  # what files print is none of the answer
        return Registry.load(list(sources) or ["functions", *environment.function_sources()])


def _found(registry: "Registry", name: str) -> "Entry":
    found = registry.functions.get(name)
    if found is None:
        _report(registry)
        raise click.ClickException(f"There is no function {name}. `functions list` names all.")
    return found


def _report(registry: "Registry") -> int:
    """Tell what could not be loaded, and return the exit code."""
    for broken in registry.errors:
        click.echo(f"not loaded: {broken.file}: {broken.sentence}", err=True)
    return 1 if registry.errors else 0


def _rules(one: "Entry") -> str:
    rules = one.rules
    lines = {
        "from": one.origin,
        "effect": rules.effect,
        "who": _ids(rules.who),
        "where": _ids(rules.where),
        "approve": _approval(one),
        "timeout": f"{rules.timeout:g} seconds",
        "limit": str(rules.limit or "none"),
        "dry run": "yes" if rules.dry_run else "no",
    }
    return "\n".join(f"{name}: {text}" for name, text in lines.items())


def _approval(one: "Entry") -> str:
    approve, approvers = one.rules.approve, one.rules.approvers
    if approve == "never":
        return "never"
    when = "always" if approve == "always" else "depends on the arguments"
    return f"{when}, by {_ids(approvers)}"


def _ids(rule: str | frozenset[str]) -> str:
    return rule if isinstance(rule, str) else ", ".join(sorted(rule))


def _gaps(one: "Entry") -> list[str]:
    """Return what an author could still tell the model."""
    shown = one.tool["function"]
    rules = shown["parameters"].get("properties", {})
    gaps = [] if shown["description"] != one.rules.title else ["it has no description"]
    if one.function.rules.dry_run and not one.rules.dry_run:
        gaps.append("dry_run=True needs a parameter `context: Context`, to look at context.dry_run")
    gaps += [
        f"the parameter {name} has no type, so the model may fill in anything"
        for name, given in inspect.signature(one.function.wrapped).parameters.items()
        if given.annotation is given.empty and name in rules
    ]
    silent = [
        name
        for name, rule in rules.items()
        if not (isinstance(rule, dict) and (rule.get("description") or "$ref" in rule))
    ]
    return gaps + [f"the parameter {name} has no text" for name in silent]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
