"""Help, usage lines, the search over both, and what a person sees of a line that was not taken.

All is made from signatures and docstrings. Pure.

`slash` tells everywhere how the person who reads it types a line.
"""

from bot.desk.blocks import button, draw
from bot.desk.catalogue import Catalogue
from bot.desk.command import Command, Parameter, Sub
from bot.desk.errors import UsageError
from bot.desk.reading import near
from bot.desk.request import Slash
from bot.desk.values import Button, Text, code, escape
from bot.slack.text.blocks import SlackMessage, actions

_FEW = 4  # options that a line in a list names
_BUTTONS = 5
_WHO = {"everyone": "", "members": "For members of this workspace.", "admins": "For admins."}
_EFFECTS = {
    "reads": "",
    "costs": "It costs money, so it is confirmed first.",
    "changes": "It changes something, so it is confirmed first.",
    "deletes": "It deletes, so it is confirmed first.",
}

_LONGEST_USAGE = 160  # characters; more is no answer to a slip


def usage(sub: Sub) -> str:
    """Return the form that a line must have, as `files info FILE`."""
    parts = [_usage_of(one) for one in sub.parameters if not one.files]
    return " ".join([sub.line, *parts])


def brief(sub: Sub) -> str:
    """Return the form without its options where these are many, for lists."""
    options = [one for one in sub.parameters if one.is_option and not one.required]
    if len(options) <= _FEW:
        return usage(sub)
    shown = [one for one in sub.parameters if one not in options and not one.files]
    return " ".join([sub.line, *(_usage_of(one) for one in shown), "[OPTIONS]"])


def _usage_of(one: Parameter) -> str:
    if not one.is_option:
        return one.placeholder if one.required else f"[{one.placeholder}]"
    text = f"--{one.option}" if one.is_flag else f"--{one.option} {one.placeholder}"
    return text if one.required else f"[{text}]"


def overview(catalogue: Catalogue, slash: Slash) -> Text:
    """Return the first page of help: every command with its sub-commands."""
    parts = ["*What you can ask me to do*"]
    for command in catalogue.commands.values():
        head = slash(command.name)
        names = ", ".join(f"`{name}`" for name in command.subs)
        parts.append(f"*{head}*  {escape(command.summary)}\n{names}")
    example = slash("ai help image")
    parts.append(
        f"Search with `{example}`; each command tells more with `--help`. In a thread, where Slack "
        "has no slash commands, write the same as a message that starts with `!` (`!files list`)."
    )
    buttons = tuple(
        Button(slash(name), f"{name} help")
        for name in catalogue.commands
        if name != catalogue.root.name
    )
    return Text("\n\n".join(parts), buttons)


def of_command(command: Command, slash: Slash) -> Text:
    """Return the help of one command: a line and a sentence for each of its sub-commands."""
    head = slash(command.name)
    lines = [f"*{head}*  {escape(command.summary)}", ""]
    lines += [_listed(sub, slash) for sub in command.subs.values()]
    lines.append("\nMore of each with `--help` behind it.")
    return Text("\n".join(lines))


def _listed(sub: Sub, slash: Slash) -> str:
    return f"`{escape(slash(brief(sub)))}`\n{escape(sub.summary)}"


def of_sub(sub: Sub, slash: Slash) -> Text:
    """Return the help of one sub-command: usage, parameters, examples."""
    lines = [f"`{escape(slash(brief(sub)))}`", escape(sub.summary)]
    about = " ".join(text for text in (_WHO[sub.who], _EFFECTS[sub.effect]) if text)
    if about:
        lines.append(f"_{about}_")
    if sub.parameters:
        lines += ["", *(_parameter(one) for one in sub.parameters)]
    if sub.examples:
        lines += ["", "*Examples*"]
        for one in sub.examples:
            lines.append(f"`{escape(slash(f'{sub.command} {one}'))}`")
    return Text("\n".join(lines))


def _parameter(one: Parameter) -> str:
    if one.files:
        return f"• {escape(one.option)} (shared with the message)  {escape(one.description)}"
    usual = f" Default: `{escape(one.usual)}`." if one.usual else ""
    return f"• `{escape(written(one))}`  {escape(one.meaning)}{usual}"


def written(one: Parameter) -> str:
    """Return a parameter as a line has it, with the form of its value where that says more."""
    if not one.is_option:
        return one.placeholder
    form = one.placeholder
    is_plain = one.is_flag or one.choices or form.rstrip(".") == one.option.upper()
    return f"--{one.option}" if is_plain else f"--{one.option} {form}"


def answer(catalogue: Catalogue, words: str, slash: Slash) -> Text:
    """Return the help that some words ask for: of everything, of a command, or what has them."""
    name, _, rest = words.strip().casefold().removeprefix("/").partition(" ")
    command = catalogue.commands.get(name.removeprefix(f"{catalogue.prefix}-"))
    if not name:
        return overview(catalogue, slash)
    if command is None or command is catalogue.root:
        return search(catalogue, words, slash)
    found = command.find(rest)
    return of_sub(found[0], slash) if found else of_command(command, slash)


def search(catalogue: Catalogue, words: str, slash: Slash) -> Text:
    """Return what help has on some words: the sub-commands in which most of them occur."""
    wanted = [_stem(word) for word in words.casefold().split()]
    found = _found(catalogue, wanted)
    if not found:
        return _nothing(catalogue, words, wanted)
    if len(found) == 1:
        return of_sub(found[0], slash)
    lines = [f"*Help on “{escape(words)}”*", "", *(_listed(sub, slash) for sub in found)]
    buttons = tuple(Button(f"More on {sub.name}", f"{sub.line} --help") for sub in found[:_BUTTONS])
    return Text("\n".join(lines), buttons)


def _found(catalogue: Catalogue, wanted: list[str]) -> list[Sub]:
    """Return the sub-commands with most of the words; those about one go before the others."""
    subs = [sub for command in catalogue.commands.values() for sub in command.subs.values()]
    exact = [sub for sub in subs if " " in sub.name and sub.name.split() == wanted]
    if exact:
        return exact
    ranked = [(_hits(sub, wanted), sub) for sub in subs]
    best = max((hits for hits, _ in ranked), default=(0, 0))
    return [sub for hits, sub in ranked if hits == best and hits[0]]


def _hits(sub: Sub, wanted: list[str]) -> tuple[int, int]:
    """Count the words that a sub-command has, and tell whether it is about one of them."""
    everything, about = _words_of(sub), _about(sub)
    return sum(word in everything for word in wanted), any(word in about for word in wanted)


def _nothing(catalogue: Catalogue, words: str, wanted: list[str]) -> Text:
    subs = [sub for command in catalogue.commands.values() for sub in command.subs.values()]
    known = {word for sub in subs for word in _names_of(sub).split() if len(word) > 3}
    meant = near(wanted[0], known) if wanted else None
    hint = f" Did you mean `{meant}`?" if meant else ""
    buttons = (Button(f"Help on {meant}", f"ai help {meant}"),) if meant else ()
    return Text(f"Nothing here has to do with _{escape(words)}_.{hint}", buttons)


def _names_of(sub: Sub) -> str:
    return " ".join([sub.line, *sub.words]).casefold()


def _about(sub: Sub) -> str:
    return f"{_names_of(sub)} {sub.summary.casefold()}"


def _words_of(sub: Sub) -> str:
    texts = [_about(sub), *(sub.examples if sub.name != "help" else ())]
    for one in sub.parameters:
        texts += [one.option, one.description, *one.choices]
    return " ".join(texts).casefold()


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def misunderstood(error: UsageError, sub: Sub | None, slash: Slash) -> SlackMessage:
    """Return what is wrong with a line: the line that would do, its usage, else an example."""
    fix, form, example, more = error.fix, error.usage, "", ""
    if sub is not None:
        form = form or usage(sub)
        if len(form) > _LONGEST_USAGE:
            form, more = brief(sub), f"{sub.line} --help"
        fix = fix and f"{sub.line} {fix}"
        example = f"{sub.command} {sub.examples[0]}" if sub.examples else ""
    told = {"Try": fix, "Usage": form, "Options": more, "Example": "" if fix else example}
    lines = [f":warning: {error.text}"]
    lines += [f"{word}:  {code(slash(line))}" for word, line in told.items() if line]
    buttons = (Button("Run what you meant", fix),) if fix else ()
    return draw([Text("\n".join(lines), buttons)])


def changeable(shown: SlackMessage, order: str) -> SlackMessage:
    """Add the button that opens a form again, with what was filled in."""
    press = button("Change it …", "open", {"order": order}, "primary", number=3)
    return SlackMessage(shown.text, [*shown.blocks, actions(press)])
