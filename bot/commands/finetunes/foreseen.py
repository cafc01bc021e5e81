"""What a job that runs will cost: its training file is read back once, and its tokens counted."""

from collections.abc import Mapping

from bot.commands.finetunes.words import base_of, epochs_of, method_of
from bot.desk.values import money
from bot.finetuning.estimate import estimate
from bot.openai.client import OpenAI
from bot.openai.errors import OpenAIError
from bot.openai.fine_tuning_objects import FineTuningJob

Counted = tuple[int, int]


class Foreseen:
    """Costs of jobs that have not ended; `prices` are dollars per million trained tokens."""

    def __init__(self, prices: Mapping[str, float]) -> None:
        self._prices = prices
        self._counted: dict[str, Counted | None] = {}

    async def cost(self, client: OpenAI, job: FineTuningJob) -> str:
        """Return what a job will cost; "" where no price is set or no file to be had."""
        if job.is_final:
            self._counted.pop(job.id, None)
            return ""
        price = self._prices.get(base_of(job.model))
        if price is None or method_of(job) == "reinforcement":
            return ""
        if job.id not in self._counted:
            await self._count(client, job)
        counted = self._counted.get(job.id)
        if counted is None:
            return ""
        found = estimate(*counted, epochs_of(job))
        return f"about {money(found.cost(price))} (estimated)"

    async def _count(self, client: OpenAI, job: FineTuningJob) -> None:
        """Note how many tokens an epoch has, and how many examples, unless that fails for now."""
        from bot.commands.finetunes.counting import look  # a waiting bot does without its megabytes

        if not job.training_file:
            return
        try:
            looked = await look(client, job.training_file, method_of(job))
        except OpenAIError:
            return
        report = looked.report
        if not looked.passing:
            counted = (report.tokens, report.kept) if report and report.kept else None
            self._counted[job.id] = counted
