import io
from typing import Any

import pytest
from http_samples import offered, site, way_to
from hypothesis import given
from hypothesis import strategies as st

from functions import (
    Context,
    File,
    FunctionError,
    HttpFunction,
    function,
    testing,
)
from functions._results.secrets import strike


@function(effect="read")
def chart(context: Context) -> dict[str, Any]:
    """Draw a chart."""
    return {"points": 3, "picture": File("a/b\n.png", b"\x89PNG")}


async def test_files_are_for_people_and_the_model_is_told_of_them() -> None:
    result = await testing.call(chart)

    assert result.text == '{"points":3,"picture":"[file a_b_.png, image/png, 4 bytes]"}'
    assert result.files == (File("a_b_.png", b"\x89PNG", "image/png"),)


async def test_a_file_may_be_the_whole_result() -> None:
    one = function(name="one", effect="read")(lambda: File("x", b"1", "text/csv"))

    assert (await testing.call(one)).text == "[file x, text/csv, 1 bytes]"


async def test_files_of_the_message_are_handed_in_like_those_of_a_result() -> None:
    @function(effect="read")
    async def read(context: Context) -> list[Any]:
        """Read what was attached."""
        return [
            (one.name, one.mimetype, one.size, (await one.read()).decode()) for one in context.files
        ]

    context = testing.fake_context(files=[File("prices.csv", b"1,2")])

    assert (await testing.call(read, {}, context)).text == '[["prices.csv","text/csv",3,"1,2"]]'


async def test_a_file_may_be_what_a_library_has_drawn_into() -> None:
    one = function(name="one", effect="read")(lambda: File("a.png", io.BytesIO(b"png")))

    assert (await testing.call(one)).files == (File("a.png", b"png", "image/png"),)


async def test_files_too_large_or_too_many_are_left_out_and_told() -> None:
    def many() -> list[File]:
        return [File("big", bytes(10_000_001)), *(File(f"{n}.txt", b"x") for n in range(12))]

    result = await testing.call(function(effect="read")(many))

    assert len(result.files) == 10
    assert result.text.count("left out") == 3


@function(dry_run=True)
def pay(sum: int, context: Context) -> str:
    """Pay a sum."""
    return f"would pay {sum}" if context.dry_run else f"paid {sum}"


@function
def launch() -> str:
    """Launch."""
    raise AssertionError("never in a dry run")


async def test_a_dry_run_reaches_only_what_knows_of_it() -> None:
    ledger = testing.FakeLedger()
    dry = testing.fake_context(dry_run=True, ledger=ledger)

    assert (await testing.call(pay, {"sum": 3}, dry)).text == "would pay 3"
    assert "was not run: it has no dry run" in (await testing.call(launch, {}, dry)).text
    assert "is required" in (await testing.call(pay, {}, dry)).text
    assert ledger.lines == {}


async def test_what_cannot_see_that_a_run_is_dry_is_not_run_then() -> None:
    blind = function(name="blind", dry_run=True)(lambda: "done")
    dry = testing.fake_context(dry_run=True)

    assert "was not run: it has no dry run" in (await testing.call(blind, {}, dry)).text
    assert (await testing.call(blind, {})).text == "done"


@function(effect="read")
async def ask_colour(context: Context) -> str:
    """Ask for a colour."""
    return await context.ask("Which colour?", ["red", "blue"])


async def test_the_person_can_be_asked_back() -> None:
    person = testing.Answers("blue")

    result = await testing.call(ask_colour, {}, testing.fake_context(asking=person))

    assert result.text == "blue"
    assert person.asked == [("Which colour?", ("red", "blue"))]


async def test_only_an_option_answers_a_question_that_has_some() -> None:
    context = testing.fake_context(asking=testing.Answers("green"))

    assert not (await testing.call(ask_colour, {}, context)).ok


async def test_where_nobody_can_be_asked_the_model_is_told() -> None:
    assert "cannot be asked here" in (await testing.call(ask_colour)).text
    silent = testing.fake_context(asking=testing.Answers())
    assert "did not answer" in (await testing.call(ask_colour, {}, silent)).text


SECRET = 'päss"word/1+2='


@function(effect="read")
async def leak(way: str, context: Context) -> Any:
    """Give a secret away."""
    secret = context.secret("KEY")
    await context.progress(f"using {secret}")
    await context.ask(f"May I use {secret}?")
    if way == "raise":
        raise FunctionError(f"bad key {secret}")
    if way == "crash":
        raise RuntimeError(secret)
    return {"json": {"key": [secret]}, "text": f"key={secret}", "file": secret * 3000}[way]


@pytest.mark.parametrize("way", ["json", "text", "file", "raise", "crash"])
async def test_a_secret_stands_in_no_result_error_progress_question_or_context(way: str) -> None:
    progress, person = testing.Progress(), testing.Answers("yes")
    context = testing.fake_context(secrets={"key": SECRET}, report=progress, asking=person)

    result = await testing.call(leak, {"way": way}, context)

    shown = "".join([result.text, result.note, *progress.texts, repr(person.asked), repr(context)])
    assert "word/1+2" not in shown


@given(st.text(min_size=4, max_size=20), st.text(max_size=30), st.text(max_size=30))
def test_a_secret_is_struck_wherever_it_stands(secret: str, before: str, after: str) -> None:
    struck = strike(before + secret + after, [secret])

    assert secret not in struck or secret in "[secret]"


def test_of_two_secrets_that_begin_alike_nothing_is_left() -> None:
    for secrets in (["key-1", "key-1-of-ann"], ["key-1-of-ann", "key-1"]):
        assert strike("key-1-of-ann, key-1", secrets) == "[secret], [secret]"


async def test_what_is_approved_is_what_runs() -> None:
    async with site() as place:
        url = f"{place.origin}/things"
        schema = {"properties": {"n": {"type": "integer"}}}
        post = HttpFunction(name="post", description="d", url=url, method="POST", parameters=schema)
        registry = await offered(post, way_to(place))
        yes, no = testing.Approves(), testing.Approves("Ann denied it.")
        allowed = await registry.call("post", '{"n": 1}', testing.fake_context(approval=yes))
        denied = await registry.call("post", '{"n": 2}', testing.fake_context(approval=no))

    assert allowed.ok
    assert (denied.text, denied.note) == ("Ann denied it.", "not approved")
    assert [request["body"] for request in place.requests] == ['{"n":1}']
    assert [request.arguments for request in yes.requests] == ['{"n": 1}']
