"""/ai-finetunes permissions: who may use a checkpoint, asked with the admin key."""

import pytest_asyncio

from playground.openai import ADMIN_KEY
from tests.commands.conftest import Counter
from tests.commands.test_finetunes import made, model, training
from tests.scenarios.conftest import BEN

__all__ = ["model", "training"]


@pytest_asyncio.fixture
async def counter(stage: Counter) -> Counter:
    """A bot that has an admin key."""
    await stage.start(OPENAI_ADMIN_KEY=ADMIN_KEY)
    return stage


async def checkpoint(counter, training: str) -> str:
    job = await made(counter, training)
    await counter.run(f"/ai-finetunes info {job}")
    return counter.model.jobs.kept[job].plan.model


async def test_projects_are_let_in_shown_and_shut_out(counter, training):
    name = await checkpoint(counter, training)
    seen = await counter.run(f"/ai-finetunes permissions grant {name} proj_1 proj_2")
    assert "proj_1" in seen.text
    await seen.press("Let them use it")
    await seen.becomes("2 more projects may use")

    listed = await counter.run(f"/ai-finetunes permissions {name}")
    assert "proj_2" in listed.text

    seen = await counter.run(f"/ai-finetunes permissions revoke {name} proj_1")
    await seen.press("Take it")
    await seen.becomes("may not use")

    listed = await counter.run(f"/ai-finetunes permissions {name}")
    assert "proj_1" not in listed.text


async def test_an_unknown_checkpoint_is_told_as_such(counter):
    seen = await counter.run("/ai-finetunes permissions ft:nothing")

    assert "has no checkpoint `ft:nothing`" in seen.text


async def test_without_an_admin_key_it_says_where_to_put_one(stage):
    await stage.start(OPENAI_CREDENTIALS='{"lab": {"api_key": "sk-lab-0123456789"}}')

    plain = await stage.run("/ai-finetunes permissions ft:x")
    named = await stage.run("/ai-finetunes permissions ft:x --as lab")

    assert "put it into OPENAI_ADMIN_KEY" in plain.text
    assert "put it into OPENAI_CREDENTIALS, as `admin_key` of `lab`" in named.text
    assert not stage.model.requests


async def test_others_than_admins_do_not_see_permissions(counter):
    seen = await counter.run("/ai-finetunes permissions ft:x", user=BEN)

    assert "Only admins" in seen.text


async def test_a_wrong_admin_key_is_told_as_such(stage):
    await stage.start(OPENAI_ADMIN_KEY="sk-admin-wrong-0123456789")

    seen = await stage.run("/ai-finetunes permissions ft:x")

    assert "does not accept the admin key. Look at OPENAI_ADMIN_KEY" in seen.text
