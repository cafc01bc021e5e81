"""From what an admin fills in to the function and back: nothing widens, nothing is lost."""

import re

import pytest

from bot.commands.functions.review import framed
from bot.commands.functions.wish import as_values, function_of, skeleton, texts_of
from bot.desk.errors import UsageError
from bot.desk.parameters import as_object
from functions import HttpFunction, SecretHeader


def wanted(earlier: HttpFunction | None = None, **more) -> HttpFunction:
    given = {
        "name": "find_ticket",
        "title": "",
        "description": "Find it.",
        "method": "GET",
        "url": "https://api.example.com/t",
        "secret": "",
        "header": "",
        "effect": "auto",
        "who": "members",
        "people": None,
        "where": "anywhere",
        "channels": None,
        "approve": "auto",
        "approvers": "requester",
        "timeout": 30.0,
        **more,
    }
    return function_of(given, None, earlier)


def http(**more) -> HttpFunction:
    given = {"name": "f", "description": "Does.", "url": "https://api.example.com/t", **more}
    return HttpFunction(**given)


def test_people_who_are_named_are_the_only_ones():
    assert wanted(people=["U0BEN"]).who == ("U0BEN",)


def test_user_groups_stay_when_a_function_is_edited():
    earlier = http(who=("U0BEN", "S0TEAM"))
    values = as_values(earlier)

    made = wanted(earlier, who=values["who"], people=values["people"])

    assert set(made.who) == {"U0BEN", "S0TEAM"}


def test_named_without_a_name_is_refused():
    for more in ({"who": "named"}, {"where": "named"}):
        with pytest.raises(ValueError, match="Name the"):
            wanted(**more)


def test_a_schema_that_is_too_long_for_the_form_stays():
    earlier = http(parameters={"properties": {"a": {"description": "x" * 4_000}}})

    assert "schema" not in as_values(earlier)
    assert wanted(earlier).parameters == earlier.parameters


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", SecretHeader(secret="tickets")),
        ("X-Api-Key", SecretHeader(secret="tickets", header="X-Api-Key", prefix="")),
        ("Authorization: Basic", SecretHeader(secret="tickets", prefix="Basic ")),
    ],
)
def test_a_header_may_name_what_stands_before_the_secret(header, expected):
    made = wanted(secret="TICKETS", header=header)

    assert made.secret == expected
    again = wanted(secret="tickets", header=as_values(made)["header"])
    assert again.secret == expected


def test_a_header_without_a_secret_is_not_passed_over():
    with pytest.raises(UsageError, match="A header is for a secret"):
        wanted(header="X-Version: 2")


def test_curly_quotes_of_a_phone_are_mended():
    assert as_object("{“city”: “Bern”}") == {"city": "Bern"}
    assert as_object('{"said": "a “word”"}') == {"said": "a “word”"}


@pytest.mark.parametrize(
    "text", ["[1]", "nothing", '{"a": }', '{"a": 1e999}', '{"a": NaN}', "[" * 100_000]
)
def test_what_is_no_object_is_told(text):
    with pytest.raises(ValueError, match=r"JSON|deep"):
        as_object(text)


def test_of_a_key_that_is_given_twice_neither_value_is_taken():
    with pytest.raises(ValueError, match="must be JSON: a key is given twice"):
        as_object('{"a": {"b": 1, "b": 2}}')


def test_of_a_number_of_too_many_digits_no_advice_for_python_is_told():
    with pytest.raises(ValueError, match=r"digits\) for integer string conversion$"):
        as_object('{"a": ' + "1" * 5000 + "}")


def test_a_skeleton_has_what_is_needed():
    rules = {"a": {"type": "integer"}, "b": {"enum": ["x"]}, "c": {"type": "string"}}

    assert skeleton({"properties": rules, "required": ["a", "b"]}) == '{"a": 1, "b": "x"}'


def test_without_a_schema_each_place_of_the_url_is_a_text():
    made = texts_of("https://api.example.com/{kind}/{number}?of={kind}")

    assert made == {"properties": {"kind": {"type": "string"}, "number": {"type": "string"}}}
    assert texts_of("https://api.example.com/") == {}


@pytest.mark.parametrize("before", range(5))
def test_a_long_text_in_a_frame_is_cut_between_its_signs(before):
    shown, _, more = framed("x" * before + "&" * 3_000, 0).partition("\n")

    assert re.fullmatch(r"```x*(&amp;)+", shown)
    assert more == f"… and {before + 15_000 - len(shown) + 3:,} more characters```"
