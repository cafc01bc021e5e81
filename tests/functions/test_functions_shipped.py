import contextlib
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import Context, RetryCall, User, testing
from functions.calculate import calculate
from functions.current_time import current_time
from functions.find_user import find_user
from functions.search_messages import search_messages

EXACT = {
    "0.1 + 0.2": "0.3",
    "2 ** 100": str(2**100),
    "7 // 2 + 7 % 4": "6",
    "-7 // 2": "-4",
    "-2 ** 2": "-4",
    "2 ^ 3 ^ 2": "512",
    "1e3 × 2 ÷ 4 − 1": "499",
    "（１＋２）×３": "9",
    "٣ + ٤": "7",
    "15% of 80": "12",
    "(10 + 5)% of 80 + 1e3% * 2": "32",
    "10% + 5% + 2%": "0.17",
    "80 * (1 + 15%)": "92",
    "10% + 5%": "0.15",
    "10 % 3": "1",
    "17 % (-5)": "-3",
    "17% - 5": "-4.83",
    "log10(10 ** 3800)": "3800",
    "log(0.001, 10)": "-3",
    "sqrt(16) + root(27, 3) + 32 ** 0.2": "9",
    "sqrt(1/4)": "0.5",
    "round(2.5) + round(-2.5) + round(2.675, 2)": "2.68",
    "max(1, 2.5, -3) - min(4, 3) + abs(-1)": "0.5",
    "sum(1, 2, 3) / average(1, 3)": "3",
    "factorial(20)": "2432902008176640000",
    "gcd(12, 18) + lcm(4, 6)": "18",
    "log10(1000) + log(8, 2)": "6",
    "floor(-0.5) + ceil(0.5)": "0",
    "1_000_000 * .5": "500000",
    "007 + 1.50": "8.5",
    "+".join(["1"] * 500): "500",
}


@pytest.mark.parametrize(("expression", "result"), EXACT.items(), ids=EXACT.keys())
async def test_arithmetic_is_exact(expression: str, result: str) -> None:
    answer = await testing.call(calculate, {"expression": expression})

    assert answer.text == f"{result} (exact)"


ROUNDED = {
    "sqrt(2)": "about 1.4142135623731 (rounded to 14 digits)",
    "pi": "about 3.1415926535898 (rounded to 14 digits)",
    "ln(1.0000001)": "about 0.000000099999995",
    "exp(1) - e": "about 0",
    "log(1.5, 1.0001)": "about 4054.85",
    "log(3, 1.0002)": "about 5493.61",
    "sin(pi / 2)": "about 1 (rounded to 14 digits)",
    "2 ** -9000": "about 5.3708005432006e-2710",
    "1 / 3": "1/3 (exact), about 0.33333333333333 (rounded to 14 digits)",
}


@pytest.mark.parametrize(("expression", "start"), ROUNDED.items(), ids=ROUNDED.keys())
async def test_what_is_rounded_says_so(expression: str, start: str) -> None:
    answer = await testing.call(calculate, {"expression": expression})

    assert answer.text.startswith(start), answer.text
    assert "rounded" in answer.text


REFUSED = {
    "1 / 0": "zero",
    "1 % 0": "zero",
    "0 ** -1": "negative power",
    "0 ** -pi": "negative power",
    "9 ** 9 ** 9": "too large",
    "1e9999": "too long",
    "1e999999999999": "read",
    "sqrt(1e-3000)": "too large or small",
    "factorial(1001)": "1,000",
    "factorial(2.5)": "whole",
    "exp(1000000)": "too large",
    "80 + 15%": "two things",
    "80 - (5 + 5)%": "two things",
    "17 % -5": "x % (-5)",
    "10 % +3": "x % (+5)",
    "100%-x": "two things",
    "1,234 * 2": "separators",
    "2(3)": "operator",
    "(1": "parenthesis",
    "": "arguments are wrong",
    "   ": "missing",
    "(" * 60 + "1" + ")" * 60: "nested",
    "-" * 999 + "1": "nested",
    "sqrt(-1)": "negative",
    "(-8) ** (1/3)": "negative",
    "ln(0)": "above zero",
    "log(5, 1)": "base",
    "asin(2)": "not defined",
    "sin(1e9)": "1,000,000",
    "sqroot(4)": "Did you mean",
    "sqrt(1, 2)": "takes 1 number",
    "__import__('os')": "read",
    "a.b": "read",
    "1 if 1 else 2": "operator",
    "1j + 0x10": "read",
    "max(*pi)": "read",
}


@pytest.mark.parametrize(("expression", "word"), REFUSED.items(), ids=list(REFUSED))
async def test_what_cannot_be_worked_out_is_said(expression: str, word: str) -> None:
    answer = await testing.call(calculate, {"expression": expression})

    assert not answer.ok
    assert word in answer.text


@given(st.text("0123456789.+-*/%() ,episqrtmax^", max_size=30))
def test_any_expression_is_worked_out_or_refused(expression: str) -> None:
    with contextlib.suppress(RetryCall):
        assert calculate(expression)


@given(st.integers(-999, 999), st.integers(1, 999), st.sampled_from(["+", "-", "*", "//", "%"]))
def test_whole_numbers_come_out_as_in_python(left: int, right: int, sign: str) -> None:
    expected = eval(f"{left} {sign} {right}")  # noqa: S307 - made of three numbers and signs

    assert calculate(f"({left}) {sign} {right}") == f"{expected} (exact)"


NOON = 1_768_478_400.0  # 2026-01-15 12:00 UTC


async def test_the_time_is_told_in_the_askers_zone() -> None:
    context = testing.fake_context(clock=lambda: NOON)

    answer = await testing.call(current_time, "", context)

    assert answer.text == (
        '{"zone":"Europe/Berlin","date":"2026-01-15","weekday":"Thursday","time":"13:00:00",'
        '"offset":"UTC+01:00","utc":"2026-01-15T12:00:00Z"}'
    )


async def test_without_a_known_zone_it_is_utc_and_says_so() -> None:
    context = testing.fake_context(user=User(id="U1"), clock=lambda: NOON)

    answer = await testing.call(current_time, "", context)

    assert '"time":"12:00:00"' in answer.text
    assert "not known" in answer.text


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Kolkata", "+05:30"), ("america/st_johns", "-03:30"), ("UTC", "+00:00")],
)
async def test_any_zone_can_be_asked_for(zone: str, offset: str) -> None:
    context = testing.fake_context(clock=lambda: NOON)

    assert f"UTC{offset}" in (await testing.call(current_time, {"zone": zone}, context)).text


@pytest.mark.parametrize(
    ("zone", "likely"),
    [
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("Europe/Berln", "Europe/Berlin"),
        ("../../etc/passwd", "Europe/Berlin"),
        ("Europe", "Europe/Berlin"),
        ("\x00", "Europe/Berlin"),
    ],
)
async def test_unknown_zones_are_refused_with_the_likely_ones(zone: str, likely: str) -> None:
    answer = await testing.call(current_time, {"zone": zone})

    assert not answer.ok
    assert likely in answer.text


async def found(*messages: testing.Message, limit: int | None = None, **context: Any) -> list[Any]:
    given = testing.fake_context(messages=messages, **context)
    asked = {"query": "deploy"} | ({"limit": limit} if limit else {})
    told = json.loads((await testing.call(search_messages, asked, given)).text)
    return cast("list[Any]", told["messages"])


async def test_earlier_messages_are_found() -> None:
    noon = int(NOON * 1000)

    near, far = await found(
        testing.Message(text="the deploy is at noon", created=noon),
        testing.Message(text="deploy " + "x" * 900, created=noon, thread_ts="9.0"),
    )

    assert near == {
        "when": "2026-01-15 13:00 CET",
        "who": "Bob",
        "this_conversation": True,
        "text": "the deploy is at noon",
    }
    assert not far["this_conversation"]
    assert far["text"] == "deploy " + "x" * 493 + "…"


async def test_a_message_that_just_fits_is_told_whole() -> None:
    [told] = await found(testing.Message(text="deploy".ljust(500, ".")))

    assert told["text"] == "deploy".ljust(500, ".")


@pytest.mark.parametrize(
    ("name", "user", "who"),
    [("Bob", "U0BOB", "Bob"), (None, "U0BOB", "U0BOB"), (None, None, "the assistant")],
)
async def test_a_message_has_an_author(name: str | None, user: str | None, who: str) -> None:
    [told] = await found(testing.Message(text="deploy", name=name, user=user))

    assert told["who"] == who


@pytest.mark.parametrize("tz", ["", "Mars/Base"])
async def test_a_time_is_that_of_utc_where_no_zone_is_known(tz: str) -> None:
    [told] = await found(testing.Message(text="deploy"), user=User(id="U1", tz=tz))

    assert told["when"] == "1970-01-01 00:00 UTC"


async def test_the_question_itself_is_not_found_and_takes_no_place() -> None:
    own = testing.Message(text="any deploy?", event="E1")
    others = [testing.Message(text=f"deploy {n}") for n in range(9)]

    assert [told["text"] for told in await found(own, *others, limit=2)] == ["deploy 0", "deploy 1"]
    assert len(await found(own, *others)) == 8


async def test_nothing_found_is_said() -> None:
    assert "Nothing was found" in (await testing.call(search_messages, {"query": "x"})).text
    assert "Nobody" in (await testing.call(find_user, {"who": "x"})).text


BOB = testing.Person(id="U0BOB", name="bob", real_name="Bob Stone", tz="Asia/Tokyo", title="Chef")


@pytest.mark.parametrize("who", ["bob", "Stone", "@bob", "<@U0BOB>", "<@U0BOB|bob>", "U0BOB"])
async def test_people_are_found(who: str) -> None:
    context = testing.fake_context(people=[BOB], clock=lambda: NOON)

    answer = await testing.call(find_user, {"who": who}, context)

    assert '"mention":"<@U0BOB>"' in answer.text
    assert '"title":"Chef"' in answer.text
    assert '"local_time":"Thursday 21:00"' in answer.text


@pytest.mark.parametrize(
    ("person", "told"),
    [
        (testing.Person(id="U1", name="bo"), {"name": "bo", "called": "bo"}),
        (testing.Person(id="U1", name="bo", is_guest=True), {"name": "bo", "kind": "guest"}),
        (testing.Person(id="U1", name="bo", is_bot=True, tz="Mars/Base"),
         {"name": "bo", "time_zone": "Mars/Base", "kind": "app"}),
        (testing.Person(id="U1", name="bo", real_name="Bo Lee"), {"name": "Bo Lee"}),
    ],
)  # fmt: skip
async def test_of_a_person_only_what_is_known_is_told(
    person: testing.Person, told: dict[str, str]
) -> None:
    answer = await testing.call(find_user, {"who": "bo"}, testing.fake_context(people=[person]))

    expected = {"mention": "<@U1>", "called": "bo", **told}
    assert json.loads(answer.text) == {"people": [expected]}


async def test_a_lone_at_sign_names_nobody() -> None:
    answer = await testing.call(find_user, {"who": " @ "}, testing.fake_context(people=[BOB]))

    assert not answer.ok
    assert "Give a name" in answer.text


async def test_where_no_port_is_there_the_model_is_told() -> None:
    bare = Context(user=User(id="U1"))

    assert "cannot be searched" in (await testing.call(search_messages, {"query": "x"}, bare)).text
    assert "cannot be looked up" in (await testing.call(find_user, {"who": "x"}, bare)).text
