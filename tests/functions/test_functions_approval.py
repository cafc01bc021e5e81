"""Which calls people must approve, what they are asked, and what the audit keeps of it."""

import asyncio
import json
import threading
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from functions import DeclarationError, HttpFunction, Registry, function, testing
from functions._calling.ready import redacted


@function(approve=lambda given: given["amount"] > given["limit"])
def pay(amount: int, to: str = "Ben", limit: int = 100) -> str:
    """Pay."""
    return f"paid {amount}"


async def approval_request(one: Any, **given: Any) -> Any:
    return await Registry([one]).approval_request(
        one.rules.name, json.dumps(given), testing.fake_context()
    )


async def test_a_predicate_sees_the_defaults():
    assert await approval_request(pay, amount=100) is None
    assert (await approval_request(pay, amount=101)).defaults == {"to": "Ben", "limit": 100}
    assert await approval_request(pay, amount=101, limit=200) is None


async def test_a_null_that_stands_for_the_default_is_shown_as_what_will_run():
    asked = await approval_request(pay, amount=500, limit=None)

    assert json.loads(asked.arguments) == {"amount": 500}
    assert asked.defaults == {"to": "Ben", "limit": 100}


class Line(BaseModel):
    item: str
    count: int = 1


class Note(BaseModel):
    text: str
    loud: bool = False


async def test_what_stands_for_what_parts_of_the_arguments_leave_out_is_shown():
    @function(approve="always", strict=False)
    def order(lines: list[Line], note: Note | Line | None = None, by: Line | None = None) -> None:
        """Order."""

    lines = [{"item": "pen"}, {"item": "ink", "count": 2}]

    asked = await approval_request(order, lines=lines, note={"text": "soon"})

    assert asked.defaults == {"lines[0].count": 1, "note.loud": False, "by": None}


def test_so_it_is_for_an_http_function():
    schema = {"properties": {"to": {"type": "string"}, "amount": {"type": "integer", "default": 5}}}
    values = {"name": "pay", "description": "Pay.", "method": "POST", "parameters": schema}
    entry = Registry().admit(HttpFunction(**values, url="https://a.example/pay"))

    values, given = entry.read('{"to": "Ben", "amount": null}')

    assert values == {"to": "Ben", "amount": 5}
    assert json.loads(given) == {"to": "Ben"}


async def test_a_predicate_that_fails_asks():
    @function(approve=lambda given: given["nothing"] > 1)
    def odd() -> str:
        """Do something odd."""
        return "odd"

    assert await approval_request(odd) is not None
    assert not (await testing.call(odd)).ok


async def test_wrong_arguments_are_nothing_to_ask_about():
    assert await approval_request(pay, amount="many") is None
    assert await approval_request(pay, amount=500, other=1) is None


async def test_who_may_not_call_it_is_nothing_to_ask_about():
    @function(approve="always", who="admins")
    def close() -> str:
        """Close."""
        return "closed"

    assert await approval_request(close) is None


async def test_a_dry_run_is_nothing_to_ask_about():
    registry = Registry([pay])

    context = testing.fake_context(dry_run=True)
    assert await registry.approval_request("pay", '{"amount": 500}', context) is None


@pytest.mark.parametrize(
    "option",
    [
        {"approve": "maybe"},
        {"approve": True},
        {"approve": lambda: True},
        {"approve": lambda given, context: True},
        {"approvers": []},
    ],
)
def test_rules_that_mean_nothing_are_refused(option):
    with pytest.raises(DeclarationError):
        function(name="any", **option)(lambda: "")


@pytest.mark.parametrize("approvers", ["everyone", ["ben"], ["S0GROUP"], "U0BEN"])
def test_approvers_are_people(approvers):
    with pytest.raises(DeclarationError, match="approvers"):
        function(name="any", approvers=approvers)(lambda: "")


def test_who_may_approve_is_not_said_where_nobody_must():
    with pytest.raises(DeclarationError, match='add approve="always"'):
        function(name="any", approvers=["U0BEN"])(lambda: "")


async def test_a_predicate_may_be_async():
    async def much(given: Any) -> bool:
        await asyncio.sleep(0)
        return given["amount"] > 100

    def paid(amount: int) -> None:
        """Pay."""

    pay = function(name="pay", approve=much)(paid)

    assert await approval_request(pay, amount=100) is None
    assert await approval_request(pay, amount=101) is not None


async def test_a_predicate_that_waits_holds_nobody_up():
    waiting = threading.Event()

    @function(approve=lambda given: waiting.wait(5))
    def slow() -> None:
        """Ask slowly."""

    asked = asyncio.create_task(approval_request(slow))
    await asyncio.sleep(0)

    assert not asked.done()
    waiting.set()
    assert await asked is not None


async def test_a_predicate_that_takes_longer_than_the_function_may_asks():
    waiting = threading.Event()

    @function(approve=lambda given: waiting.wait(60) and False, timeout=0.05)
    def slow() -> str:
        """Ask for ever."""
        return "slow"

    assert await approval_request(slow) is not None
    assert "nobody can be asked" in (await testing.call(slow)).text
    waiting.set()


async def test_what_was_asked_counts_whatever_the_predicate_says_now():
    approval = testing.Approves("pay was not run: denied.")
    context = testing.fake_context(approval=approval)
    approval.requests.append(
        await Registry([pay]).approval_request(
            "pay", '{"amount": 500}', context
        )  # asked when it was needed
    )

    assert "denied" in (await testing.call(pay, {"amount": 1}, context)).text


async def test_the_digest_binds_arguments_and_declaration():
    def other(amount: int, to: str = "Cy", limit: int = 100) -> str:
        """Pay."""
        return ""

    changed = function(name="pay", approve="always")(other)
    asked = await approval_request(pay, amount=500)

    assert asked.digest == (await approval_request(pay, amount=500)).digest
    assert asked.digest != (await approval_request(pay, amount=501)).digest
    assert asked.digest != (await approval_request(changed, amount=500)).digest


def test_the_digest_binds_the_code_wherever_it_stands(tmp_path):
    def asked(text: str, folder: str) -> str:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "money.py").write_text(text)
        entry = Registry.load([tmp_path / folder]).functions["pay"]
        return json.dumps(json.loads(entry.definition)[1:])  # the first is the folder's own

    head = "from functions import function\n@function\ndef pay(amount: int) -> str:\n"
    body = '    "Pay."\n    return str([one for one in "ab" if one in {"a", "b", "c"}])\n'

    assert asked(head + body, "a") == asked(f"# moved\n\n{head}{body}", "b")
    assert asked(head + body, "c") != asked(head + body.replace('"c"', '"d"'), "d")


@pytest.mark.parametrize("field", [{"url": "https://b.example/pay"}, {"method": "PUT"}])
def test_the_digest_binds_where_an_http_function_goes(field):
    def made(**changed: Any) -> str:
        values = {"name": "pay", "description": "Pay.", "method": "POST"}
        one = HttpFunction(**{**values, "url": "https://a.example/pay", **changed})
        registry = Registry()
        entry = registry.admit(one)
        return entry.definition

    assert made() != made(**field)


@pytest.mark.parametrize(
    "name", ["password", "apiKey", "API_KEY", "access-token", "clientSecret", "passwd", "pin"]
)
def test_secrets_are_hidden_from_the_audit(name):
    assert json.loads(redacted({name: "hunter2"}, {})) == {name: "•••"}
    assert "hunter2" not in redacted({"inner": [{name: "hunter2"}]}, {})


async def test_fields_of_a_secret_type_are_hidden_from_the_audit():
    @function(approve="always")
    def enter(door: str, code: SecretStr | None = None) -> str:
        """Enter."""
        return ""

    asked = await approval_request(enter, door="A", code="1234")

    assert json.loads(asked.redacted)["code"] == "•••"


@pytest.mark.parametrize("name", ["amount", "keyboard", "spinning"])
def test_other_fields_stay(name):
    shown = redacted({name: 5}, {})
    assert "5" in shown


def test_the_trace_is_bounded():
    assert len(redacted({f"field{n}": "x" * 79 for n in range(100)}, {})) <= 1000
