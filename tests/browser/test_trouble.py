"""The model's server and the bot, stopped and started again on the page."""

import pytest

from playground.answers import choose
from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from playground.welcome import notices
from tests.browser.conftest import Look
from tests.browser.test_page import shows

pytestmark = pytest.mark.browser

BOT = ".switch-row:last-child"


async def test_trouble_can_be_tried_and_a_stopped_model_is_started_again(
    slack: LocalSlack, look: Look
) -> None:
    async with LocalOpenAI() as model:
        slack.notices.extend(notices(choose({}, model.url)))
        slack.let_stop(model)
        async with look("as=U0ANN&channel=D0ANN") as page:
            await page.until("document.querySelector('#notice .link')")
            await page.click("#help")
            await page.until(shows("fail 2 times with 503", ".dialog"))
            await page.click(".switch-row button")
            await page.until(shows("server is stopped", "#notice"))
            await page.until(shows("Start it again", ".switch-row"))
            assert not model.is_on
            await page.click("#notice .link")
            await page.until(shows("stand-in", "#notice"))
            await page.until(shows("The model's server runs", ".switch-row"))

            assert model.is_on


class Sleeper:
    """A bot of which only life and death are known."""

    def __init__(self, slack: LocalSlack) -> None:
        self.slack = slack

    async def start(self) -> None:
        self.slack.bot_started()

    async def kill(self) -> None:
        self.slack.bot_ended("was ended by SIGKILL.")


async def test_a_bot_can_be_killed_and_started_again(slack: LocalSlack, look: Look) -> None:
    slack.notices.extend(notices(choose({}, "http://127.0.0.1:1/v1")))
    slack.let_crash(Sleeper(slack))
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until("document.querySelector('#notice .link')")
        await page.click("#help")
        await page.click(f"{BOT} button")
        await page.until(shows("The bot has ended.", BOT))
        await page.until(shows("was ended by SIGKILL.", "#lost"))
        await page.click("#lost .link")
        await page.until("document.querySelector('#lost').hidden")

        assert await page.run(shows("The bot runs.", BOT))
