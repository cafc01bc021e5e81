"""Having training examples judged by the free moderation before they are uploaded.

OpenAI refuses a whole file for some bad examples and names only the category; here each is named.
"""

import asyncio
from itertools import islice

from bot.commands._request import Request
from bot.commands._values import Table, Text, Value, plural
from bot.finetuning import dataset
from bot.finetuning.findings import Place
from bot.finetuning.options import Options
from bot.finetuning.source import Source
from bot.openai.client import OpenAI
from bot.openai.errors import OpenAIError

_MOST = 5_000
_TOGETHER = 20
_AT_ONCE = 4
_CHARACTERS = 20_000

Said = list[tuple[Place, str]]


async def flagged(request: Request, source: Source, options: Options) -> Value:
    """Return the examples that moderation flags."""
    said = await asyncio.to_thread(lambda: list(islice(dataset.said(source, options), _MOST + 1)))
    client, gate = request.openai(), asyncio.Semaphore(_AT_ONCE)
    groups = [said[at : at + _TOGETHER] for at in range(0, len(said[:_MOST]), _TOGETHER)]
    done = 0

    async def judge(group: Said) -> list[tuple[int, str]]:
        nonlocal done
        async with gate:
            found = await _judged(client, group)
        done += len(group)
        await request.progress(f"Moderating: {done:,} of {plural(len(said), 'example')} …")
        return found

    try:
        found = [row for rows in await asyncio.gather(*map(judge, groups)) for row in rows]
    except OpenAIError:
        return Text(":warning: This server does not moderate, or not now, so nothing was judged.")
    note = f"the first {_MOST:,} examples" if len(said) > _MOST else plural(len(said), "example")
    return Table(
        title="Flagged by moderation",
        columns=("Line", "Categories"),
        rows=tuple(found),
        note=f"{note} judged; a file with flagged examples may be refused as a whole",
        empty=f":white_check_mark: Moderation flags nothing ({note} judged).",
    )


async def _judged(client: OpenAI, group: Said) -> list[tuple[int, str]]:
    texts = [text[:_CHARACTERS] or " " for _, text in group]
    answer = await client.moderations.create(input=texts)
    return [
        (place.line, ", ".join(sorted(name for name, hit in one.categories.items() if hit)))
        for (place, _), one in zip(group, answer.results, strict=False)
        if one.flagged
    ]
