"""Forms as a person fills them in."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.browser.chromium import Tab
from tests.browser.conftest import Look
from tests.browser.test_page import MODAL, say

pytestmark = pytest.mark.browser


async def opened(page: Tab, slack: LocalSlack, bot: AsyncWebClient, labels: list[str]) -> None:
    """Open a form with a menu from which several may be chosen."""
    options = [{"text": {"type": "plain_text", "text": one}, "value": one} for one in labels]
    many: dict[str, Any] = {"type": "multi_static_select", "action_id": "value", "options": options}
    view = {**MODAL, "blocks": [{**MODAL["blocks"][0], "element": many}]}
    await say(page, "/ai form")
    command = (await slack.wait(lambda s: s.log))[0].payload
    await bot.views_open(trigger_id=command["trigger_id"], view=view)


async def test_a_form_that_begins_with_a_menu_of_many_begins_there(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await opened(page, slack, bot, ["One"])

        await page.until("document.activeElement.matches('dialog summary')")


async def test_a_long_list_is_searched_by_words(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    labels = [*(f"GET /pets/{number} · Find a pet" for number in range(20)), "PUT /pets · Name it"]
    async with look("as=U0ANN&channel=C0HELP") as page:
        await opened(page, slack, bot, labels)
        await page.until("document.querySelector('dialog .multi')")
        await page.run("document.querySelector('dialog .multi').open = true")
        await page.run("document.querySelector('dialog .multi > input').focus()")
        await page.type("put name")

        seen = "[...document.querySelectorAll('dialog .tick:not([hidden])')].map(n => n.innerText)"
        assert await page.run(seen) == ["PUT /pets · Name it"]
