"""What a command is: a name, and typed functions under it whose signature and docstring say all.

    files = Command("files", __doc__)

    @files.sub(examples=("list --purpose batch --older-than 30d",))
    async def list_(request: Request, *, purpose: Purpose | None = None) -> Table: ...

Parameters before `*` are positional, those after it are options (`--purpose batch`,
`purpose=batch`), and so are the keys of `**given: Unpack[Keys]`, which several commands may share.
A `bool` option is a flag. Defaults make a parameter optional. The `Request` comes
first; it is handed in by the desk and is no parameter.
"""

import inspect
import types
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import TypeAdapter

from bot.desk.parameters import FromFiles, Shown, ToTheEnd
from bot.desk.request import Request
from bot.desk.words import first
from functions import read_signature

Who = Literal["everyone", "members", "admins"]
Effect = Literal["reads", "costs", "changes", "deletes"]
Function = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=Function)

_NONE = type(None)


@dataclass(frozen=True)
class Parameter:
    """One parameter as a person meets it."""

    name: str
    annotation: Any
    default: Any
    description: str
    is_option: bool

    @property
    def required(self) -> bool:
        """Tell whether it must be given."""
        return self.default is inspect.Parameter.empty

    @property
    def option(self) -> str:
        """Return its name as an option, without the dashes."""
        return self.name.rstrip("_").replace("_", "-")

    @cached_property
    def notes(self) -> tuple[Any, ...]:
        """Return what stands beside the type in `Annotated`, also inside `X | None`."""
        return tuple(_notes(self.annotation))

    @cached_property
    def kind(self) -> Any:
        """Return the type without `Annotated`, `None` and lists around it."""
        return _bare(self.annotation)[0]

    @property
    def is_flag(self) -> bool:
        """Tell whether naming it is enough."""
        return self.kind is bool

    @property
    def is_text(self) -> bool:
        """Tell whether it takes the rest of the line."""
        return any(isinstance(note, ToTheEnd) for note in self.notes)

    @property
    def files(self) -> FromFiles | None:
        """Return which files it takes, if it takes files."""
        return next((note for note in self.notes if isinstance(note, FromFiles)), None)

    @cached_property
    def is_many(self) -> bool:
        """Tell whether it takes several values."""
        return _bare(self.annotation)[1]

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """Return the only values that it takes, if there are such."""
        return get_args(self.kind) if get_origin(self.kind) is Literal else ()

    @cached_property
    def shown(self) -> Shown:
        """Return how its author wants it shown."""
        return next((note for note in self.notes if isinstance(note, Shown)), Shown())

    @property
    def meaning(self) -> str:
        """Return what it is, and the only values that it takes."""
        if not self.choices:
            return self.description
        return f"{self.description} One of {', '.join(f'`{one}`' for one in self.choices)}."

    @property
    def usual(self) -> str:
        """Return its default, "" where it needs one or that says nothing."""
        is_told = not self.required and self.default not in (None, False, (), "")
        return str(self.default) if is_told else ""

    @property
    def placeholder(self) -> str:
        """Return what stands for its value in a usage line."""
        if self.shown.name:
            return self.shown.name
        if self.choices and len("|".join(self.choices)) <= 40:
            return "|".join(self.choices)
        name = "N" if self.kind in (int, float) and self.is_option else self.option.upper()
        return name + ("..." if self.is_many or self.is_text else "")

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Return what checks its values."""
        return TypeAdapter(self.annotation)


def _notes(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from get_args(annotation)[1:]
        yield from _notes(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _notes(part)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Return a type without what stands around it, and whether that is a list."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bare(inside[0])
    if origin in (Union, types.UnionType):
        return _bare(next(part for part in inside if part is not _NONE))
    if origin in (list, tuple):
        return _bare(inside[0])[0], True
    return annotation, False


def _parameters(call: Function, shown: Iterable[Any]) -> Iterator[Parameter]:
    """Yield the parameters that a person sees; keys of `**options: Unpack[Keys]` are options."""
    own = inspect.signature(call).parameters
    for one in shown:
        text = one.description
        if one.name in own:
            is_option = own[one.name].kind is inspect.Parameter.KEYWORD_ONLY
            yield Parameter(one.name, one.annotation, one.default, text, is_option)
        else:
            yield Parameter(one.name, one.annotation, None, text, is_option=True)


@dataclass(frozen=True)
class Sub:
    """One sub-command; `examples` are lines without the command's own name."""

    command: str
    name: str
    call: Function
    summary: str
    parameters: tuple[Parameter, ...]
    who: Who
    effect: Effect
    examples: tuple[str, ...]
    words: tuple[str, ...]
    form: bool

    @property
    def line(self) -> str:
        """Return the words with which a line of it begins: `files list`."""
        return f"{self.command} {self.name}"

    def parameter(self, name: str) -> Parameter | None:
        """Return a parameter by its own name or its option's."""
        wanted = name.replace("_", "-")
        return next((one for one in self.parameters if wanted == one.option), None)

    async def run(self, request: Request) -> Any:
        """Call the function with what was given."""
        return await self.call(request, **request.given)

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values by parameter, with the defaults of those that are not among them."""
        usual = {one.name: one.default for one in self.parameters if not one.required}
        return {**usual, **values}


class Command:
    """A slash command: `name` follows the prefix (`files` makes `/ai-files`), none is the root.

    One that is spread over several files has its `docs` in one of them.
    """

    def __init__(self, name: str, docs: str | None = None) -> None:
        self.name = name
        self.summary = " ".join((docs or "").partition("\n\n")[0].split())
        self.subs: dict[str, Sub] = {}
        self.also: dict[str, str] = {}  # other words for a sub-command

    @property
    def choices(self) -> list[str]:
        """Return what can come behind its name: its sub-commands, and help."""
        return list(dict.fromkeys([*self.subs, "help"]))

    def find(self, line: str) -> tuple[Sub, str] | None:
        """Return the sub-command with which a line begins, and the rest of the line."""
        one, behind = first(line)
        two, rest = first(behind)
        for name, left in ((f"{one} {two}".lower(), rest), (one.lower(), behind)):
            if sub := self.subs.get(self.also.get(name, name)):
                return sub, left
        return None

    def joined(self, other: "Command") -> "Command":
        """Return this command with the sub-commands of another file."""
        made = Command(self.name, self.summary or other.summary)
        made.subs = self.subs | other.subs
        made.also = self.also | other.also
        return made

    def sub(
        self,
        *,
        name: str = "",
        who: Who | None = None,
        effect: Effect = "reads",
        examples: tuple[str, ...] = (),
        words: tuple[str, ...] = (),
        also: tuple[str, ...] = (),
        form: bool = False,
    ) -> Callable[[F], F]:
        """Add a function as a sub-command.

        Args:
            name: Its name; else the function's own, without an underscore at the end.
            who: Who may run it; else admins where it has an effect, and members where it reads.
            effect: What running it does to the world.
            examples: Lines that work, without the command's own name.
            words: Further words by which `help` finds it.
            also: Other names, which run it and are not listed.
            form: Whether a person may go back to its form: then it raises `NeedsForm`, with what
                was filled in, when the request is `reopened`.
        """

        def add(call: F) -> F:
            title = name or call.__name__.rstrip("_").replace("_", "-")
            allowed: Who = who or ("members" if effect == "reads" else "admins")
            read = read_signature(call, {}, Request)
            self.subs[title] = Sub(
                command=self.name,
                name=title,
                call=call,
                summary=read.summary,
                parameters=tuple(_parameters(call, read.shown)),
                who=allowed,
                effect=effect,
                examples=examples,
                words=words,
                form=form,
            )
            self.also |= dict.fromkeys(also, title)
            return call

        return add
