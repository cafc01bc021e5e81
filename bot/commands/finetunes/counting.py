"""A training file of the server before a job takes it: read back, checked, counted, estimated."""

import asyncio
from dataclasses import dataclass

from bot.commands.finetunes.wish import Wish
from bot.commands.finetunes.words import base_of
from bot.desk.request import Request
from bot.desk.values import code, escape, money, plural, size
from bot.finetuning import dataset
from bot.finetuning.estimate import estimate
from bot.finetuning.options import Format, Options
from bot.finetuning.report import Report
from bot.finetuning.source import DatasetError, Source
from bot.openai.client import OpenAI
from bot.openai.errors import NotFoundError, OpenAIError, OperationNotFoundError
from bot.openai.file_objects import FileObject
from bot.openai.wire.retry import is_passing

_LARGEST = 100_000_000
_FORMATS = {"dpo": Format.DPO, "reinforcement": Format.REINFORCEMENT}


@dataclass(frozen=True, slots=True)
class Looked:
    """A file of the server, and what a look into it gave; no report where there could be none.

    `passing` says that another look may give one.
    """

    id: str
    file: FileObject | None = None
    report: Report | None = None
    trouble: str = ""
    passing: bool = False

    @property
    def line(self) -> str:
        """Describe the file in a line."""
        if self.file is None:
            return f"{code(self.id)} ({self.trouble})"
        name = f"{code(self.id)}  {escape(self.file.filename)}, {size(self.file.bytes or 0)}"
        if self.report is None:
            return f"{name} ({self.trouble})"
        return f"{name}, {plural(self.report.kept, 'example')}"

    def warnings(self) -> list[str]:
        """Return what speaks against training with the file."""
        if self.file is None or self.report is None:
            return []
        found = []
        if self.file.purpose != "fine-tune":
            found.append(f"{code(self.id)} was uploaded for {code(self.file.purpose)}.")
        if self.report.left_out:
            rows = plural(self.report.left_out, "row")
            found.append(
                f"{rows} of {code(self.id)} would probably be refused, and the job would fail: "
                "look at it with `!finetunes prepare` first."
            )
        if self.report.kept < 10:
            found.append(f"{code(self.id)} has fewer than the 10 examples that OpenAI wants.")
        return found


async def look(client: OpenAI, file: str, method: str) -> Looked:
    """Look into a file of the server that is to train by a method."""
    try:
        found = await client.files.retrieve(file)
    except OperationNotFoundError:
        return Looked(file, trouble="this server tells nothing about files")
    except NotFoundError:
        return Looked(file, trouble=":warning: the server has no such file")
    if (found.bytes or 0) > _LARGEST:
        return Looked(file, found, trouble="too large to be counted here")
    try:
        raw = await client.files.content(file)
    except OpenAIError as error:
        trouble = "the server does not hand it out, so it is not counted"
        return Looked(file, found, trouble=trouble, passing=is_passing(error))
    options = Options(format=_FORMATS.get(method))
    source = Source(found.filename or file, raw.content)
    try:
        report = await asyncio.to_thread(dataset.check, source, options)
    except DatasetError as error:
        return Looked(file, found, trouble=f":warning: {escape(str(error))}")
    return Looked(file, found, report)


def estimated(request: Request, wish: Wish, training: Looked) -> str:
    """Return what the job will take and cost."""
    if wish.method == "reinforcement":
        return (
            "Reinforcement is billed by the hours that it trains, and by the grader's tokens; I "
            "cannot foresee them."
        )
    report = training.report
    if report is None:
        return "I cannot foresee its cost, for I could not count the training file."
    if not report.kept:
        return "I cannot foresee its cost, for no example of the training file would be taken."
    price = request.equipment.house.training.get(base_of(wish.model))
    found = estimate(report.tokens, report.kept, wish.epochs)
    epochs = plural(found.epochs, "epoch")
    text = f"About {found.tokens:,} tokens × {epochs} = *{found.trained:,} tokens*"
    if price is None:
        text += f". The price of training {code(wish.model)} is not set (OPENAI_PRICES)."
    else:
        text += f", about *{money(found.cost(price))}* at {money(price)} a million."
    return f"{text}\n_{found.assumptions[:1].upper()}{found.assumptions[1:]}._"
