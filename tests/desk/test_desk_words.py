"""Lines as people and phones write them, cut into words and read into arguments."""

import threading
import time
from datetime import timedelta
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import shipped
from bot.commands.files.command import command as files
from bot.desk.catalogue import Catalogue
from bot.desk.command import Command
from bot.desk.errors import UsageError
from bot.desk.guide import usage
from bot.desk.parameters import Age, Rest, Size
from bot.desk.reading import read
from bot.desk.request import Request
from bot.desk.words import first, plain, split

LONG = "x" * 9000
command = Command("things", "Look after things.")


@command.sub()
async def find(
    request: Request,
    name: str = "",
    *,
    kind: Literal["small", "large"] | None = None,
    older_than: Age | None = None,
    above: Size = 0,
    count: int = 1,
    loud: bool = False,
    tags: list[str] | None = None,
) -> None:
    """Find things.

    Args:
        name: A part of the name.
        kind: What kind.
        older_than: The least age.
        above: The least size.
        count: How many.
        loud: Say it loudly.
        tags: Words on them.
    """


@command.sub()
async def say(request: Request, who: str, words: Rest, *, loud: bool = False) -> None:
    """Say something to somebody.

    Args:
        who: To whom.
        words: What.
        loud: Loudly.
    """


FIND, SAY = command.subs["find"], command.subs["say"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ('say "two words" end', ["say", "two words", "end"]),
        ("say “two words”", ["say", "two words"]),
        ("say „zwei Wörter“", ["say", "zwei Wörter"]),
        ("don't stop", ["don't", "stop"]),
        ("it’s fine", ["it’s", "fine"]),
        ("—purpose batch", ["--purpose", "batch"]),
        ("–-as x", ["--as", "x"]),
        ("－－as x", ["--as", "x"]),
        ("−−loud ‑‑kind small", ["--loud", "--kind", "small"]),
        ("a — b", ["a", "—", "b"]),
        ('name="a b"', ["name=a b"]),
        ("`file-1`", ["file-1"]),
        ("```file-1``` *file-2* _file-3_ ~ft:a:b::c~", ["file-1", "file-2", "file-3", "ft:a:b::c"]),
        (r"a\ b", ["a b"]),
        (
            '--is {"a": "b \\"c\\"", "d": [1, 2]} e',
            ["--is", '{"a": "b \\"c\\"", "d": [1, 2]}', "e"],
        ),
        ('is={"a": "--loud b"} [1, 2]', ['is={"a": "--loud b"}', "[1, 2]"]),
        ('{"a": b} {c} [', ['{"a":', "b}", "{c}", "["]),
        ("", []),
    ],
)
def test_lines_are_cut_as_meant(line, words):
    assert [word.text for word in split(line)] == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tom &amp; &lt;b&gt;", "tom & <b>"),
        ("info <@U012|ann> in <#C012|general>", "info U012 in C012"),
        ("get <https://a.b/c|a.b>", "get https://a.b/c"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<!here> all", "@here all"),
        ("make <b>bold</b> of a < b > c", "make <b>bold</b> of a < b > c"),
        ("use <http://babbage.ai|babbage.ai>", "use babbage.ai"),
        ("list\u200b --loud\ufeff", "list --loud"),
        ("say \u200fשלום \u200f--loud", "say \u200fשלום --loud"),
    ],
)
def test_slacks_escapes_are_undone(text, meant):
    assert plain(text) == meant


@given(st.text(max_size=80))
def test_no_line_breaks_the_cutting(text):
    for word in split(plain(text)):
        assert 0 <= word.start < word.end <= len(plain(text))


@given(st.text(max_size=80))
def test_any_line_is_read_or_refused_with_a_sentence(text):
    for sub in (FIND, SAY):
        try:
            read(sub, plain(text))
        except UsageError as error:
            assert error.text  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("lamp", {"name": "lamp"}),
        ("--count １２", {"count": 12}),
        ("--kind small", {"kind": "small"}),
        ("kind=small", {"kind": "small"}),
        ("--kind=LARGE", {"kind": "large"}),
        ("--older-than 30d", {"older_than": timedelta(days=30)}),
        ("older_than=2w", {"older_than": timedelta(days=14)}),
        ("--above 1.5MB", {"above": 1_500_000}),
        ("--loud lamp", {"loud": True, "name": "lamp"}),
        ("--no-loud", {"loud": False}),
        ("loud=yes", {"loud": True}),
        ("--tags a,b --tags c", {"tags": ["a", "b", "c"]}),
        ('name="a b" --count 3', {"name": "a b", "count": 3}),
        ("", {}),
    ],
)
def test_words_become_arguments(line, values):
    assert read(FIND, line).values == values


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ann hello there", "hello there"),
        ('ann "hello  there" --loud', "hello  there"),
        ("ann what's up --loud", "what's up"),
        ("ann a --not-mine b", "a --not-mine b"),
        ("ann two\nlines", "two\nlines"),
        ("ann 1=2", "1=2"),
    ],
)
def test_the_rest_of_a_line_is_taken_as_written(line, words):
    assert read(SAY, line).values["words"] == words


@pytest.mark.parametrize(
    ("line", "told", "fix"),
    [
        ("--knd small", "did you mean `--kind`", "--kind small"),
        ("-loud", "begin with two dashes", "--loud"),
        ("-kind=small", "begin with two dashes", "--kind=small"),
        ("knd=small", "did you mean `kind`", "kind=small"),
        ("--kind smal", "must be `small` or `large`", "--kind small"),
        ("smal --kind smal", "must be `small` or `large`", "smal --kind small"),
        ("smal kind=smal", "must be `small` or `large`", "smal kind=small"),
        ("--count many", "must be a whole number", ""),
        ("--older-than soon", "12h, 30d", ""),
        ("--count", "`--count` needs a value", ""),
        ("--as", "`--as` needs a value", ""),
        ("a b", "`b` is one word too many", "a"),
        ("a b c --loud", "`b c` are some words too many", "a --loud"),
        ('"a b', "quote was opened", '"a b"'),
        ("--count 1 --count 2", "given twice", ""),
        ("loud=maybe", "either yes or no", ""),
        ("--page none", "number of a page", ""),
        (f"--page {'9' * 5_000}", "number of a page", ""),
    ],
)
def test_a_wrong_line_is_refused_with_its_fix(line, told, fix):
    with pytest.raises(UsageError) as caught:
        read(FIND, line)

    assert told in caught.value.text
    assert caught.value.fix == fix


def test_a_misspelt_option_behind_text_is_no_part_of_it():
    with pytest.raises(UsageError, match="did you mean `--loud`") as caught:
        read(SAY, "ann hello --luod")

    assert caught.value.fix == "ann hello --loud"


@pytest.mark.parametrize(
    ("line", "option", "fix"),
    [
        ("image a cat --formt gif", "--formt", "a cat --output-format gif"),
        ("image a cat --format gif", "--format", "a cat --output-format gif"),
        ("image a cat —frames 3", "--frames", "a cat --frame-count 3"),
        ('image "a cat" --qualty=high', "--qualty", '"a cat" --quality=high'),
        ("image --siez 1024x1024 a cat", "--siez", "--size 1024x1024 a cat"),
        ("speak hello --vioce alloy", "--vioce", "hello --voice alloy"),
        ("moderate be nice --modle x", "--modle", "be nice --model x"),
        ("models compare a b why? --max-token 9", "--max-token", "a b why? --max-tokens 9"),
    ],
)
def test_every_text_of_a_command_minds_its_misspelt_options(line, option, fix):
    found = shipped.catalogue().find(f"ai {line}")

    with pytest.raises(UsageError, match=f"There is no option `{option}`; did you mean") as caught:
        read(*found)

    assert caught.value.fix == fix


@pytest.mark.parametrize(
    "text",
    ["a cat -- so", "--flag of git", "the --no-verify of git", 'say "--formt"', "a --"],
)
def test_dashes_that_resemble_no_option_are_text(text):
    found = shipped.catalogue().find(f"ai image {text} --n 2")

    assert read(*found).values == {"prompt": text, "n": 2}


def test_all_options_that_share_a_word_are_named():
    found = shipped.catalogue().find("ai image a cat --format gif")

    with pytest.raises(UsageError, match=r"`--output-format` or `--response-format`.*in quotes"):
        read(*found)


@pytest.mark.parametrize("line", [f"models {LONG}", LONG])
def test_of_an_enormous_name_the_beginning_is_repeated(line):
    with pytest.raises(UsageError, match="xxx…") as caught:
        shipped.catalogue().find(line)

    assert len(caught.value.text) < 500


def test_of_an_enormous_word_too_many_the_beginning_is_repeated():
    with pytest.raises(UsageError, match="xxx…") as caught:
        read(FIND, f"a {LONG}")

    assert len(caught.value.text) < 500


def test_files_are_shared_and_not_named_in_a_line():
    upload = files.subs["upload"]

    with pytest.raises(UsageError, match="share them with the message"):
        read(upload, "--files train.jsonl")

    assert "--files" not in usage(upload)


def test_a_missing_argument_says_what_it_is():
    with pytest.raises(UsageError, match="`WHO` is missing: to whom"):
        read(SAY, "")


def test_credentials_and_page_are_no_parameters():
    found = read(FIND, "lamp --as research --page 3")

    assert (found.account, found.page, found.values) == ("research", 3, {"name": "lamp"})


def test_annotations_inside_optional_types_are_seen():
    @command.sub(name="tagged")
    async def tagged(request: Request, *, age: Annotated[Age | None, "x"] = None) -> None:
        """Tag.

        Args:
            age: The age.
        """

    assert command.subs["tagged"].parameters[0].placeholder == "AGE"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('grader chek {"type": "multi"}', 'finetunes grader check {"type": "multi"}'),
        ('grader {"type": "multi"}', 'finetunes grader check {"type": "multi"}'),
        ("grader", "finetunes grader check"),
    ],
)
def test_the_second_word_of_a_sub_command_is_mended(line, fix):
    with pytest.raises(UsageError, match="`check` or `run`") as caught:
        shipped.catalogue().find(f"ai-finetunes {line}")

    assert caught.value.fix == fix


def test_an_option_is_known_by_the_apis_longer_name():
    found = shipped.catalogue().find("ai speak hi --response-format wav")

    with pytest.raises(UsageError) as caught:
        read(*found)

    assert caught.value.fix == "hi --format wav"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"finetunes create --suffix {'x' * 90}", "`suffix` must have at most 64 characters"),
        ("image a fox --n 100", "`n` must be at most 10, not `100`."),
        ('finetunes grader check {"type":"no"}', "`grader` must have a type: string_check"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_in_plain_words(line, told):
    found = shipped.catalogue().find(f"ai {line}")

    with pytest.raises(UsageError) as caught:
        read(*found)

    assert caught.value.text.startswith(told)


def test_the_first_word_is_found_without_reading_the_rest():
    started = time.process_time()

    assert first(f'  "ai files" {"- " * 500_000}')[0] == "ai files"
    assert time.process_time() - started < 0.5


async def test_commands_are_imported_once_and_beside_the_event_loop():
    threads = []

    def load():
        threads.append(threading.current_thread())
        return ()

    commands = Catalogue(load)
    await commands.ready()
    await commands.ready()

    assert commands.commands == {}
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
