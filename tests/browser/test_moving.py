"""Going from place to place on the page, and what goes along."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.browser.conftest import Look
from tests.browser.test_page import COMPOSER, IM, MODAL, go, say, shows

pytestmark = pytest.mark.browser

HELP = "C0HELP"
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
JUMP = "#thread .jump:not([hidden])"
OPEN = "Boolean(document.querySelector('dialog[open]'))"
TOOL = """{{
    const message = document.querySelector("#conversation .message{}");
    message.dispatchEvent(new Event("pointerenter"));
    message.querySelector("[aria-label={}]").click();
}}"""
FIELD = "document.querySelector('dialog input').value"


async def test_back_leads_to_the_channel_before(slack: LocalSlack, look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await go(page, "general")
        await page.until(f"document.querySelector('{COMPOSER}').placeholder.includes('#general')")

        await page.run("history.back()")

        await page.until(f"document.querySelector('{COMPOSER}').placeholder.includes('#ask-')")
        await page.until("location.search.includes('C0HELP')")


async def test_what_was_written_and_not_sent_outlives_a_reload(look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await page.run(f"document.querySelector('{COMPOSER}').focus()")
        await page.type("half a sentence")

        await page.reload()

        await page.until(f"document.querySelector('{COMPOSER}').value === 'half a sentence'")


async def test_the_thread_of_a_message_from_another_page_opens_only_there(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        question = await slack.say(IM, "U0ANN", "What time is it?")
        await page.until(shows("What time", "#conversation"))

        await bot.chat_postMessage(channel=IM, thread_ts=question, text="Noon.")

        await page.until(shows("1 reply", "#conversation"))
        assert await page.run("document.querySelector('#thread').hidden")


async def test_who_scrolled_up_is_led_back_to_an_answer_that_grows(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    question = await slack.say(HELP, "U0ANN", "Tell me a story.")
    opened = {"channel": HELP, "thread_ts": question, "recipient_user_id": "U0ANN"}
    answer = await bot.chat_startStream(**opened, recipient_team_id="T0LOCAL")
    lines = "\n\n".join(f"line {number}" for number in range(80))
    async with look(f"as=U0ANN&channel={HELP}&thread={question}") as page:
        await bot.chat_appendStream(channel=HELP, ts=answer["ts"], markdown_text=lines)
        await page.until(shows("line 79"))
        await page.until("document.querySelector('#thread .scroller').scrollTop > 0")
        await page.run("document.querySelector('#thread .scroller').scrollTop = 0")
        await page.run(FRAMES)  # until the page knows

        await bot.chat_appendStream(channel=HELP, ts=answer["ts"], markdown_text="\n\nmore")

        await page.click(JUMP)
        await page.until("document.querySelector('#thread .scroller').scrollTop > 0")


async def test_arrow_up_in_an_empty_box_edits_the_last_message(
    slack: LocalSlack, look: Look
) -> None:
    for words in ("first", "last"):
        await slack.say(IM, "U0ANN", words)
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until(shows("last", "#conversation"))
        await page.run(f"document.querySelector('{COMPOSER}').focus()")

        await page.press("ArrowUp", 38)
        await page.until("document.activeElement.value === 'last'")
        await page.type(", and more")
        await page.enter()

        await slack.wait(lambda s: "last, and more" in s.messages(IM)[-1]["text"])
        await page.until(f"document.activeElement.matches('{COMPOSER}')")


async def test_a_thread_that_the_server_does_not_know_any_more_is_closed(look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP&thread=1700000000.000100") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")

        await page.until("document.querySelector('#thread').hidden")
        assert await page.run("!location.search.includes('thread')")


async def test_a_modal_opens_only_on_the_page_that_asked_for_it(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        elsewhere = await slack.command("/ai form", "U0ANN", HELP)
        await bot.views_open(trigger_id=elsewhere.payload["trigger_id"], view=MODAL)
        await slack.say(HELP, "U0BEN", "later")
        await page.until(shows("later", "#conversation"))

        assert not await page.run(OPEN)


async def test_what_was_typed_into_a_modal_outlives_a_broken_connection(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await say(page, "/ai form")
        command = (await slack.wait(lambda s: s.log))[0].payload
        await bot.views_open(trigger_id=command["trigger_id"], view=MODAL)
        await page.until(OPEN)
        await page.type("Zoe")

        await slack.close()
        await page.until("!document.querySelector('#lost').hidden")
        await slack.start()
        await page.until("document.querySelector('#lost').hidden")

        assert await page.run(f"{OPEN} && {FIELD}") == "Zoe"
        page.complaints.clear()  # the attempts in between were refused, as they had to be


async def test_a_reader_stays_where_they_are_while_the_connection_breaks(
    slack: LocalSlack, look: Look
) -> None:
    for number in range(40):
        await slack.say(HELP, "U0ANN", f"message {number}")
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(shows("message 39", "#conversation"))
        await page.run("document.querySelector('#conversation .scroller').scrollTop = 90")
        await page.run(TOOL.format("", "Edit"))
        await page.type(", and more")

        await slack.close()
        await page.until("!document.querySelector('#lost').hidden")
        await slack.start()
        await page.until("document.querySelector('#lost').hidden")

        assert await page.run("document.querySelector('.edit-box textarea').value.slice(-10)") == (
            ", and more"
        )
        assert await page.run("document.querySelector('#conversation .scroller').scrollTop") < 200
        page.complaints.clear()  # the attempts in between were refused, as they had to be


async def test_what_was_dismissed_stays_away(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        for text in ("first", "second"):
            await bot.chat_postEphemeral(channel=HELP, user="U0ANN", text=text)
        await page.until("document.querySelectorAll('.ephemeral').length === 2")
        await page.run(TOOL.format(".ephemeral", "Dismiss"))
        await page.until("document.querySelectorAll('.ephemeral').length === 1")

        await page.reload()

        await page.until("document.querySelector('.ephemeral')")
        assert await page.run("document.querySelectorAll('.ephemeral').length") == 1


async def test_tools_of_a_message_go_with_the_focus(slack: LocalSlack, look: Look) -> None:
    for words in ("one", "two"):
        await slack.say("C0HELP", "U0BEN", words)

    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until("document.querySelectorAll('.message').length === 2")
        await page.run("document.querySelectorAll('.message').forEach(node => node.focus())")

        assert await page.run("document.querySelectorAll('.toolbar').length") == 1


async def test_focus_returns_to_the_message_whose_deletion_is_given_up(
    slack: LocalSlack, look: Look
) -> None:
    await slack.say(HELP, "U0ANN", "to be kept")

    async with look(f"as=U0ANN&channel={HELP}") as page:
        await page.until(shows("to be kept", "#conversation"))
        await page.run("document.querySelector('#conversation .message').focus()")
        await page.run("document.querySelector('.toolbar [aria-label=Delete]').focus()")
        await page.enter()
        await page.until(OPEN)

        await page.press("Escape", 27)

        await page.until(f"!{OPEN}")
        await page.until("document.activeElement.closest('.message')")


async def test_a_picture_opens_by_itself_in_its_full_size(slack: LocalSlack, look: Look) -> None:
    picture = slack.upload("U0ANN", "curve.png", b"\x89PNG\r\n\x1a\n")
    await slack.say(HELP, "U0ANN", "look", files=[picture])

    async with look(f"as=U0ANN&channel={HELP}") as page:
        await page.until("document.querySelector('a:has(.file-picture)')")

        link = "document.querySelector('a:has(.file-picture)')"
        assert await page.run(f"{link}.href.endsWith('{picture}') && {link}.target === '_blank'")
