import functools
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from functions import Context, Function, function, redacted, testing


class Login(BaseModel):
    user: str = "ann"
    password: SecretStr = SecretStr("hush")


@function(effect="read")
def birthdays(
    year: Annotated[int, Field(alias="in_year")] = 2026, *, context: Context, **days: date
) -> str:
    """Write down birthdays.

    Args:
        days: the birthday of each
    """
    return f"{year} {[f'{name} {day:%d.%m.}' for name, day in days.items()]}"


@function(effect="read")
def logins(**each: Login) -> list[str]:
    return [one.password.get_secret_value() for one in each.values()]


class Shop:
    @function(effect="read")
    def order(self, **amounts: int) -> str:
        return str(amounts)


@function(effect="read")
def anything(f0: int = 0, **rest: Any) -> list[Any]:
    return [f0, rest]


def test_further_keys_are_described_by_their_type() -> None:
    assert testing.schema(birthdays)["parameters"] == {
        "type": "object",
        "properties": {"in_year": {"type": "integer", "default": 2026}},
        "additionalProperties": {
            "type": "string",
            "format": "date",
            "description": "the birthday of each",
        },
        "propertyNames": {"not": {"enum": ["context", "year"]}},
    }
    assert testing.schema(anything)["parameters"]["additionalProperties"] is True


async def test_further_keys_arrive_as_their_type() -> None:
    called = await testing.call(birthdays, {"Ben": "2001-12-24", "in_year": 2027})

    assert called.text == "2027 ['Ben 24.12.']"
    assert (await testing.call(birthdays, {})).text == "2026 []"
    assert (await testing.call(anything, {"f1": 1, "a b": [2]})).text == '[0,{"f1":1,"a b":[2]}]'


WRONG: dict[str, tuple[Function[..., Any], dict[str, Any], str]] = {
    "another type": (birthdays, {"Ben": "soon"}, "Ben: should be a date such as"),
    "the name of an argument of ours": (birthdays, {"context": "2001-12-24"}, "context: is no key"),
    "the Python name of another": (birthdays, {"year": "2001-12-24"}, "year: is no key"),
    "the object of a method": (Shop().order, {"self": 1}, "self: is no key"),
    "null": (logins, {"a": None}, "a: "),
    "an unknown key further in": (logins, {"a": {"usr": "x"}}, "a.usr: is unknown"),
}


@pytest.mark.parametrize(("call", "given", "fault"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_further_keys_are_told(
    call: Function[..., Any], given: dict[str, Any], fault: str
) -> None:
    result = await testing.call(call, given)

    assert not result.ok
    assert fault in result.text


async def test_what_a_partial_has_bound_cannot_be_given() -> None:
    def priced(shop: str, **prices: float) -> str:
        return f"{shop} {prices}"

    call = function(name="priced")(functools.partial(priced, "corner", bread=2.5))

    assert (await testing.call(call, {"milk": 1})).text == "corner {'bread': 2.5, 'milk': 1.0}"
    assert "bread: is no key" in (await testing.call(call, {"bread": 0})).text
    assert "shop: is no key" in (await testing.call(call, {"shop": 0})).text


def test_secret_defaults_are_not_shown_to_the_model() -> None:
    @function(effect="read")
    def enter(
        key: SecretStr = SecretStr("hush"),  # noqa: B008 - what an author may write
        login: Login = Login(),  # noqa: B008
        spare: SecretStr | None = None,
    ) -> None: ...

    shown = testing.schema(enter)["parameters"]

    assert "*" not in str(shown)
    assert "default" not in shown["properties"]["key"]
    assert "default" not in shown["properties"]["login"]
    assert shown["properties"]["spare"]["default"] is None


def test_secrets_inside_of_an_argument_are_hidden_in_the_audit() -> None:
    parameters = testing.schema(logins)["parameters"]

    assert "hush" not in redacted({"a": {"word": "hush"}}, parameters)


async def test_a_decorator_may_replace_what_the_model_gave() -> None:
    def stamped(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def inner(*args: Any, **given: Any) -> Any:
            given["stamp"] = "ours"
            return call(*args, **given)

        return inner

    @function(effect="read")
    @stamped
    def sign(stamp: str = "") -> str:
        return stamp

    assert (await testing.call(sign, {"stamp": "theirs"})).text == "ours"


async def test_stars_without_a_type_behind_what_counts_stay_empty() -> None:
    @function(effect="read")
    def add(a: int, *args, b: int = 1, **kwargs) -> str:
        return f"{a + b} {args} {kwargs}"

    assert (await testing.call(add, {"a": 1})).text == "2 () {}"
    assert "c: is unknown" in (await testing.call(add, {"a": 1, "c": 1})).text


async def test_they_do_so_behind_parameters_that_are_given_by_name() -> None:
    @function(effect="read")
    def page(*, limit: int = 20, **kwargs) -> str:  # as the methods of slack_sdk and other clients
        return f"{limit} {kwargs}"

    assert (await testing.call(page, {"limit": 5})).text == "5 {}"
    assert "c: is unknown" in (await testing.call(page, {"c": 1})).text
