"""The page as a newcomer meets it."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.browser.chromium import Tab
from tests.browser.conftest import Look

pytestmark = pytest.mark.browser

IM = "D0ANN"
COMPOSER = "#conversation textarea"
SELECT = """{
    const words = document.querySelector("#thread .live p").firstChild;
    getSelection().setBaseAndExtent(words, 0, words, 7);
}"""
AT_END = """(({ scrollHeight, scrollTop, clientHeight }) =>
    scrollHeight > 2 * clientHeight && scrollHeight - scrollTop - clientHeight < 2
)(document.querySelector("#conversation .scroller"))"""
HOSTILE = """<img src=x onerror="alert(1)"> [run](javascript:alert(1)) [go](https://example.com)

| a | b |
|---|---|
| <script>alert(1)</script> | `c` |
"""
BESIDE = """(find => find("#thread").getBoundingClientRect().left
    >= find("#main").getBoundingClientRect().right)(name => document.querySelector(name))"""
SIDES = """[...document.querySelectorAll("#thread .md :is(p, li)")].slice(1).map((node) => {
    const words = document.createRange();
    words.selectNodeContents(node);
    const [text, box] = [words.getBoundingClientRect(), node.getBoundingClientRect()];
    return box.right - text.right < 2 ? "right" : text.left - box.left < 2 ? "left" : "between";
})"""
WIDE_TABLE = f"| a | b | c |\n|:-:|:-:|--:|\n| x | {'many words ' * 40} | {'as many ' * 20} |"
OVERFLOWING = (
    "[...document.querySelectorAll('#thread td')].filter(c => c.scrollWidth > c.clientWidth)"
)
DROP = """{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "notes.txt"));
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector("#conversation .composer").dispatchEvent(drop);
}"""
REFUSE = """fetch = (address) => new Promise(done => {
    if (address === "/page/say")
        refuse = () => done({ json: async () => ({ ok: false, error: "No." }) });
}), 0"""
TWICE = "(node => {{ node.click(); node.click(); }})(document.querySelector('{}'))"
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        }
    ],
}


async def say(page: Tab, words: str) -> None:
    await page.until(f"document.querySelector('{COMPOSER}').placeholder")
    await page.run(f"document.querySelector('{COMPOSER}').focus()")
    await page.type(words)
    await page.enter()


async def go(page: Tab, channel: str) -> None:
    buttons = "[...document.querySelectorAll('#sidebar .channel')]"
    await page.run(f"{buttons}.find(node => node.innerText.trim() === {channel!r}).click()")


def shows(words: str, where: str = "#thread") -> str:
    return f"document.querySelector('{where}').innerText.includes({words!r})"


async def test_answer_streams_into_a_thread_that_opens_by_itself(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=D0ANN") as page:
        await say(page, "What time is it?")
        question = (await slack.wait(lambda s: s.messages(IM)))[0]
        task = {"type": "task_update", "id": "1", "title": "current_time", "status": "in_progress"}
        answer = await bot.chat_startStream(channel=IM, thread_ts=question["ts"], chunks=[task])
        await page.until(shows("current_time"))
        done = [task | {"status": "complete"}, {"type": "markdown_text", "text": "It is **noon**"}]
        await bot.chat_appendStream(channel=IM, ts=answer["ts"], chunks=done)
        await page.until("document.querySelector('#thread .live strong').innerText === 'noon'")
        await bot.chat_stopStream(channel=IM, ts=answer["ts"])

        await page.until("!document.querySelector('#thread .live, #thread .stop')")
        assert await page.run(shows("done"))
        assert await page.run(
            "/^\\w+: It is noon$/.test(document.querySelector('#voice').innerText)"
        )


async def test_newest_message_stays_in_sight_when_its_thread_opens_beside_it(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    for _ in range(12):
        await slack.say(IM, "U0BOT", "words that fill more than one line " * 12)
    async with look("as=U0ANN&channel=D0ANN") as page:
        await say(page, "What time is it?")
        question = (await slack.wait(lambda s: s.messages(IM)[12:]))[0]
        await bot.chat_postMessage(channel=IM, thread_ts=question["ts"], text="Noon.")
        await page.until(shows("Noon."))

        await page.until(AT_END)


async def test_who_writes_one_message_after_the_other_stays_in_the_box(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=D0ANN") as page:
        await say(page, "one")
        question = (await slack.wait(lambda s: s.messages(IM)))[0]
        await bot.chat_postMessage(channel=IM, thread_ts=question["ts"], text="answer")
        await page.until(shows("answer"))
        await page.type("two")
        await page.enter()

        assert await slack.wait(lambda s: s.messages(IM)[2:])
        assert slack.messages(IM)[2].get("thread_ts") is None


async def test_a_file_stays_with_the_conversation_that_it_was_attached_in(
    slack: LocalSlack, look: Look
) -> None:
    chips = "document.querySelectorAll('#conversation .upload-list li').length"
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await page.run(DROP)
        await page.until(f"{chips} === 1")
        await go(page, "Callboard")
        await page.until(f"{chips} === 0")
        await say(page, "without a file")
        await slack.wait(lambda s: s.messages(IM))
        await go(page, "ask-callboard")
        await page.until(f"{chips} === 1")
        await page.click("#conversation .send")
        await slack.wait(lambda s: s.messages("C0HELP"))

    assert "files" not in slack.messages(IM)[0]
    assert [file["name"] for file in slack.messages("C0HELP")[0]["files"]] == ["notes.txt"]


async def test_words_that_could_not_be_sent_come_back_where_they_were_written(look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await page.run(REFUSE)
        await say(page, "remember this")
        await go(page, "Callboard")
        await page.until("document.querySelector('[placeholder=\"Message Callboard\"]')")
        await page.run("refuse()")
        await page.until("document.querySelector('.toast')")

        assert await page.run(f"document.querySelector('{COMPOSER}').value") == ""
        await go(page, "ask-callboard")
        await page.until(f"document.querySelector('{COMPOSER}').value === 'remember this'")


async def test_who_forgets_the_mention_is_told_once_why_nobody_answers(
    slack: LocalSlack, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await say(page, "anybody here?")
        await page.until(shows("was not mentioned", "#toasts"))
        await say(page, "well?")
        await slack.wait(lambda s: s.messages("C0HELP")[1:])

        assert await page.run("document.querySelectorAll('.toast').length") == 1


async def test_channel_is_welcomed_with_the_mention_that_the_bot_needs(look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(shows("Ask anything below after @Callboard", "#conversation"))
        await go(page, "Callboard")
        await page.until(shows("Ask anything below, or", "#conversation"))


async def test_more_than_one_message_holds_becomes_a_file(look: Look) -> None:
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await page.run(f"document.querySelector('{COMPOSER}').focus()")
        await page.type("x" * 40_001)

        await page.until(shows("pasted-text.txt", "#conversation .composer"))
        assert await page.run(f"document.querySelector('{COMPOSER}').value") == ""


async def test_deleted_message_stands_under_nobodys_name(slack: LocalSlack, look: Look) -> None:
    thread = await slack.say(IM, "U0ANN", "a mistake")
    await slack.say(IM, "U0ANN", "a reply", thread_ts=thread)
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until(shows("a mistake", "#conversation"))
        await slack.delete(IM, thread)

        await page.until(shows("This message was deleted", "#conversation"))
        assert not await page.run(shows("SLACKBOT", "#conversation"))


async def test_text_under_selection_survives_the_words_that_follow(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    thread = await slack.say(IM, "U0ANN", "hello")
    stream = await bot.chat_startStream(channel=IM, thread_ts=thread, markdown_text="one two")
    async with look(f"as=U0ANN&channel=D0ANN&thread={thread}") as page:
        await page.until("document.querySelector('#thread .live')")
        await page.run(SELECT)
        await bot.chat_appendStream(channel=IM, ts=stream["ts"], markdown_text=" three\n\nfour")

        await page.until(shows("four"))
        assert await page.run("getSelection().toString()") == "one two"


async def test_hostile_text_stays_text(slack: LocalSlack, bot: AsyncWebClient, look: Look) -> None:
    await slack.say(IM, "U0ANN", "<img src=x onerror=alert(1)> <javascript:alert(1)|x>")
    thread = await slack.say(IM, "U0ANN", "hello")
    await bot.chat_postMessage(channel=IM, thread_ts=thread, markdown_text=HOSTILE)
    async with look(f"as=U0ANN&channel=D0ANN&thread={thread}") as page:
        await page.until("document.querySelector('#thread table')")

        assert await page.run("document.querySelectorAll('main img, #thread img').length") == 0
        assert await page.run("[...document.querySelectorAll('#thread a')].map(a => a.href)") == [
            "https://example.com/"
        ]
        assert await page.run(shows("<script>alert(1)</script>"))


async def test_modal_asks_for_what_is_missing_and_sends_what_was_typed(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await say(page, "/ai form")
        command = (await slack.wait(lambda s: s.log))[0].payload
        await bot.views_open(trigger_id=command["trigger_id"], view=MODAL)
        await page.click("dialog .primary")
        await page.until(shows("Please complete", "dialog"))
        await page.type("Zoe")
        await page.run(TWICE.format("dialog .primary"))
        await slack.wait(lambda s: [d for d in s.log if "view" in d.payload])
        await slack.say(IM, "U0ANN", "the end")
        await go(page, "Callboard")
        await page.until(shows("the end", "#conversation"))

    sent = [delivery for delivery in slack.log if "view" in delivery.payload]
    assert len(sent) == 1
    state = sent[0].payload["view"]["state"]["values"]
    assert state["name"]["value"]["value"] == "Zoe"


async def test_a_reaction_is_taken_back_from_the_same_menu(slack: LocalSlack, look: Look) -> None:
    ts = await slack.say("C0HELP", "U0BEN", "good news")

    def reactions() -> list[str]:
        message = slack.workspace.message("C0HELP", ts)
        return [one["name"] for one in message.get("reactions", ())]

    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until("document.querySelector('#conversation .message')")
        await page.run(
            "document.querySelector('.message').dispatchEvent(new Event('pointerenter'))"
        )
        for count in (1, 0):
            await page.click(".toolbar button")
            await page.click(".menu-item")
            await slack.wait(lambda _, count=count: len(reactions()) == count)
            await page.until(f"document.querySelectorAll('.reaction').length === {count}")


async def test_page_says_when_the_playground_is_gone_and_comes_back(
    slack: LocalSlack, look: Look
) -> None:
    async with look("as=U0BEN&channel=C0HELP") as page:
        await page.until("document.querySelector('.welcome')")
        await slack.close()
        await page.until("!document.querySelector('#lost').hidden")
        page.complaints.clear()
        await slack.start()
        await page.until("document.querySelector('#lost').hidden")
        await slack.say("C0HELP", "U0ANN", "still here")

        await page.until(shows("still here", "#conversation"))
        page.complaints.clear()  # the attempts in between were refused, as they had to be


async def test_long_cells_of_a_table_stay_in_their_columns(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    question = await slack.say(IM, "U0ANN", "Make a table")
    await bot.chat_postMessage(channel=IM, thread_ts=question, markdown_text=WIDE_TABLE)
    async with look(f"as=U0ANN&channel=D0ANN&thread={question}") as page:
        await page.until(shows("many words"))

        assert await page.run(f"{OVERFLOWING}.length") == 0


async def test_each_paragraph_runs_in_the_direction_of_its_own_script(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    thread = await slack.say(IM, "U0ANN", "hello")
    text = "\u0645\u0631\u062d\u0628\u0627\n\nhello\n\n- \u0645\u0631\u062d\u0628\u0627"
    await bot.chat_postMessage(channel=IM, thread_ts=thread, markdown_text=text)
    async with look(f"as=U0ANN&channel=D0ANN&thread={thread}") as page:
        await page.until("document.querySelector('#thread li')")
        sides = await page.run(SIDES)

    assert sides == ["right", "left", "right"]


async def test_a_command_that_no_bot_would_hear_is_not_waited_for_in_vain(
    slack: LocalSlack, look: Look
) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")
        await page.run(f"document.querySelector('{COMPOSER}').focus()")
        await page.type("!status")

        await page.until(shows("answers when it is mentioned", "#conversation"))


async def test_whoever_looks_at_the_bot_is_told_to_it(slack: LocalSlack, look: Look) -> None:
    def opened() -> list[tuple[str, str]]:
        events = [delivery.payload["event"] for delivery in slack.log]
        return [(e["user"], e["tab"]) for e in events if e["type"] == "app_home_opened"]

    async with look("as=U0ANN&channel=D0ANN") as page:
        await slack.wait(lambda _: opened() == [("U0ANN", "messages")])
        await page.click(".tab:last-child")
        await slack.wait(lambda _: opened()[1:] == [("U0ANN", "home")])
        await page.click(".person:last-child")

        await slack.wait(lambda _: opened()[2:] == [("U0GIA", "home")])


async def test_shortcuts_are_offered_only_where_the_app_has_some(look: Look) -> None:
    async with look("as=U0ANN&channel=C0HELP") as page:
        await page.until(f"document.querySelector('{COMPOSER}').placeholder")

        assert await page.run("document.querySelector('[aria-label=Shortcuts]').hidden")


async def test_a_prompt_that_is_clicked_twice_is_asked_once(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    prompts = [{"title": "Ask", "message": "What?"}]
    await bot.assistant_threads_setSuggestedPrompts(channel_id=IM, prompts=prompts)
    async with look("as=U0ANN&channel=D0ANN") as page:
        await page.until("document.querySelector('.prompt')")
        await page.run(TWICE.format(".prompt"))
        await page.until("document.querySelector('#conversation .message')")
        await slack.say(IM, "U0ANN", "the end")
        await page.until(shows("the end", "#conversation"))

    assert len(slack.messages(IM)) == 2


@pytest.mark.parametrize(("width", "is_beside"), [(1280, True), (900, False), (390, False)])
async def test_a_thread_lies_over_its_channel_where_two_columns_have_no_room(
    slack: LocalSlack, look: Look, width: int, is_beside: bool
) -> None:
    thread = await slack.say(IM, "U0ANN", "hello")
    async with look(f"as=U0ANN&channel=D0ANN&thread={thread}") as page:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        await page.send("Emulation.setDeviceMetricsOverride", **size)
        await page.until(f"innerWidth === {width} && document.querySelector('#thread .message')")

        assert await page.run(BESIDE) is is_beside
        assert await page.run("document.querySelector('#main').inert") is not is_beside
        assert await page.run("document.documentElement.scrollWidth <= innerWidth")


async def test_a_call_that_was_stopped_does_not_seem_to_run(
    slack: LocalSlack, bot: AsyncWebClient, look: Look
) -> None:
    thread = await slack.say(IM, "U0ANN", "hello")
    task = {"type": "task_update", "id": "1", "title": "Slow report", "status": "in_progress"}
    await bot.chat_startStream(channel=IM, thread_ts=thread, chunks=[task])
    async with look(f"as=U0ANN&channel=D0ANN&thread={thread}") as page:
        await page.until("document.querySelector('#thread .task .spinner')")
        await slack.stop(IM, thread, "U0ANN")

        await page.until("!document.querySelector('#thread .task .spinner')")
        assert await page.run(shows("stopped"))


async def test_dates_are_the_readers_own(look: Look) -> None:
    async with look() as page:
        await page.send("Emulation.setTimezoneOverride", timezoneId="America/New_York")
        evening = "{ at: 1767236400, format: 'on {date_num}' }"  # the last of 2025 there
        date = f"import('/static/time.js').then((time) => time.slackDate({evening}))"

        assert await page.run(date) == "on 2025-12-31"
