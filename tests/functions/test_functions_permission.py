from dataclasses import replace
from typing import Any

import pytest

from functions import DeclarationError, Registry, User, function, testing
from functions.testing import ADMIN, ANN

GUEST = User(id="U0GUEST", is_guest=True)
STRANGER = User(id="U0FAR", team="T0OTHER")
HOME = User(id="U0HOME", team="T0LOCAL")

WHO: list[tuple[Any, User, bool]] = [
    ("members", ANN, True),
    ("members", HOME, True),
    ("members", GUEST, False),
    ("members", STRANGER, False),
    ("everyone", GUEST, True),
    ("everyone", STRANGER, True),
    ("admins", ANN, False),
    ("admins", ADMIN, True),
    (["U0ANN"], ANN, True),
    (["U0ANN"], ADMIN, False),
]
WHERE: list[tuple[Any, bool, bool]] = [
    ("anywhere", True, True),
    ("channels", False, True),
    ("channels", True, False),
    ("dms", True, True),
    ("dms", False, False),
    (["C0GENERAL"], False, True),
    (["C0OTHER"], False, False),
]


async def check(options: dict[str, Any], context: Any, allowed: bool) -> None:
    runs: list[int] = []

    @function(**options)
    async def open_door() -> None:
        runs.append(1)

    registry = Registry([open_door])
    result = await registry.call("open_door", "{}", context)

    assert bool(registry.tools(context)) == allowed
    assert bool(runs) == result.ok == allowed


@pytest.mark.parametrize(("who", "user", "allowed"), WHO)
async def test_only_those_named_are_offered_it_and_may_call_it(
    who: Any, user: User, allowed: bool
) -> None:
    await check({"who": who}, replace(testing.fake_context(), user=user), allowed)


@pytest.mark.parametrize(("where", "is_dm", "allowed"), WHERE)
async def test_it_works_only_where_it_should(where: Any, is_dm: bool, allowed: bool) -> None:
    await check({"where": where}, testing.fake_context(is_dm=is_dm), allowed)


@pytest.mark.parametrize(
    "options",
    [
        {"who": "admin"},
        {"who": ["ann"]},
        {"who": []},
        {"who": ["C0GENERAL"]},
        {"where": "general"},
        {"where": ["#general"]},
        {"where": ["U0ANN"]},
        {"where": [["C0GENERAL"]]},
    ],
)
def test_a_rule_that_would_let_nobody_through_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match="it must be"):
        function(name="open_door", **options)(lambda: "open")


async def test_wrong_names_do_not_tell_what_others_may_call() -> None:
    @function(who="admins")
    async def open_vault() -> None: ...

    result = await Registry([open_vault]).call("open_vaul", "{}", testing.fake_context())

    assert "open_vault" not in result.text
